import * as l10n from '@vscode/l10n';
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

const explain = () => ({ id: 'weaveflux.explain', label: l10n.t('Explain') });
const showDrift = () => ({ id: 'weaveflux.showDrift', label: l10n.t('Show Drift') });

/** Differences that a tooltip lists at most. */
const MAX_LISTED = 5;

/** How an object stands that the agent knows. */
export function standingOf(object: ObjectStatus, status: Status, now: Date): Standing {
  const { problem, drift, health } = object;
  const suspension = status.suspensions.find((it) => isAbout(it, object, now));
  if (suspension !== undefined) return suspended(suspension, health);
  if (isRefused(object)) {
    const reason = problem?.message ?? l10n.t('it could not be applied.');
    return { title: `$(error) ${l10n.t('failed: {0}', inTitle(reason))}`, tooltip: reason, more: explain() };
  }
  const revision = revisionWords(object, status);
  if (drift !== undefined) {
    const { icon, words } = driftWords(drift);
    return {
      title: joined(`$(${icon}) ${words}`, healthWords(health), revision),
      tooltip: drift.differences.slice(0, MAX_LISTED).map(differenceText).join('\n'),
      more: showDrift(),
    };
  }
  return {
    title: joined(`$(${HEALTH_ICONS[health.state]}) ${healthWords(health)}${failureReason(health)}`, revision),
    ...(health.message === '' ? {} : { tooltip: health.message }),
    more: explain(),
  };
}

/** How an object stands that the agent does not know: the working copy's own, or one of a file that it could not read. */
export function unknownStanding(key: string, path: string, { sync, repository }: Status): Standing {
  const problem = sync.problems.find(
    ({ severity, object, file }) => severity === 'error' && (object === key || (object === undefined && file === path)),
  );
  if (problem !== undefined) {
    return { title: `$(error) ${l10n.t('failed: {0}', inTitle(problem.message))}`, tooltip: problem.message };
  }
  const seen = repository.head === undefined ? l10n.t('no commit yet') : shortRevision(repository.head.revision);
  const tooltip = l10n.t('The agent has seen {0}, which does not state it like this; commit and push it.', seen);
  return { title: `$(circle-outline) ${l10n.t('not applied yet')}`, tooltip };
}

const HEALTH_ICONS: Readonly<Record<Health['state'], string>> = {
  healthy: 'pass',
  progressing: 'sync',
  failed: 'error',
  suspended: 'debug-pause',
  missing: 'circle-slash',
  unknown: 'question',
};

function healthWord(state: Health['state']): string {
  switch (state) {
    case 'healthy':
      return l10n.t('healthy');
    case 'progressing':
      return l10n.t('progressing');
    case 'failed':
      return l10n.t('failed');
    case 'suspended':
      return l10n.t('suspended');
    case 'missing':
      return l10n.t('missing');
    case 'unknown':
      return l10n.t('health unknown');
  }
}

function healthWords({ state, ready, desired }: Health): string {
  const word = healthWord(state);
  return ready === undefined || desired === undefined ? word : `${word} ${ready}/${desired}`;
}

function failureReason({ state, message }: Health): string {
  return state === 'failed' && message !== '' ? `: ${inTitle(message)}` : '';
}

function isAbout({ object, until }: Suspension, { key }: ObjectStatus, now: Date): boolean {
  return (object === undefined || object === key) && (until === undefined || Date.parse(until) > now.getTime());
}

function suspended({ by, reason, until, object }: Suspension, health: Health): Standing {
  const end = until === undefined ? l10n.t('until somebody resumes it') : l10n.t('until {0}', until);
  const words = l10n.t('suspended by {0}: {1}', nameInTitle(by), inTitle(reason));
  return {
    title: joined(`$(debug-pause) ${words}`, healthWords(health)),
    tooltip:
      object === undefined
        ? l10n.t('The environment is suspended by {0}, {1}: {2}', by, end, reason)
        : l10n.t('It is suspended by {0}, {1}: {2}', by, end, reason),
    more: explain(),
  };
}

function driftWords({ mode, differences }: NonNullable<ObjectStatus['drift']>): { icon: string; words: string } {
  const managers = [...new Set(differences.flatMap(({ manager }) => manager ?? []))];
  const by = managers.length === 0 ? undefined : inTitle(managers.join(', '));
  if (mode === 'contested')
    return { icon: 'warning', words: by === undefined ? l10n.t('contested') : l10n.t('contested by {0}', by) };
  const drifted = by === undefined ? l10n.t('drifted') : l10n.t('drifted by {0}', by);
  if (mode === 'ignored') return { icon: 'circle-slash', words: l10n.t('{0}, left alone', drifted) };
  return { icon: 'warning', words: mode === 'correcting' ? l10n.t('{0}, being corrected', drifted) : drifted };
}

function differenceText({ path, desired, live, manager, time }: Difference): string {
  const who = [manager, time].filter((part) => part !== undefined).join(', ');
  const [here, there] = [desired ?? l10n.t('nothing'), live ?? l10n.t('nothing')];
  const values = l10n.t('{0} in the repository, {1} in the cluster', here, there);
  return `${path === '' ? l10n.t('the object') : path}: ${values}${who === '' ? '' : ` (${who})`}`;
}

/** Which revision it has, and how far that is from the newest. */
function revisionWords({ action }: ObjectStatus, { sync, repository }: Status): string {
  if (action === 'skipped') return l10n.t('skipped');
  const isDelivered = sync.state !== 'pending' && sync.state !== 'applying';
  const at = isDelivered ? sync.revision : sync.appliedRevision;
  const head = repository.head?.revision;
  const synced = at === undefined ? l10n.t('not synced yet') : l10n.t('synced {0}', shortRevision(at));
  if (head === undefined || head === at) return synced;
  return joined(
    synced,
    sync.state === 'applying' ? l10n.t('applying {0}', shortRevision(head)) : l10n.t('behind {0}', shortRevision(head)),
  );
}
