import { type RequestedBy, WeavefluxError } from '@weaveflux/shared';
import { type ApiClient, createApiClient } from '@weaveflux/shared/node';
import { type Command, Option } from 'commander';
import { type AgentChoice, connect, type Reached } from './connect.ts';
import type { CliContext } from './context.ts';
import { type Printer, printerFor } from './print.ts';
import { whoAsks } from './who.ts';

/** One command: how it is typed, and an example of it that its help and the reference show. */
export interface CliCommand {
  readonly command: Command;
  readonly example: string;
}

/** What a command works with while it runs. */
export interface Session<Options> {
  readonly context: CliContext;
  readonly options: Options;
  readonly printer: Printer;
  /** The agent that is meant; it is looked for when it is first needed. */
  client(): Promise<ApiClient>;
  requestedBy(): Promise<RequestedBy>;
}

/** The work of a command with its arguments as typed; resolves with the exit code. */
export type Work<Options> = (session: Session<Options>, ...args: (string | undefined)[]) => Promise<number>;

/** Makes a commander action of a command's work. */
export type Runner = <Options>(work: Work<Options>) => (...args: unknown[]) => Promise<void>;

/** The runner of one process; `done` hears the exit code. */
export function createRunner(context: CliContext, done: (code: number) => void): Runner {
  return <Options>(work: Work<Options>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const args = given.slice(0, -2) as (string | undefined)[];
      const { session, end } = openSession<Options>(context, optionsOf(command), choiceOf(command));
      try {
        done(await work(session, ...args));
      } finally {
        await end();
      }
    };
}

/** The runner for who only reads the definitions. */
export const noRunner: Runner = () => async () => undefined;

/** What was typed, for the command's work: its own options before those that all commands have. */
function optionsOf<Options>(command: Command): Options {
  return { ...command.parent?.opts(), ...command.opts() } as Options;
}

/** Which agent was meant: an option that a command has for itself says nothing of it. */
function choiceOf(command: Command): AgentChoice {
  const common = command.options.filter(({ hidden }) => hidden).map((option) => option.attributeName());
  const typed = Object.entries(command.opts()).filter(([name]) => common.includes(name));
  return { ...command.parent?.opts(), ...Object.fromEntries(typed) };
}

/** A session, and how the connection that it may have made is ended. */
function openSession<Options>(
  context: CliContext,
  options: Options & { readonly output?: string },
  choice: AgentChoice,
): { readonly session: Session<Options>; end(): Promise<void> } {
  let reached: Promise<Reached> | undefined;
  const session: Session<Options> = {
    context,
    options,
    printer: printerFor(context, options.output),
    async client() {
      reached ??= connect(context, choice);
      return createApiClient(await reached);
    },
    requestedBy: () => whoAsks(context.cwd, context.env),
  };
  return {
    session,
    async end() {
      const connection = await reached?.catch(() => undefined);
      await connection?.[Symbol.asyncDispose]?.();
    },
  };
}

/** `-o json`, which every command that tells something takes. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'a table for people or JSON for scripts')
    .choices(['table', 'json'])
    .default('table');
}

/** A mistake in what was typed. */
export function usage(message: string): WeavefluxError {
  return new WeavefluxError('INVALID_FLAG', message);
}
