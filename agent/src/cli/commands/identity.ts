import { WeavefluxError } from '@weaveflux/shared';
import { Command } from 'commander';
import { type CliCommand, outputOption, type Runner, type Session } from '../command.ts';
import { EXIT } from '../context.ts';

export function identityCommand(run: Runner): CliCommand {
  const command = new Command('identity')
    .description("print the public half of the agent's git key, to be entered as a deploy key with write access")
    .addOption(outputOption())
    .action(run<unknown>(showIdentity));
  return { command, example: 'weaveflux identity' };
}

async function showIdentity({ client, printer, context }: Session<unknown>): Promise<number> {
  const publicKey = await (await client()).identity(context.signal);
  if (printer.json) printer.value({ publicKey });
  else if (publicKey !== undefined) printer.line(publicKey.trim());
  else throw new WeavefluxError('NOT_FOUND', 'The agent has no git key: it reaches its repository without ssh.');
  return EXIT.ok;
}
