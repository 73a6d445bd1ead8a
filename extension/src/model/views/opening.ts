import * as l10n from '@vscode/l10n';
import type { Event, EventType } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';
import { nameOf } from '../names.ts';
import type { Target } from '../target.ts';

/** What a target is opened as. */
export type Opening =
  /** The changes of a commit; `file` is the one to look at first. */
  | { readonly kind: 'commit'; readonly revision: string; readonly file?: string }
  /** A line of a file, 1-based; the object and container tell the line again where the file has been edited since. */
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly line?: number;
      readonly object?: string;
      readonly container?: string;
    }
  /** There is nothing to open: one sentence. */
  | { readonly kind: 'nothing'; readonly why: string };

/** Events that are about a commit: these open it, all others the line of their file. */
const ABOUT_COMMIT: ReadonlySet<EventType> = new Set([
  'revision-fetched',
  'history-rewritten',
  'sync-started',
  'sync-applied',
  'sync-failed',
  'healthy',
  'unhealthy',
  'released',
  'pinned',
  'unpinned',
  'policy-changed',
]);

/** What comes from an agent is handed to git only where it is a commit's name. */
const COMMIT = /^[0-9a-f]{7,64}$/;

/** What a row, a mark of the dashboard or a lens opens. */
export function openingOf(target: Target, { status, events }: Pick<AgentState, 'status' | 'events'>): Opening {
  const event = target.event === undefined ? undefined : events.find(({ id }) => id === target.event);
  const known = event === undefined ? target : withEvent(target, event);
  const { workload, container } = known;
  const revision = known.revision !== undefined && COMMIT.test(known.revision) ? known.revision : undefined;
  const object =
    workload === undefined ? undefined : status?.objects.find(({ key, name }) => key === workload || name === workload);
  const [file, line] = known.file === undefined ? [object?.file, object?.line] : [known.file, known.line];
  const wantsCommit = event === undefined ? known.file === undefined : ABOUT_COMMIT.has(event.type);
  if (revision !== undefined && (wantsCommit || file === undefined))
    return { kind: 'commit', revision, ...(file === undefined ? {} : { file }) };
  if (file === undefined || !isInside(file)) return { kind: 'nothing', why: whyNothing(target, workload, event) };
  return {
    kind: 'file',
    file,
    ...(line === undefined ? {} : { line }),
    ...(workload === undefined ? {} : { object: object?.key ?? workload }),
    ...(container === undefined ? {} : { container }),
  };
}

/** A path from outside stays in the repository. */
function isInside(file: string): boolean {
  return !/^[\\/]|^[a-z]:/i.test(file) && !file.split(/[\\/]/).includes('..');
}

function withEvent(target: Target, { object, revision, file, line }: Event): Target {
  return {
    ...target,
    ...(object === undefined ? {} : { workload: object }),
    ...(revision === undefined ? {} : { revision }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}

function whyNothing(target: Target, workload: string | undefined, event: Event | undefined): string {
  if (target.event !== undefined && event === undefined) return l10n.t('The agent no longer knows this event.');
  if (workload !== undefined) return l10n.t('{0} is not in the repository.', nameOf(workload));
  return l10n.t('This is not about a commit or a file.');
}
