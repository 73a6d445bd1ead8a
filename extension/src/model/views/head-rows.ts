import type { HealthState, Status } from '@weaveflux/shared';
import { reasonOf, stateOf } from '../agent/object-state.ts';
import { counted, joined, shortRevision, spoken } from '../names.ts';
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
    appliedRevision === undefined ? 'Nothing is applied yet' : joinWords(shortRevision(appliedRevision), subject);
  const other = revision === undefined || revision === appliedRevision ? undefined : shortRevision(revision);
  const why = deliveryReason(status);
  return makeRow({
    id: under(scene.id, 'revision'),
    kind: 'revision',
    label,
    description: joined(healthWord(state), other === undefined ? undefined : `delivering ${other}`, why),
    icon: healthIcon(state),
    tooltip: {
      heading: label,
      table: [
        ['State', joined(healthWord(state), why)],
        ['Applied', appliedRevision],
        ['Delivering', other === undefined ? undefined : revision],
        ['Last healthy', healthyRevision],
        [
          'Objects',
          Object.entries(counts)
            .map(([action, count]) => `${count} ${action}`)
            .join(', '),
        ],
        ['Agent', `Weaveflux ${status.version}, environment ${status.environment}`],
      ],
    },
    accessibilityLabel: spoken(
      appliedRevision === undefined ? label : `Revision ${label} is applied`,
      healthWord(state),
      other === undefined ? undefined : `delivering ${other}`,
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
  const label =
    problem !== undefined ? 'Git cannot be read' : isBehind ? sayBehind(git, branch) : `Up to date with ${branch}`;
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
        ['Repository', url],
        ['Branch', branch],
        ['Paths', paths.join(', ')],
        ['Head', head === undefined ? undefined : `${shortRevision(head.revision)} ${head.subject}`],
        ['Author', head?.author],
        ['Committed', head === undefined ? undefined : scene.calendar.full(head.time)],
        ['Looked at', checkedAt === undefined ? undefined : scene.calendar.full(checkedAt)],
        ['Working copy', joined(git.branch, git.head === undefined ? undefined : shortRevision(git.head))],
        ['Problem', problem?.message],
        ['Deploy key to add', deployKey],
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
        label: 'Suspended',
        description: saySuspension(suspension, scene),
        icon: healthIcon('suspended'),
        tooltip: {
          heading: 'Suspended',
          table: [
            ['By', suspension.by],
            ['Reason', suspension.reason],
            ['Since', scene.calendar.full(suspension.since)],
            ['Until', suspension.until === undefined ? 'it is resumed' : scene.calendar.full(suspension.until)],
          ],
        },
        target,
      }),
    );
  }
  if (status.readOnly) rows.push(notice(scene, 'read-only', 'Read-only', 'the agent commits nothing'));
  if (rights.kind === 'denied') rows.push(notice(scene, 'rights', 'View only', rights.reason ?? ''));
  return rows;
}

function notice(scene: Scene, name: string, label: string, description: string): Row {
  return makeRow({
    id: under(scene.id, name),
    kind: 'notice',
    label,
    description,
    icon: { id: 'lock' },
    tooltip: { heading: label, table: [['Why', description]] },
    target: { environment: scene.id },
  });
}

function sayBehind({ behind }: GitFacts, branch: string): string {
  return behind === undefined || behind === 0 ? `Behind ${branch}` : `Behind ${branch} by ${counted(behind, 'commit')}`;
}

/** How far the working copy is from what the agent has seen. */
function sayWorkingCopy(git: GitFacts, { repository }: Status): string {
  const { head: known, branch } = repository;
  if (git.head === undefined || known === undefined) return '';
  const on = git.branch === branch || git.branch === undefined ? '' : ` on ${git.branch}`;
  if (git.head === known.revision) return `working copy${on} is the same`;
  const { workingAhead: ahead, workingBehind: behind } = git;
  if (ahead === undefined || behind === undefined) return `${shortRevision(known.revision)} is not fetched here`;
  const far = [ahead > 0 ? `${ahead} ahead` : '', behind > 0 ? `${behind} behind` : ''].filter((part) => part !== '');
  return `working copy${on} is ${far.join(', ')}`;
}

function joinWords(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== '').join(' ');
}
