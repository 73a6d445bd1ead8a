import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectStatus } from '@weaveflux/shared';
import type { AgentState, Connection } from '../agent/state.ts';
import { objectOf } from '../testing/environment.ts';
import { environmentRows, type KnownRows } from './environments.ts';
import { tooltipMarkdown } from './markdown.ts';
import type { Row } from './row.ts';
import type { GitFacts } from './scene.ts';
import { allRows, CALENDAR, drawn, facts, HEAD, imageStatus, OLDER, rowNamed, statusOf, workload } from './testing.ts';

function rowsOf(state: Partial<AgentState>, git: Partial<GitFacts> = {}): Row[] {
  return environmentRows([facts(state, git)], CALENDAR);
}

const SHOP: readonly ObjectStatus[] = [
  objectOf('/ConfigMap/shop/settings'),
  objectOf('/Service/shop/web'),
  workload('web'),
  objectOf('apps/StatefulSet/shop/db', {
    health: { state: 'progressing', message: 'One replica is not ready.', ready: 1, desired: 2 },
    images: { postgres: 'postgres:16.1' },
  }),
];

test('environments: a healthy one is the revision, Git, what waits, the workloads and the rest', () => {
  assert.deepEqual(drawn(rowsOf({ status: statusOf(SHOP), images: [imageStatus('web')] })), [
    'a1b2c3d Fix the cart — Healthy',
    'Up to date with main — working copy is the same',
    'Attention — nothing waits for you',
    'Workloads — 1 Progressing of 2',
    '  web — Healthy 3/3 · 1.4.2',
    '    web — 1.4.2 · semver:~1',
    '  db — Progressing 1/2 · StatefulSet · 16.1',
    '    postgres — 16.1',
    'Other objects — 2',
    '  ConfigMap — 1',
    '    settings — shop',
    '  Service — 1',
    '    web — shop',
  ]);
});

test('environments: workloads of several namespaces stand below them', () => {
  const objects = [workload('web'), workload('web', {}, 'test')];
  assert.deepEqual(drawn(rowsOf({ status: statusOf(objects) })).slice(3, -1), [
    'Workloads — 2',
    '  shop — 1',
    '    web — Healthy 3/3 · 1.4.2',
    '      web — 1.4.2',
    '  test — 1',
    '    web — Healthy 3/3 · 1.4.2',
    '      web — 1.4.2',
  ]);
});

test('environments: more workloads than are looked over begin closed, with what is wrong among them beside', () => {
  const shown = (count: number, namespaces: number) => {
    const objects = Array.from({ length: count }, (_, index) =>
      workload(`web-${index}`, {}, `ns-${index % namespaces}`),
    );
    const row = rowNamed(rowsOf({ status: statusOf(objects) }), 'Workloads');
    return [row.collapsible, namespaces > 1 ? row.children?.()[0]?.collapsible : undefined];
  };
  assert.deepEqual(shown(200, 1), ['expanded', undefined]);
  assert.deepEqual(shown(201, 1), ['collapsed', undefined]);
  assert.deepEqual(shown(200, 2), ['expanded', 'expanded']);
  assert.deepEqual(shown(201, 2), ['expanded', 'collapsed']);
});

test('environments: of a workload one sees what is newer, pinned, held and suspended', () => {
  const status = statusOf([workload('web')], {
    suspensions: [{ reason: 'repair', by: 'ann', since: '2026-11-23T11:00:00Z', object: 'apps/Deployment/shop/web' }],
  });
  const update = imageStatus('web', { state: 'update', chosen: { tag: '1.5.0' } });
  assert.equal(
    rowNamed(rowsOf({ status, images: [update] }), 'Workloads').children?.()[0]?.description,
    'Healthy 3/3 · 1.4.2 → 1.5.0 · suspended',
  );
  const pinned = imageStatus('web', {
    state: 'pinned',
    pin: { user: 'ann', message: 'audit' },
    chosen: { tag: '1.5.0' },
  });
  const row = rowNamed(rowsOf({ status, images: [pinned] }), 'Workloads').children?.()[0];
  assert.equal(row?.description, 'Healthy 3/3 · 1.4.2 → 1.5.0 · pinned · suspended');
  assert.equal(row?.children?.()[0]?.description, '1.4.2 → 1.5.0 · pinned by ann: audit · semver:~1');
});

