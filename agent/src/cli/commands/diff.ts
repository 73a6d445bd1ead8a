import { resolve } from 'node:path';
import type { PlannedObject, PlanRequest, PlanResponse, Problem } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';
import { Command } from 'commander';
import { type CliCommand, outputOption, type Runner, type Session, usage } from '../command.ts';
import { EXIT } from '../context.ts';
import type { Printer } from '../print.ts';
import { colorOf, place, plain } from '../text.ts';
import { workingCopyRoot } from '../who.ts';
import { readWorkingCopy } from '../working-copy.ts';

interface Options {
  revision?: string;
}

export function diffCommand(run: Runner): CliCommand {
  const command = new Command('diff')
    .description('show what the working copy, or a revision, would change in the environment; nothing is changed')
    .argument('[folder]', 'the working copy (default: the one around the current folder)')
    .option('-r, --revision <revision>', 'a commit, branch or tag that the agent knows, instead of a working copy')
    .addOption(outputOption())
    .action(run<Options>(diff));
  return { command, example: 'weaveflux diff\nweaveflux diff --revision HEAD~1' };
}

async function diff(session: Session<Options>, folder?: string): Promise<number> {
  const { context, printer, options } = session;
  if (folder !== undefined && options.revision !== undefined) throw usage('Give either a folder or --revision.');
  const client = await session.client();
  const { request, unread } =
    options.revision === undefined
      ? await workingCopy(session, client, folder)
      : { request: { revision: options.revision }, unread: [] };
  const answer = await client.plan(request, context.signal);
  const plan = { ...answer, problems: [...unread, ...answer.problems] };
  if (printer.json) printer.value(plan);
  else printPlan(plan, printer);
  return plan.problems.some(({ severity }) => severity === 'error') ? EXIT.failed : EXIT.ok;
}

async function workingCopy(
  { context }: Session<Options>,
  client: ApiClient,
  folder: string | undefined,
): Promise<{ request: PlanRequest; unread: readonly Problem[] }> {
  const { repository } = await client.status(context.signal);
  const start = resolve(context.cwd, folder ?? '.');
  const root = folder === undefined ? await workingCopyRoot(start, context.env) : start;
  const { texts, withheld, problems } = await readWorkingCopy(root ?? start, repository.paths);
  const documents = Object.fromEntries(texts);
  const request = withheld.size === 0 ? { documents } : { documents, withheld: Object.fromEntries(withheld) };
  return { request, unread: problems };
}

function printPlan(plan: PlanResponse, printer: Printer): void {
  const told = plan.objects.filter(({ action }) => action !== 'unchanged');
  const changed = told.filter(({ action }) => action !== 'skipped');
  for (const object of told) printObject(object, printer);
  for (const problem of plan.problems) printer.problem(problem);
  const same = plan.objects.length - changed.length;
  printer.line(
    `${changed.length} of ${plan.objects.length} objects would change${same > 0 ? `, ${same} stay as they are` : ''}.`,
  );
}

function printObject(object: PlannedObject, printer: Printer): void {
  const where = place(object);
  printer.line(
    `${printer.paint(object.action, colorOf(object.action))} ${plain(object.name)}${where && ` (${where})`}`,
  );
  if (object.problem !== undefined) printer.line(`  ${plain(object.problem.message)}`);
  for (const { path, live, desired } of object.differences) {
    printer.line(`  ${plain(path)}`);
    if (live !== undefined) printer.line(printer.paint(`    - ${plain(live)}`, 'red'));
    if (desired !== undefined) printer.line(printer.paint(`    + ${plain(desired)}`, 'green'));
  }
}
