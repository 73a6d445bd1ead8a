import type { Change } from '@weaveflux/shared';
import type { Command } from 'commander';
import { outputOption, type Session } from './command.ts';
import { reportJob } from './jobs.ts';
import { changeWorkingCopy } from './local.ts';

/** The options that every command which changes the repository takes. */
export interface ChangeOptions {
  container?: string;
  message?: string;
  dryRun?: boolean;
  local?: boolean;
  path?: string;
}

/** Adds what every command that changes the repository takes. */
export function changeOptions(command: Command, choose: { local: boolean }): Command {
  command.option('--dry-run', 'show the edits as a diff, commit nothing');
  if (choose.local) {
    command
      .option('--local', 'edit the working copy instead of asking the agent to commit')
      .option('--path <folder>', 'with --local: the working copy (default: the one around the current folder)');
  }
  return command.addOption(outputOption());
}

/** Has the changes made: by the agent as one commit, or in the working copy. Resolves with the exit code. */
export async function submit(session: Session<ChangeOptions>, changes: Change[], message?: string): Promise<number> {
  const { dryRun, local } = session.options;
  const requestedBy = await session.requestedBy();
  if (local) return changeWorkingCopy(session, { changes, requestedBy });
  const client = await session.client();
  const request = {
    requestedBy,
    changes,
    ...(message === undefined ? {} : { message }),
    ...(dryRun ? { dryRun } : {}),
  };
  const job = await client.changes(request, session.context.signal);
  return reportJob(client, job, session, dryRun ?? false);
}

/** A part of a change that is only there when it was typed. */
export function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}
