import type { Job } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';
import type { Session } from './command.ts';
import { EXIT } from './context.ts';
import type { Printer } from './print.ts';
import { place, plain, short, stateCell } from './text.ts';

/** Waits for a job's end and prints what became of each object or change. The exit code says whether all went well. */
export async function reportJob(
  client: ApiClient,
  job: Job,
  session: Session<unknown>,
  dryRun: boolean,
): Promise<number> {
  const ended = await client.finishedJob(job.id, session.context.signal);
  if (session.printer.json) session.printer.value(ended);
  else printJob(ended, session.printer, dryRun);
  return isGood(ended) ? EXIT.ok : EXIT.failed;
}

function isGood(job: Job): boolean {
  return job.state === 'succeeded' && job.outcomes.every(({ result }) => result !== 'failed');
}

function printJob(job: Job, printer: Printer, dryRun: boolean): void {
  if (job.outcomes.length > 0) {
    const rows = job.outcomes.map((outcome) => [
      job.kind === 'sync' ? outcome.name : outcome.subject,
      stateCell(outcome.result),
      outcome.message,
      place(outcome),
    ]);
    printer.table([job.kind === 'sync' ? 'OBJECT' : 'CHANGE', 'RESULT', 'MESSAGE', 'FILE'], rows);
  }
  const told = new Set(job.outcomes.map(({ message }) => message));
  for (const problem of job.problems) if (!told.has(problem.message)) printer.problem(problem);
  if (dryRun && job.diff !== undefined) printer.block(job.diff);
  printer.line(conclusion(job, dryRun));
}

function conclusion(job: Job, dryRun: boolean): string {
  const word = isGood(job) ? 'succeeded' : 'failed';
  if (job.commit !== undefined) return `Commit ${short(job.commit.revision)} ${plain(job.commit.subject)}: ${word}.`;
  if (job.kind === 'changes')
    return dryRun && isGood(job) ? 'Nothing is committed: this was a dry run.' : 'Nothing is committed.';
  return job.revision === undefined ? `The sync ${word}.` : `Revision ${short(job.revision)}: ${word}.`;
}
