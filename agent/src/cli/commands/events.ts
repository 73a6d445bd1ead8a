import { displayName, type Event, parseObjectKey } from '@weaveflux/shared';
import { Command } from 'commander';
import { type CliCommand, outputOption, type Runner, type Session, usage } from '../command.ts';
import { EXIT } from '../context.ts';
import type { Printer } from '../print.ts';
import { colorOf, placed, plain } from '../text.ts';

interface Options {
  follow?: boolean;
  last: string;
}

export function eventsCommand(run: Runner): CliCommand {
  const command = new Command('events')
    .description('show what happened, and with -f what happens; -o json gives one event a line')
    .option('-f, --follow', 'go on until Ctrl-C, across lost connections')
    .option('-n, --last <count>', 'begin with so many of the last events, up to 1000', '20')
    .addOption(outputOption())
    .action(run<Options>(showEvents));
  return { command, example: 'weaveflux events -f' };
}

async function showEvents(session: Session<Options>): Promise<number> {
  const { context, options } = session;
  const last = Number(options.last);
  if (!Number.isInteger(last) || last < 0 || last > 1000) {
    throw usage(`--last got "${options.last}"; it takes a number from 0 to 1000.`);
  }
  const client = await session.client();
  const recent = await client.recentEvents(context.signal);
  for (const event of recent.slice(recent.length - Math.min(last, recent.length))) show(event, session);
  if (!options.follow) return EXIT.ok;
  const onLost = (error: Error) => context.stderr.write(`weaveflux: ${error.message} Trying again.\n`);
  const follow = client.events({ signal: context.signal, lastEventId: recent.at(-1)?.id, onLost });
  for await (const item of follow) {
    if (item.kind === 'event') show(item.event, session);
    // Before the first event of an agent there is nothing to resume after, and nothing to miss.
    else if (recent.length > 0)
      context.stderr.write('weaveflux: some events were missed; "weaveflux status" is complete.\n');
  }
  return EXIT.ok;
}

function show(event: Event, { printer }: Session<Options>): void {
  printer.line(printer.json ? JSON.stringify(event) : sentence(event, printer));
}

/** The name stands in most messages already. */
function sentence({ time, type, severity, object, message, file, line }: Event, printer: Printer): string {
  const id = object === undefined ? undefined : parseObjectKey(object);
  const name = id === undefined || message.includes(displayName(id)) ? '' : ` ${plain(displayName(id))}`;
  const second = time.replace(/\.\d+Z$/, 'Z');
  return `${second} ${printer.paint(type, colorOf(severity))}${name}: ${placed(message, { file, line })}`;
}
