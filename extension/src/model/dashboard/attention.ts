import * as l10n from '@vscode/l10n';
import { type ObjectStatus, type Problem, type PruneWait, parseObjectKey, type Status } from '@weaveflux/shared';
import { reasonOf, stateOf } from '../agent/object-state.ts';
import { isWorkloadKey, nameOf } from '../names.ts';
import type { DashboardAction, DashboardCommand } from './commands.ts';
import { openAction } from './services.ts';
import type { Attention } from './snapshot.ts';

/** What waits for a person, the worst first; at most `limit`, so that one cause with a thousand effects stays readable. */
export function attentionOf(status: Status, limit = 100): Attention[] {
  const items = [
    ...repositoryItems(status),
    ...status.objects.flatMap((object) => objectItem(object) ?? []),
    ...problemItems(status),
    ...(status.prune === undefined ? [] : [pruneItem(status.prune)]),
  ];
  return items.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error')).slice(0, limit);
}

/** That the images cannot be read, where that is so. */
export function imageItems(problem: string | undefined): Attention[] {
  if (problem === undefined) return [];
  return [
    {
      id: 'images',
      kind: 'problem',
      severity: 'warning',
      title: l10n.t('Images could not be read'),
      text: problem,
      actions: [
        { command: 'reconnect', target: {} },
        { command: 'showLog', target: {} },
      ],
    },
  ];
}

function repositoryItems({ repository }: Status): Attention[] {
  if (repository.problem === undefined) return [];
  const { message } = repository.problem;
  const actions: DashboardAction[] = [
    { command: 'sync', target: {} },
    { command: 'showLog', target: {} },
  ];
  return [{ id: 'repository', kind: 'repository', severity: 'error', title: repository.url, text: message, actions }];
}

function objectItem(object: ObjectStatus): Attention | undefined {
  const { name: title, health, drift } = object;
  const about = { id: `object ${object.key}`, title };
  if (stateOf(object) === 'failed') {
    const text = reasonOf(object);
    return {
      ...about,
      kind: 'failed',
      severity: 'error',
      text,
      actions: actionsOn(object, 'diffWithCluster', 'explain'),
    };
  }
  if (health.state === 'missing' && object.action !== 'skipped') {
    return {
      ...about,
      kind: 'missing',
      severity: 'warning',
      text: health.message,
      actions: actionsOn(object, 'explain'),
    };
  }
  if (drift === undefined || drift.mode === 'ignored' || drift.mode === 'correcting') return undefined;
  const kind = drift.mode === 'contested' ? 'contested' : 'drift';
  return {
    ...about,
    kind,
    severity: 'warning',
    text: driftText(drift.differences),
    actions: actionsOn(object, 'showDrift'),
  };
}

function actionsOn(object: ObjectStatus, ...commands: readonly DashboardCommand[]): DashboardAction[] {
  const open = openAction(object);
  const isWorkload = isWorkloadKey(object.key);
  const target = { workload: object.key, file: object.file, line: object.line };
  return [
    ...(open === undefined ? [] : [open]),
    ...commands.map((command) => ({ command, target })),
    ...(isWorkload && commands.includes('explain') ? [{ command: 'history' as const, target }] : []),
  ];
}

function driftText(differences: NonNullable<ObjectStatus['drift']>['differences']): string {
  const managers = new Set(differences.flatMap(({ manager }) => manager ?? []));
  const [first] = differences;
  if (first === undefined) return '';
  if (first.path === '') return first.live ?? '';
  const { path, desired = l10n.t('(absent)'), live = l10n.t('(absent)') } = first;
  const more = differences.length > 1 ? ` (+${differences.length - 1})` : '';
  return `${path} ${desired} → ${live}${more}${managers.size === 0 ? '' : `, ${[...managers].join(', ')}`}`;
}

/** The problems that no object of the list tells already. */
function problemItems({ sync, objects }: Status): Attention[] {
  const told = new Set(objects.flatMap(({ problem }) => (problem === undefined ? [] : [problem.message])));
  const unique = new Map(sync.problems.filter(({ message }) => !told.has(message)).map((p) => [p.message, p]));
  return [...unique.values()].map(problemItem);
}

function problemItem({ code, severity, message, object, file, line }: Problem): Attention {
  const open = openAction({ file, line });
  const id = object === undefined ? undefined : parseObjectKey(object);
  return {
    id: `problem ${message}`,
    kind: code === 'INVALID_POLICY' ? 'policy' : 'problem',
    severity,
    title: id?.name ?? (file === undefined ? code : line === undefined ? file : `${file}:${line}`),
    text: message,
    actions: open === undefined ? [] : [open],
  };
}

function pruneItem({ revision, reason, objects, confirmable }: PruneWait): Attention {
  return {
    id: 'prune',
    kind: 'prune',
    severity: 'warning',
    title: namesOf(objects),
    text: reason,
    actions: confirmable === false ? [] : [{ command: 'confirmPrune', target: { revision } }],
  };
}

/** The first objects by name, and how many more there are. */
function namesOf(keys: readonly string[]): string {
  const named = keys.slice(0, 2).map(nameOf);
  return `${named.join(', ')}${keys.length > named.length ? ` +${keys.length - named.length}` : ''}`;
}
