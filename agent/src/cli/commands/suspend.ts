import { parseDuration } from '@weaveflux/shared';
import { Command } from 'commander';
import { given } from '../changes.ts';
import { type CliCommand, outputOption, type Runner, type Session, usage } from '../command.ts';
import { EXIT } from '../context.ts';
import { plain } from '../text.ts';

interface Options {
  reason: string;
  for?: string;
}

export function suspendCommand(run: Runner): CliCommand {
  const command = new Command('suspend')
    .description('leave the environment, or one workload, alone for a while')
    .argument('[workload]', 'namespace:kind/name, or any unambiguous end of it; without it everything')
    .requiredOption('--reason <text>', 'why; everyone sees it')
    .option('--for <duration>', 'for how long, as in 90m or 4h (default: until resumed)')
    .addOption(outputOption())
    .action(run<Options>(suspend));
  return { command, example: 'weaveflux suspend shop:deployment/web --reason "repair by hand" --for 2h' };
}

export function resumeCommand(run: Runner): CliCommand {
  const command = new Command('resume')
    .description('end a suspension')
    .argument('[workload]', 'the workload that was suspended; without it everything')
    .action(run<unknown>(resume));
  return { command, example: 'weaveflux resume shop:deployment/web' };
}

async function suspend(session: Session<Options>, workload?: string): Promise<number> {
  const { reason, for: duration } = session.options;
  if (duration !== undefined && durationOf(duration) <= 0) throw usage('--for takes a duration above zero.');
  const request = {
    requestedBy: await session.requestedBy(),
    reason,
    ...given('workload', workload),
    ...given('for', duration),
  };
  const made = await (await session.client()).suspend(request, session.context.signal);
  const until = made.until === undefined ? 'until "weaveflux resume"' : `until ${made.until}`;
  if (session.printer.json) session.printer.value(made);
  else session.printer.line(plain(`Suspended ${workload ?? 'the whole environment'} ${until}: ${made.reason}`));
  return EXIT.ok;
}

async function resume(session: Session<unknown>, workload?: string): Promise<number> {
  const request = { requestedBy: await session.requestedBy(), ...given('workload', workload) };
  await (await session.client()).resume(request, session.context.signal);
  session.printer.line(`Resumed ${workload ?? 'the whole environment'}.`);
  return EXIT.ok;
}

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw usage(`--for got "${text}"; it takes a duration such as 30m, 4h or 1h30m.`);
  }
}
