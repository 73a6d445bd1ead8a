import * as l10n from '@vscode/l10n';
import type { Difference, ObjectStatus, Problem, PruneWait, Suspension } from '@weaveflux/shared';
import { reasonOf, stateOf } from '../agent/object-state.ts';
import { counted, idIn, joined, nameOf, shortRevision, spoken } from '../names.ts';
import { healthIcon, healthWord } from './health.ts';
import { makeRow } from './make-row.ts';
import { objectFlags, objectTooltip, sayDifferences } from './object-row.ts';
import { type Row, under } from './row.ts';
import { placeOf, type Scene } from './scene.ts';
import { severityWord } from './severity.ts';

/** One cause can have a thousand effects: so many rows are shown, and how many more there are. */
const LIMIT = 200;

/** Something that waits for a person. */
type Concern =
  | { readonly kind: 'failed' | 'missing' | 'contested' | 'drifted'; readonly object: ObjectStatus }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'prune'; readonly prune: PruneWait }
  | { readonly kind: 'suspended'; readonly suspension: Suspension; readonly key: string };

const ORDER: readonly Concern['kind'][] = [
  'failed',
  'problem',
  'missing',
  'contested',
  'drifted',
  'prune',
  'suspended',
];

/** The section of all that waits for a person, the worst first. */
export function attentionRow(scene: Scene): Row {
  const id = under(scene.id, 'attention');
  const concerns = concernsOf(scene);
  const isBad = concerns.some(isError);
  return makeRow({
    id,
    kind: 'section',
    label: l10n.t('Attention'),
    description: concerns.length === 0 ? l10n.t('nothing waits for you') : concerns.length.toLocaleString('en'),
    ...(concerns.length === 0
      ? {}
      : { icon: isBad ? healthIcon('failed') : { id: 'warning', color: 'list.warningForeground' } }),
    accessibilityLabel: spoken(
      l10n.t('Attention'),
      concerns.length === 0
        ? l10n.t('nothing waits for you')
        : counted(concerns.length, l10n.t('1 matter'), l10n.t('{0} matters')),
    ),
    target: { environment: scene.id },
    children: concerns.length === 0 ? undefined : () => shown(scene, id, concerns),
    collapsible: 'expanded',
  });
}

/** What waits for a person, the worst first. */
function concernsOf(scene: Scene): Concern[] {
  const { objects, prune, suspensions } = scene.status;
  const concerns: Concern[] = [
    ...objects.flatMap((object) => concernAbout(object) ?? []),
    ...untoldProblems(scene).map((problem) => ({ kind: 'problem', problem }) as const),
    ...(prune === undefined ? [] : [{ kind: 'prune', prune } as const]),
    ...suspensions.flatMap((suspension) => {
      const { object: key } = suspension;
      return key === undefined ? [] : [{ kind: 'suspended', suspension, key } as const];
    }),
  ];
  return concerns.sort((a, b) => rank(a) - rank(b));
}

function rank(concern: Concern): number {
  return ORDER.indexOf(concern.kind) + (isError(concern) ? 0 : ORDER.length);
}

function isError(concern: Concern): boolean {
  return concern.kind === 'failed' || (concern.kind === 'problem' && concern.problem.severity === 'error');
}

function concernAbout(object: ObjectStatus): Concern | undefined {
  const { action, drift } = object;
  const state = stateOf(object);
  if (state === 'failed') return { kind: 'failed', object };
  if (state === 'missing' && action !== 'skipped') return { kind: 'missing', object };
  if (drift === undefined || drift.mode === 'ignored') return undefined;
  return { kind: drift.mode === 'contested' ? 'contested' : 'drifted', object };
}

/** Problems that no object of the list tells itself, each once. */
function untoldProblems({ status: { sync, objects, repository } }: Scene): Problem[] {
  const told = new Set(objects.flatMap(({ problem }) => problem?.message ?? []));
  if (repository.problem !== undefined) told.add(repository.problem.message);
  const untold = sync.problems.filter(({ message }) => !told.has(message));
  return [
    ...new Map(untold.map((problem) => [`${problem.file}:${problem.line} ${problem.message}`, problem])).values(),
  ];
}

function shown(scene: Scene, parent: string, concerns: readonly Concern[]): Row[] {
  const rows = concerns.slice(0, LIMIT).map((concern) => concernRow(scene, parent, concern));
  const more = concerns.length - rows.length;
  if (more <= 0) return rows;
  const label = l10n.t('{0} more', more.toLocaleString('en'));
  return [...rows, makeRow({ id: under(parent, 'more'), kind: 'notice', label, target: { environment: scene.id } })];
}

function concernRow(scene: Scene, parent: string, concern: Concern): Row {
  if (concern.kind === 'problem') return problemRow(scene, parent, concern.problem);
  if (concern.kind === 'prune') return pruneRow(scene, parent, concern.prune);
  if (concern.kind === 'suspended') return suspendedRow(scene, parent, concern.key, concern.suspension);
  return troubledRow(scene, parent, concern.object, concern.kind);
}

