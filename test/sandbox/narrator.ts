import { styleText } from 'node:util';
import type { Event } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';

/** Speaks to the person who watches: plain lines, in colour where the output is a terminal. */
export interface Narrator {
  say(sentence: string): void;
  /** A numbered step of a tour. */
  step(title: string): void;
  /** What was seen, and is as it should be. */
  seen(sentence: string): void;
  command(command: string, meaning: string): void;
  detail(line: string): void;
  fail(sentence: string): void;
  /** Prints the agent's events as they come, until the signal is aborted. */
  follow(api: ApiClient, signal: AbortSignal): Promise<void>;
}

type Style = Parameters<typeof styleText>[0];

const STYLE_OF: Readonly<Record<Event['severity'], Style>> = { info: 'dim', warning: 'yellow', error: 'red' };

/** A narrator on a stream; colours only where it is a terminal and NO_COLOR is not set. */
export function createNarrator(output: NodeJS.WriteStream): Narrator {
  const began = Date.now();
  let steps = 0;

  function line(text: string, style?: Style): void {
    const colours = output.isTTY && !process.env.NO_COLOR && style !== undefined;
    output.write(`${colours ? styleText(style, text) : text}\n`);
  }

  function clock(): string {
    return `${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s`;
  }

  return {
    say: (sentence) => line(`${clock()}  ${sentence}`),
    step(title) {
      steps += 1;
      line('');
      line(`${clock()}  ${steps}. ${title}`, 'bold');
    },
    seen: (sentence) => line(`${clock()}  ✓ ${sentence}`, 'green'),
    command: (command, meaning) => line(`            ${command.padEnd(48)} # ${meaning}`),
    detail: (text) => line(`            ${text}`, 'dim'),
    fail: (sentence) => line(`${clock()}  ✗ ${sentence}`, 'red'),
    async follow(api, signal) {
      try {
        for await (const item of api.events({ signal })) {
          if (item.kind === 'event') line(`${clock()}    ${item.event.message}`, STYLE_OF[item.event.severity]);
        }
      } catch (error) {
        if (!signal.aborted) line(`${clock()}    The agent's events were lost: ${String(error)}`, 'red');
      }
    },
  };
}
