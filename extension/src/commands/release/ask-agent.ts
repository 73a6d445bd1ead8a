import { type Change, type ImageStatus, type Job, type Problem, WeavefluxError } from '@weaveflux/shared';
import type { ApiClient } from '@weaveflux/shared/node';
import * as vscode from 'vscode';
import type { Environment } from '../../agents/environments.ts';
import { withProgress } from '../../asking/ask.ts';
import { isAsSeen } from '../../model/changes/as-seen.ts';
import { shortRevision } from '../../model/names.ts';
import type { CommandContext } from '../context.ts';

/** What the agent is asked to commit. */
export interface AgentRequest {
  readonly environment: Environment;
  readonly changes: readonly Change[];
  /** Shown while it lasts. */
  readonly title: string;
}

/**
 * Has the agent commit changes in the person's name, waits for the end and tells it. Errors: FORBIDDEN where the person may
 * not, and whatever the agent refuses altogether.
 */
export async function askAgent({ toasts, inBackground }: CommandContext, request: AgentRequest): Promise<void> {
  const { environment, title } = request;
  refuseDenied(environment);
  const job = await withProgress(title, async (signal) => commitByAgent(await environment.client(), request, signal));
  const refusals = refusalsOf(job);
  const [first] = refusals;
  if (job.commit === undefined && first !== undefined) throw new WeavefluxError(first.code, first.message);
  const told = conclusionOf(job);
  inBackground(async () => {
    await (refusals.length === 0 ? toasts.info(told) : toasts.warn([told, ...refusals.map(messageOf)].join(' ')));
  });
}

/** Errors: FORBIDDEN with the reason, where it is known that the person may not act. */
export function refuseDenied({ state }: Environment): void {
  if (state.rights.kind === 'denied') throw new WeavefluxError('FORBIDDEN', state.rights.reason);
}

/** Asks upon the commit that the person saw; where the branch moved on without touching it, once more upon the new one. */
async function commitByAgent(
  client: ApiClient,
  { environment, changes }: AgentRequest,
  signal: AbortSignal,
): Promise<Job> {
  const requestedBy = await environment.requestedBy();
  const ask = async (baseRevision: string | undefined): Promise<Job> => {
    const base = baseRevision === undefined ? {} : { baseRevision };
    const { id } = await client.changes({ ...base, requestedBy, changes: [...changes] }, signal);
    return client.finishedJob(id, signal);
  };
  const seen: readonly ImageStatus[] = environment.state.images;
  const job = await ask(environment.state.status?.repository.head?.revision);
  if (job.problems[0]?.code !== 'CONFLICT' || job.commit !== undefined) return job;
  const [status, images] = await Promise.all([client.status(signal), client.images(signal)]);
  return isAsSeen(changes, seen, images) ? ask(status.repository.head?.revision) : job;
}

/** Why changes were refused, each sentence once. */
function refusalsOf({ problems, outcomes, state }: Job): readonly Pick<Problem, 'code' | 'message'>[] {
  if (state !== 'failed') return [];
  const failed = outcomes.filter(({ result }) => result === 'failed');
  const all = [
    ...problems.filter(({ severity }) => severity === 'error'),
    ...failed.map(({ message }) => ({ code: 'INVALID_REQUEST' as const, message })),
  ];
  return [...new Map(all.toReversed().map((problem) => [problem.message, problem])).values()].reverse();
}

function conclusionOf({ commit, outcomes }: Job): string {
  const done = outcomes.filter(({ result }) => result !== 'failed').map(messageOf);
  if (commit === undefined) return [vscode.l10n.t('Nothing is committed.'), ...done].join(' ');
  return vscode.l10n.t('Commit {0}: {1}. {2}', shortRevision(commit.revision), commit.subject, done.join(' ')).trim();
}

function messageOf({ message }: { readonly message: string }): string {
  return message;
}