const ATTENTION: readonly (readonly [what: string, fields: Partial<ObjectStatus>, row: string])[] = [
  [
    'one that could not be applied',
    { action: 'failed', problem: { severity: 'error', code: 'REJECTED', message: 'spec.replicas must be a number.' } },
    'web — Failing · spec.replicas must be a number.',
  ],
  [
    'one that fails',
    { health: { state: 'failed', message: 'Its image cannot be pulled.' } },
    'web — Failing · Its image cannot be pulled.',
  ],
  [
    'one that is missing',
    { health: { state: 'missing', message: 'It is not there.' } },
    'web — Missing · It is not there.',
  ],
  [
    'one field, with its manager',
    {
      drift: {
        mode: 'reported',
        differences: [{ path: '/spec/replicas', desired: '3', live: '5', manager: 'kubectl-edit' }],
      },
    },
    'web — Differs · /spec/replicas by kubectl-edit',
  ],
  [
    'several fields, with their managers',
    {
      drift: {
        mode: 'contested',
        differences: [
          { path: '/spec/replicas', desired: '3', live: '5', manager: 'scaler' },
          { path: '/spec/paused', live: 'true', manager: 'kubectl-edit' },
        ],
      },
    },
    'web — Contested · 2 fields by scaler, kubectl-edit',
  ],
  [
    'one that was deleted by hand',
    { drift: { mode: 'correcting', differences: [{ path: '', live: '(deleted)' }] } },
    'web — Differs · deleted · being corrected',
  ],
  [
    'one that left the repository and stays',
    { drift: { mode: 'reported', differences: [{ path: '', live: 'not in the repository: pruning is off' }] } },
    'web — Differs · not in the repository: pruning is off',
  ],
];

for (const [what, fields, expected] of ATTENTION) {
  test(`attention: ${what}`, () => {
    const rows = rowsOf({ status: statusOf([workload('web', fields)]) });
    assert.equal(drawn(rowNamed(rows, 'Attention').children?.() ?? [])[0], expected);
    assert.equal(rowNamed(rows, 'Attention').description, '1');
  });
}

test('attention: what is left as it is wished does not wait for anybody', () => {
  const drift = { mode: 'ignored', differences: [{ path: '/spec/replicas', desired: '3', live: '5' }] } as const;
  const rows = rowsOf({
    status: statusOf([workload('web', { drift: { ...drift, differences: [...drift.differences] } })]),
  });
  assert.equal(rowNamed(rows, 'Attention').description, 'nothing waits for you');
  assert.equal(
    rowNamed(rows, 'Workloads').children?.()[0]?.description,
    'Healthy 3/3 · 1.4.2 · differs, left as it is',
  );
});

test('attention: each field that differs is a row with both values', () => {
  const differences = [
    { path: '/spec/replicas', desired: '3', live: '5', manager: 'kubectl-edit', time: '2026-11-23T12:00:00Z' },
  ];
  const rows = rowsOf({ status: statusOf([workload('web', { drift: { mode: 'reported', differences } })]) });
  const row = rowNamed(rows, '/spec/replicas');
  assert.equal(row.description, '3 → 5 · by kubectl-edit');
  assert.equal(row.accessibilityLabel, '/spec/replicas, the repository says 3, the cluster has 5, by kubectl-edit');
});

