import type { Difference, Health, ObjectStatus, Status, Suspension } from '@weaveflux/shared';
import { isRefused } from '../agent/object-state.ts';
import { joined, shortRevision } from '../names.ts';
import { inTitle, nameInTitle } from './lens.ts';

/** How a workload stands, in the words of a lens. */
export interface Standing {
  readonly title: string;
  readonly tooltip?: string;
  /** The command that tells more, by its id and name; absent = there is nothing more. */
  readonly more?: { readonly id: string; readonly label: string };
}

const EXPLAIN = { id: 'weaveflux.explain', label: 'Explain' };
const SHOW_DRIFT = { id: 'weaveflux.showDrift', label: 'Show Drift' };

/** Differences that a tooltip lists at most. */
const MAX_LISTED = 5;

/** How an object stands that the agent knows. */
export function standingOf(object: ObjectStatus, status: Status, now: Date): Standing {
  const { problem, drift, health } = object;
  const suspension = status.suspensions.find((it) => isAbout(it, object, now));
  if (suspension !== undefined) return suspended(suspension, health);
  if (isRefused(object)) {
    const reason = problem?.message ?? 'it could not be applied.';
    return { title: `$(error) failed: ${inTitle(reason)}`, tooltip: reason, more: EXPLAIN };
  }
  const revision = revisionWords(object, status);
  if (drift !== undefined) {
    const { icon, words } = driftWords(drift);
    return {
      title: joined(`$(${icon}) ${words}`, healthWords(health), revision),
      tooltip: drift.differences.slice(0, MAX_LISTED).map(differenceText).join('\n'),
      more: SHOW_DRIFT,
    };
  }
  return {
    title: joined(`$(${HEALTH_ICONS[health.state]}) ${healthWords(health)}${failureReason(health)}`, revision),
    ...(health.message === '' ? {} : { tooltip: health.message }),
    more: EXPLAIN,
  };
}

/** How an object stands that the agent does not know: the working copy's own, or one of a file that it could not read. */
export function unknownStanding(key: string, path: string, { sync, repository }: Status): Standing {
  const problem = sync.problems.find(
    ({ severity, object, file }) => severity === 'error' && (object === key || (object === undefined && file === path)),
  );
  if (problem !== undefined) {
    return { title: `$(error) failed: ${inTitle(problem.message)}`, tooltip: problem.message };
  }
  const seen = repository.head === undefined ? 'no commit yet' : shortRevision(repository.head.revision);
  const tooltip = `The agent has seen ${seen}, which does not state it like this; commit and push it.`;
  return { title: '$(circle-outline) not applied yet', tooltip };
}

const HEALTH_ICONS: Readonly<Record<Health['state'], string>> = {
  healthy: 'pass',
  progressing: 'sync',
  failed: 'error',
  suspended: 'debug-pause',
  missing: 'circle-slash',
  unknown: 'question',
};

function healthWords({ state, ready, desired }: Health): string {
  const word = state === 'unknown' ? 'health unknown' : state;
  return ready === undefined || desired === undefined ? word : `${word} ${ready}/${desired}`;
}

function failureReason({ state, message }: Health): string {
  return state === 'failed' && message !== '' ? `: ${inTitle(message)}` : '';
}

function isAbout({ object, until }: Suspension, { key }: ObjectStatus, now: Date): boolean {
  return (object === undefined || object === key) && (until === undefined || Date.parse(until) > now.getTime());
}

function suspended({ by, reason, until, object }: Suspension, health: Health): Standing {
  const what = object === undefined ? 'The environment is' : 'It is';
  const end = until === undefined ? 'until somebody resumes it' : `until ${until}`;
  return {
    title: joined(`$(debug-pause) suspended by ${nameInTitle(by)}: ${inTitle(reason)}`, healthWords(health)),
    tooltip: `${what} suspended by ${by}, ${end}: ${reason}`,
    more: EXPLAIN,
  };
}

function driftWords({ mode, differences }: NonNullable<ObjectStatus['drift']>): { icon: string; words: string } {
  const managers = [...new Set(differences.flatMap(({ manager }) => manager ?? []))];
  const by = managers.length === 0 ? '' : ` by ${inTitle(managers.join(', '))}`;
  if (mode === 'contested') return { icon: 'warning', words: `contested${by}` };
  if (mode === 'ignored') return { icon: 'circle-slash', words: `drifted${by}, left alone` };
  return { icon: 'warning', words: mode === 'correcting' ? `drifted${by}, being corrected` : `drifted${by}` };
}

function differenceText({ path, desired, live, manager, time }: Difference): string {
  const who = [manager, time].filter((part) => part !== undefined).join(', ');
  const values = `${desired ?? 'nothing'} in the repository, ${live ?? 'nothing'} in the cluster`;
  return `${path === '' ? 'the object' : path}: ${values}${who === '' ? '' : ` (${who})`}`;
}

/** Which revision it has, and how far that is from the newest. */
function revisionWords({ action }: ObjectStatus, { sync, repository }: Status): string {
  if (action === 'skipped') return 'skipped';
  const isDelivered = sync.state !== 'pending' && sync.state !== 'applying';
  const at = isDelivered ? sync.revision : sync.appliedRevision;
  const head = repository.head?.revision;
  const synced = at === undefined ? 'not synced yet' : `synced ${shortRevision(at)}`;
  if (head === undefined || head === at) return synced;
  return joined(
    synced,
    sync.state === 'applying' ? `applying ${shortRevision(head)}` : `behind ${shortRevision(head)}`,
  );
}
