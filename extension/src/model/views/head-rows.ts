import * as l10n from '@vscode/l10n';
import type { HealthState, Status } from '@weaveflux/shared';
import { reasonOf, stateOf } from '../agent/object-state.ts';
import { joined, shortRevision, spoken } from '../names.ts';
import { saySuspension } from './attention.ts';
import { healthIcon, healthWord } from './health.ts';
import { makeRow } from './make-row.ts';
import { type Row, under } from './row.ts';
import type { GitFacts, Scene } from './scene.ts';

const STATE_OF: Readonly<Record<Status['sync']['state'], HealthState>> = {
  pending: 'unknown',
  applying: 'progressing',
  applied: 'progressing',
  healthy: 'healthy',
  failed: 'failed',
};

/** How the last delivery stands. */
export function deliveryState({ sync }: Status): HealthState {
  return STATE_OF[sync.state];
}

/** Why the delivery fails, in one sentence; empty where it does not. */
export function deliveryReason(status: Status): string {
  const { sync, objects } = status;
  if (sync.state !== 'failed') return '';
  const problem = sync.problems.find(({ severity }) => severity === 'error');
  if (problem !== undefined) return problem.message;
  const failed = objects.find((object) => stateOf(object) === 'failed');
  return failed === undefined ? '' : `${failed.name}: ${reasonOf(failed)}`;
}

/** The revision that runs, and how it stands. */
export function revisionRow(scene: Scene): Row {
  const { status, git } = scene;
  const { appliedRevision, revision, healthyRevision, counts } = status.sync;
  const state = deliveryState(status);
  const subject = appliedRevision === undefined ? undefined : git.subjects.get(appliedRevision);
  const label =
    appliedRevision === undefined
      ? l10n.t('Nothing is applied yet')
      : joinWords(shortRevision(appliedRevision), subject);
  const other = revision === undefined || revision === appliedRevision ? undefined : shortRevision(revision);
  const delivering = other === undefined ? undefined : l10n.t('delivering {0}', other);
  const why = deliveryReason(status);
  return makeRow({
    id: under(scene.id, 'revision'),
    kind: 'revision',
    label,
    description: joined(healthWord(state), delivering, why),
    icon: healthIcon(state),
    tooltip: {
      heading: label,
      table: [
        [l10n.t('State'), joined(healthWord(state), why)],
        [l10n.t('Applied'), appliedRevision],
        [l10n.t('Delivering'), other === undefined ? undefined : revision],
        [l10n.t('Last healthy'), healthyRevision],
        [
          l10n.t('Objects'),
          Object.entries(counts)
            .map(([action, count]) => `${count} ${action}`)
            .join(', '),
        ],
        [l10n.t('Agent'), l10n.t('Weaveflux {0}, environment {1}', status.version, status.environment)],
      ],
    },
    accessibilityLabel: spoken(
      appliedRevision === undefined ? label : l10n.t('Revision {0} is applied', label),
      healthWord(state),
      delivering,
      why,
    ),
    target: { environment: scene.id, ...(appliedRevision === undefined ? {} : { revision: appliedRevision }) },
  });
}