test('attention: a prune that waits names its objects, and is confirmed only where that helps', () => {
  const prune = {
    revision: HEAD,
    reason: 'more than a fifth would go',
    objects: ['/ConfigMap/shop/old', '/Secret/shop/key'],
  };
  const rows = rowsOf({ status: statusOf([], { prune }) });
  assert.deepEqual(drawn(rowNamed(rows, 'Attention').children?.() ?? []), [
    '2 objects wait to be pruned — more than a fifth would go',
    '  old — ConfigMap · shop',
    '  key — Secret · shop',
  ]);
  const row = rowNamed(rows, '2 objects wait to be pruned');
  assert.match(row.contextValue, /\bconfirmable\b/);
  assert.equal(row.target.revision, HEAD);
  const stuck = rowsOf({ status: statusOf([], { prune: { ...prune, confirmable: false } }) });
  assert.doesNotMatch(rowNamed(stuck, '2 objects wait to be pruned').contextValue, /\bconfirmable\b/);
});

test('attention: problems of no object stand at their file and line; those told by objects, and Git, are not told twice', () => {
  const problem = { severity: 'error', code: 'REJECTED', message: 'It was rejected.' } as const;
  const status = statusOf([workload('web', { action: 'failed', problem })]);
  const rows = rowsOf({
    status: {
      ...status,
      repository: {
        ...status.repository,
        problem: { severity: 'error', code: 'GIT_UNREACHABLE', message: 'No route.' },
      },
      sync: {
        ...status.sync,
        problems: [
          problem,
          { severity: 'error', code: 'GIT_UNREACHABLE', message: 'No route.' },
          { severity: 'warning', code: 'UNKNOWN_KEY', message: 'No such key.', file: 'apps/web.yaml', line: 7 },
          { severity: 'warning', code: 'UNKNOWN_KEY', message: 'No such key.', file: 'apps/web.yaml', line: 7 },
        ],
      },
    },
  });
  assert.deepEqual(drawn(rowNamed(rows, 'Attention').children?.() ?? []), [
    'web — Failing · It was rejected.',
    'web.yaml:7 — No such key.',
  ]);
  assert.deepEqual(rowNamed(rows, 'web.yaml:7').command?.arguments, [
    { environment: 'file:///shop', file: 'apps/web.yaml', line: 7 },
  ]);
  assert.equal(rowNamed(rows, 'Git cannot be read').description, 'No route.');
});

test('attention: one cause with a thousand effects stays readable', () => {
  const objects = Array.from({ length: 1000 }, (_, index) =>
    workload(`web-${index}`, { health: { state: 'failed', message: 'The node is gone.' } }),
  );
  const rows = rowNamed(rowsOf({ status: statusOf(objects) }), 'Attention');
  assert.equal(rows.description, '1,000');
  assert.equal(rows.children?.().at(-1)?.label, '800 more');
});

const GIT: readonly (readonly [what: string, applied: string, git: Partial<GitFacts>, row: string])[] = [
  ['the same everywhere', HEAD, {}, 'Up to date with main — working copy is the same'],
  ['the environment behind', OLDER, { behind: 2 }, 'Behind main by 2 commits — working copy is the same'],
  ['the environment behind by what is not here', OLDER, {}, 'Behind main — working copy is the same'],
  [
    'the working copy ahead',
    HEAD,
    { head: OLDER, workingAhead: 1, workingBehind: 0 },
    'Up to date with main — working copy is 1 ahead',
  ],
  [
    'the working copy on another branch',
    HEAD,
    { head: OLDER, branch: 'try', workingAhead: 3, workingBehind: 2 },
    'Up to date with main — working copy on try is 3 ahead, 2 behind',
  ],
  ['what was never fetched', HEAD, { head: OLDER }, 'Up to date with main — a1b2c3d is not fetched here'],
];

for (const [what, appliedRevision, git, expected] of GIT) {
  test(`git: ${what}`, () => {
    const status = statusOf([]);
    const rows = rowsOf({ status: { ...status, sync: { ...status.sync, appliedRevision } } }, git);
    assert.equal(drawn(rows)[1], expected);
  });
}