function troubledRow(scene: Scene, parent: string, object: ObjectStatus, kind: Concern['kind']): Row {
  const id = under(parent, object.key);
  const { drift } = object;
  const isDrift = kind === 'drifted' || kind === 'contested';
  const differences = drift?.differences ?? [];
  const word = driftWord(kind) ?? healthWord(stateOf(object));
  const why = isDrift ? joined(sayDifferences(differences), sayMode(drift)) : reasonOf(object);
  const fields = differences.filter(({ path }) => path !== '');
  return makeRow({
    id,
    kind: object.images === undefined ? 'object' : 'workload',
    flags: objectFlags(scene, object),
    label: idIn(object.key).name,
    description: joined(word, why),
    icon: isDrift ? { id: 'warning', color: 'list.warningForeground' } : healthIcon(stateOf(object)),
    tooltip: objectTooltip(scene, object),
    accessibilityLabel: spoken(object.name, word, why),
    target: scene.targetOf(object),
    children: fields.length === 0 ? undefined : () => fields.map((field) => differenceRow(scene, id, object, field)),
  });
}

function driftWord(kind: Concern['kind']): string | undefined {
  if (kind === 'contested') return l10n.t('Contested');
  return kind === 'drifted' ? l10n.t('Differs') : undefined;
}

function sayMode(drift: ObjectStatus['drift']): string | undefined {
  return drift?.mode === 'correcting' ? l10n.t('being corrected') : undefined;
}

function differenceRow(scene: Scene, parent: string, object: ObjectStatus, difference: Difference): Row {
  const { path, desired = l10n.t('(absent)'), live = l10n.t('(absent)'), manager, time } = difference;
  const by = manager === undefined ? undefined : l10n.t('by {0}', manager);
  const since = time === undefined ? undefined : scene.calendar.full(time);
  return makeRow({
    id: under(parent, path),
    kind: 'difference',
    flags: { objected: true, drifted: true },
    label: path,
    description: joined(`${desired} → ${live}`, by),
    icon: { id: 'diff-modified' },
    tooltip: {
      heading: `${object.name} ${path}`,
      table: [
        [l10n.t('Repository'), desired],
        [l10n.t('Cluster'), live],
        [l10n.t('Manager'), manager],
        [l10n.t('Since'), since],
      ],
    },
    accessibilityLabel: spoken(
      path,
      l10n.t('the repository says {0}', desired),
      l10n.t('the cluster has {0}', live),
      by,
    ),
    target: scene.targetOf(object),
  });
}

function problemRow(scene: Scene, parent: string, problem: Problem): Row {
  const { severity, code, message, file, line, object } = problem;
  const place = file === undefined ? undefined : `${file.split('/').at(-1)}${line === undefined ? '' : `:${line}`}`;
  const label = object === undefined ? (place ?? code) : idIn(object).name;
  return makeRow({
    id: under(parent, 'problem', file ?? '', String(line ?? ''), message),
    kind: 'problem',
    flags: { objected: object !== undefined },
    label,
    description: message,
    icon: severity === 'error' ? healthIcon('failed') : { id: 'warning', color: 'list.warningForeground' },
    tooltip: {
      heading: label,
      table: [
        [l10n.t('Problem'), message],
        [l10n.t('Code'), code],
        [l10n.t('Object'), object === undefined ? undefined : nameOf(object)],
        [l10n.t('File'), file === undefined ? undefined : `${file}${line === undefined ? '' : `:${line}`}`],
      ],
    },
    accessibilityLabel: spoken(severityWord(severity), label, message),
    target: { environment: scene.id, ...(object === undefined ? {} : { workload: object }), ...placeOf(problem) },
  });
}

/** What left the repository and is not deleted before somebody allows it. */
function pruneRow(scene: Scene, parent: string, prune: PruneWait): Row {
  const { revision, reason, objects, confirmable } = prune;
  const id = under(parent, 'prune');
  const label = counted(objects.length, l10n.t('1 object waits to be pruned'), l10n.t('{0} objects wait to be pruned'));
  return makeRow({
    id,
    kind: 'prune',
    flags: { confirmable: confirmable !== false },
    label,
    description: reason,
    icon: { id: 'trash', color: 'list.warningForeground' },
    tooltip: {
      heading: label,
      table: [
        [l10n.t('Why'), reason],
        [l10n.t('Revision'), shortRevision(revision)],
        [
          l10n.t('To go on'),
          confirmable === false ? l10n.t('the reason must go first') : l10n.t('Confirm Prune… deletes exactly these'),
        ],
      ],
    },
    target: { environment: scene.id, revision },
    command: 'none',
    children: () => objects.map((key) => prunedRow(scene, id, key)),
  });
}

function prunedRow(scene: Scene, parent: string, key: string): Row {
  return makeRow({
    id: under(parent, key),
    kind: 'object',
    flags: { objected: true },
    label: idIn(key).name,
    description: joined(idIn(key).kind, idIn(key).namespace),
    icon: { id: 'trash' },
    accessibilityLabel: spoken(nameOf(key), l10n.t('would be deleted')),
    target: { environment: scene.id, workload: key },
  });
}

function suspendedRow(scene: Scene, parent: string, key: string, suspension: Suspension): Row {
  const object = scene.status.objects.find((each) => each.key === key);
  const why = saySuspension(suspension, scene);
  return makeRow({
    id: under(parent, 'suspended', key),
    kind: 'suspension',
    flags: { suspended: true, objected: true },
    label: idIn(key).name,
    description: joined(l10n.t('Suspended'), why),
    icon: healthIcon('suspended'),
    accessibilityLabel: spoken(nameOf(key), l10n.t('Suspended'), why),
    target: scene.targetOf(object ?? { key }),
  });
}

/** `by ann until Nov 24, 2026, 10:00 AM: load test`. */
export function saySuspension({ by, reason, until }: Suspension, { calendar }: Pick<Scene, 'calendar'>): string {
  return until === undefined
    ? l10n.t('by {0}: {1}', by, reason)
    : l10n.t('by {0} until {1}: {2}', by, calendar.full(until), reason);
}
