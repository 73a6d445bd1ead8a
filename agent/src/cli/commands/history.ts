import { displayName, type HistoryEntry, parseObjectKey } from '@weaveflux/shared';
import { Command } from 'commander';
import { type CliCommand, outputOption, type Runner, type Session, usage } from '../command.ts';
import { EXIT } from '../context.ts';
import { ago, plain, short } from '../text.ts';

interface Options {
  limit: string;
}

export function historyCommand(run: Runner): CliCommand {
  const command = new Command('history')
    .description('show the changes of images as the commits tell them, newest first')
    .argument('[workload]', 'namespace:kind/name, or any unambiguous end of it')
    .option('-l, --limit <count>', 'at most so many, up to 1000', '20')
    .addOption(outputOption())
    .action(run<Options>(showHistory));
  return { command, example: 'weaveflux history shop:deployment/web --limit 5' };
}

async function showHistory(
  { client, printer, options, context }: Session<Options>,
  workload?: string,
): Promise<number> {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw usage(`--limit got "${options.limit}"; it takes a number from 1 to 1000.`);
  }
  const entries = await (await client()).history(workload, limit, context.signal);
  if (printer.json) {
    printer.value(entries);
    return EXIT.ok;
  }
  if (entries.length === 0) {
    const where = workload === undefined ? 'the repository' : plain(workload);
    printer.line(`No commit tells of a change of images in ${where}.`);
    return EXIT.ok;
  }
  const rows = entries.map((entry) => [
    ago(entry.commit.time, context.now()),
    short(entry.commit.revision),
    nameOf(entry.object),
    entry.container,
    `${entry.from} -> ${entry.to}`,
    byOf(entry),
  ]);
  printer.table(['AGO', 'COMMIT', 'WORKLOAD', 'CONTAINER', 'CHANGE', 'BY'], rows);
  return EXIT.ok;
}

/** Who or what wanted it. */
function byOf({ requestedBy, approvedBy, rollback, policy, commit }: HistoryEntry): string {
  if (approvedBy !== undefined) return `${policy === undefined ? '' : `${policy}, `}approved by ${approvedBy}`;
  const failure = rollback === undefined ? undefined : `rolled back: ${rollback}`;
  return requestedBy ?? failure ?? policy ?? commit.author;
}

function nameOf(key: string): string {
  const id = parseObjectKey(key);
  return id === undefined ? key : displayName(id);
}