test('revision: a failure says of which revision, and why', () => {
  const status = statusOf([]);
  const sync = {
    ...status.sync,
    state: 'failed' as const,
    appliedRevision: OLDER,
    problems: [{ severity: 'error', code: 'INVALID_YAML', message: 'web.yaml:3 is no YAML.' } as const],
  };
  assert.equal(
    drawn(rowsOf({ status: { ...status, sync } }))[0],
    'b2c3d4e — Failing · delivering a1b2c3d · web.yaml:3 is no YAML.',
  );
  const { appliedRevision: _, ...never } = sync;
  assert.match(drawn(rowsOf({ status: { ...status, sync: never } }))[0] ?? '', /^Nothing is applied yet — Failing/);
});

test('notices: suspended with reason and end, read-only, and who may only look', () => {
  const status = statusOf([], {
    readOnly: true,
    suspensions: [{ reason: 'load test', by: 'ann', since: '2026-11-23T10:00:00Z', until: '2026-11-24T10:00:00Z' }],
  });
  const rows = rowsOf({ status, rights: { kind: 'denied', reason: 'Ask for the role weaveflux-operate.' } });
  assert.deepEqual(
    drawn(rows)
      .slice(2, 5)
      .map((line) => line.replaceAll('\u202f', ' ')),
    [
      'Suspended — by ann until Nov 24, 2026, 10:00 AM: load test',
      'Read-only — the agent commits nothing',
      'View only — Ask for the role weaveflux-operate.',
    ],
  );
});

const WELCOMES: readonly Connection[] = [
  { kind: 'idle' },
  { kind: 'restricted' },
  { kind: 'searching' },
  { kind: 'no-kubeconfig', message: 'No kubeconfig.' },
  { kind: 'not-found', message: 'No agent.' },
  { kind: 'no-permission', message: 'No.' },
  { kind: 'ambiguous', names: ['a', 'b'] },
];

for (const connection of WELCOMES) {
  test(`environments: ${connection.kind} leaves the view empty, so that it welcomes`, () => {
    assert.deepEqual(rowsOf({ connection }), []);
  });
}

test('environments: a lost agent is told, and what was known stays', () => {
  const rows = rowsOf({
    connection: { kind: 'lost', message: 'The pod is gone.' },
    status: statusOf([workload('web')]),
  });
  assert.equal(drawn(rows)[0], 'Connection lost — The pod is gone.');
  assert.ok(rowNamed(rows, 'web'));
});

test('environments: images that cannot be read are told with a way to try again, and the status stays', () => {
  const rows = rowsOf({ status: statusOf([workload('web')]), imagesProblem: 'The agent answered 500.' });
  assert.equal(drawn(rows)[0], 'Images could not be read — The agent answered 500.');
  assert.match(rows[0]?.contextValue ?? '', /^connection\b/);
  assert.equal(drawn(rows)[1], 'a1b2c3d Fix the cart — Healthy');
});

test('environments: several have a level of their own, each with how it stands', () => {
  const rows = environmentRows(
    [
      facts({ status: statusOf([workload('web')]) }, {}, 'production'),
      facts(
        { status: undefined as never, connection: { kind: 'not-found', message: 'No agent keeps it.' } },
        {},
        'staging',
      ),
    ],
    CALENDAR,
  );
  assert.deepEqual(
    rows.map(({ label, description, collapsible }) => [label, description, collapsible]),
    [
      ['production', 'Healthy · a1b2c3d', 'expanded'],
      ['staging', 'No agent keeps it.', 'none'],
    ],
  );
  assert.equal(rows[0]?.children?.()[0]?.label, 'a1b2c3d Fix the cart');
});