/** How the environment, the branch and the working copy stand to each other. */
export function gitRow(scene: Scene): Row {
  const { status, git } = scene;
  const { branch, head, problem, url, paths, checkedAt, deployKey } = status.repository;
  const isBehind = head !== undefined && head.revision !== status.sync.appliedRevision;
  const stands = isBehind ? sayBehind(git, branch) : l10n.t('Up to date with {0}', branch);
  const label = problem === undefined ? stands : l10n.t('Git cannot be read');
  const says = problem === undefined ? sayWorkingCopy(git, status) : problem.message;
  return makeRow({
    id: under(scene.id, 'git'),
    kind: 'git',
    label,
    description: says,
    icon:
      problem !== undefined
        ? healthIcon('failed')
        : isBehind
          ? { id: 'arrow-down', color: 'charts.blue' }
          : { id: 'git-commit' },
    tooltip: {
      heading: label,
      table: [
        [l10n.t('Repository'), url],
        [l10n.t('Branch'), branch],
        [l10n.t('Paths'), paths.join(', ')],
        [l10n.t('Head'), head === undefined ? undefined : `${shortRevision(head.revision)} ${head.subject}`],
        [l10n.t('Author'), head?.author],
        [l10n.t('Committed'), head === undefined ? undefined : scene.calendar.full(head.time)],
        [l10n.t('Looked at'), checkedAt === undefined ? undefined : scene.calendar.full(checkedAt)],
        [l10n.t('Working copy'), joined(git.branch, git.head === undefined ? undefined : shortRevision(git.head))],
        [l10n.t('Problem'), problem?.message],
        [l10n.t('Deploy key to add'), deployKey],
      ],
    },
    accessibilityLabel: spoken(label, says),
    target: { environment: scene.id, ...(head === undefined ? {} : { revision: head.revision }) },
  });
}

/** What keeps the agent or the person from acting; nothing where nothing does. */
export function noticeRows(scene: Scene, rights: { readonly kind: string; readonly reason?: string }): Row[] {
  const { status, id } = scene;
  const suspension = status.suspensions.find(({ object }) => object === undefined);
  const target = { environment: id };
  const rows: Row[] = [];
  if (suspension !== undefined) {
    rows.push(
      makeRow({
        id: under(id, 'suspension'),
        kind: 'suspension',
        flags: { suspended: true },
        label: l10n.t('Suspended'),
        description: saySuspension(suspension, scene),
        icon: healthIcon('suspended'),
        tooltip: {
          heading: l10n.t('Suspended'),
          table: [
            [l10n.t('By'), suspension.by],
            [l10n.t('Reason'), suspension.reason],
            [l10n.t('Since'), scene.calendar.full(suspension.since)],
            [
              l10n.t('Until'),
              suspension.until === undefined ? l10n.t('it is resumed') : scene.calendar.full(suspension.until),
            ],
          ],
        },
        target,
      }),
    );
  }
  if (status.readOnly) rows.push(notice(scene, 'read-only', l10n.t('Read-only'), l10n.t('the agent commits nothing')));
  if (rights.kind === 'denied') rows.push(notice(scene, 'rights', l10n.t('View only'), rights.reason ?? ''));
  return rows;
}

function notice(scene: Scene, name: string, label: string, description: string): Row {
  return makeRow({
    id: under(scene.id, name),
    kind: 'notice',
    label,
    description,
    icon: { id: 'lock' },
    tooltip: { heading: label, table: [[l10n.t('Why'), description]] },
    target: { environment: scene.id },
  });
}

function sayBehind({ behind }: GitFacts, branch: string): string {
  if (behind === undefined || behind === 0) return l10n.t('Behind {0}', branch);
  if (behind === 1) return l10n.t('Behind {0} by 1 commit', branch);
  return l10n.t('Behind {0} by {1} commits', branch, behind.toLocaleString('en'));
}

/** How far the working copy is from what the agent has seen. */
function sayWorkingCopy(git: GitFacts, { repository }: Status): string {
  const { head: known, branch } = repository;
  if (git.head === undefined || known === undefined) return '';
  const copy =
    git.branch === branch || git.branch === undefined
      ? l10n.t('working copy')
      : l10n.t('working copy on {0}', git.branch);
  if (git.head === known.revision) return l10n.t('{0} is the same', copy);
  const { workingAhead: ahead, workingBehind: behind } = git;
  if (ahead === undefined || behind === undefined)
    return l10n.t('{0} is not fetched here', shortRevision(known.revision));
  const far = [ahead > 0 ? l10n.t('{0} ahead', ahead) : '', behind > 0 ? l10n.t('{0} behind', behind) : ''];
  return l10n.t('{0} is {1}', copy, far.filter((part) => part !== '').join(', '));
}

function joinWords(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== '').join(' ');
}