test('environments: one that is reached later is another row, so that it opens', () => {
  const known = facts({ status: statusOf([workload('web')]) }, {}, 'production');
  const idOf = (state: Partial<AgentState>) => environmentRows([known, facts(state, {}, 'staging')], CALENDAR)[1]?.id;
  const searching = idOf({ status: undefined as never, connection: { kind: 'searching' } });
  const connected = idOf({ status: statusOf([]) });
  assert.notEqual(searching, connected);
  assert.equal(idOf({ status: statusOf([]), connection: { kind: 'lost', message: 'Away.' } }), connected);
});

test('rows: every id is told once, begins with its parent’s, and stays when looks change', () => {
  const before = allRows(rowsOf({ status: statusOf(SHOP), images: [imageStatus('web')] })).map(({ id }) => id);
  const failing = SHOP.map((object) => ({ ...object, health: { ...object.health, ready: 0 } }));
  const after = allRows(rowsOf({ status: statusOf(failing), images: [imageStatus('web')] })).map(({ id }) => id);
  assert.equal(new Set(before).size, before.length);
  assert.deepEqual(after, before);
  for (const row of allRows(rowsOf({ status: statusOf(SHOP) })))
    for (const child of row.children?.() ?? []) assert.ok(child.id.startsWith(`${row.id}|`));
});

test('rows: a workload’s click opens its line, its menu knows its key, and its label says all for those who listen', () => {
  const image = imageStatus('web', { state: 'update', chosen: { tag: '1.5.0' } });
  const row = rowNamed(rowsOf({ status: statusOf([workload('web')]), images: [image] }), 'Workloads').children?.()[0];
  assert.deepEqual(row?.target, {
    environment: 'file:///shop',
    workload: 'apps/Deployment/shop/web',
    file: 'web.yaml',
    line: 1,
  });
  assert.deepEqual(row?.command, { command: 'weaveflux.open', title: 'Open', arguments: [row?.target] });
  assert.equal(
    row?.accessibilityLabel,
    'shop:deployment/web, Healthy, 3 of 3 replicas ready, 1.4.2 runs, available is 1.5.0',
  );
  assert.equal(row?.contextValue, 'workload placed objected imaged releasable unpinned automated running');
});

test('tooltips: text from outside makes no markup', () => {
  const health = {
    state: 'failed',
    message: '<img src=x> | [click](command:x) **b** $(alert) https://x.example',
  } as const;
  const rows = rowsOf({ status: statusOf([workload('web', { health })]) });
  const { tooltip } = rowNamed(rowNamed(rows, 'Attention').children?.() ?? [], 'web');
  assert.ok(tooltip);
  const markdown = tooltipMarkdown(tooltip);
  assert.match(markdown, /State \| Failing · \\<img src=x\\>/);
  for (const raw of [/(?<!\\)</, /\| \[/, /\]\(/, /\*\*b/, /\$\(/, /https:/]) assert.doesNotMatch(markdown, raw);
});

test('environments: with all collapsed, no row of an object is made', () => {
  let reads = 0;
  const objects = SHOP.map((object) =>
    Object.defineProperty({ ...object }, 'file', {
      get() {
        reads += 1;
        return 'web.yaml';
      },
    }),
  );
  const rows = rowsOf({ status: statusOf(objects) });
  assert.equal(reads, 0);
  rowNamed(rows, 'web');
  assert.ok(reads > 0);
});

test('environments: rows of objects are made anew for other objects or images, not for anything else', () => {
  const known: KnownRows = new Map();
  const status = statusOf(SHOP);
  const images = [imageStatus('web')];
  const make = (state: Partial<AgentState>, git: Partial<GitFacts> = {}) =>
    rowNamed(environmentRows([facts(state, git)], CALENDAR, known), 'Workloads');
  const first = make({ status, images });
  assert.equal(make({ status, images }, { head: OLDER }), first);
  assert.notEqual(make({ status, images: [imageStatus('web')] }), first);
  assert.notEqual(make({ status: statusOf(SHOP), images }), first);
  environmentRows([], CALENDAR, known);
  assert.equal(known.size, 0);
});
