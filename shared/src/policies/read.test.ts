import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locatePolicyProblems, readPolicies } from './read.ts';
import { annotationKeyFor, annotationKeysOf } from './spellings.ts';

const LONG = 'c'.repeat(60);

test('every key means what it says', () => {
  const read = readPolicies(
    {
      'weaveflux.dev/automated': 'true',
      'weaveflux.dev/tag.app': 'semver:~1.4',
      'weaveflux.dev/tag-filter.app': '^v(.+)$',
      'weaveflux.dev/min-age.app': '1h30m',
      'weaveflux.dev/digest.app': 'follow',
      'weaveflux.dev/locked.side': 'true',
      'weaveflux.dev/locked_msg': 'wait',
      'weaveflux.dev/locked_user': 'Ada',
      'weaveflux.dev/ignore': 'sync_only',
      'weaveflux.dev/ignore-until': '2030-01-31T18:00:00Z',
      'weaveflux.dev/ignore-fields': '/spec/replicas, /metadata/labels/a~1b',
      'weaveflux.dev/prune': 'disabled',
      'weaveflux.dev/drift': 'report',
      'weaveflux.dev/recreate': 'true',
      'example.org/other': 'x',
    },
    ['app', 'side'],
  );
  assert.deepEqual(read.problems, []);
  const { containers, problems: _, ...object } = read;
  assert.deepEqual(object, {
    automated: true,
    ignore: 'sync_only',
    ignoreUntil: '2030-01-31T18:00:00Z',
    ignoreFields: ['/spec/replicas', '/metadata/labels/a~1b'],
    pruneDisabled: true,
    driftReport: true,
    recreate: true,
  });
  const app = containers.get('app');
  assert.equal(app?.policy?.text, 'semver:~1.4');
  assert.equal(app?.policy?.admits('v1.4.2'), true);
  assert.equal(app?.policy?.admits('1.4.2'), false);
  assert.deepEqual([app?.pinned, app?.pinUser, app?.followDigest, app?.minAge], [false, undefined, true, 5_400_000]);
  const side = containers.get('side');
  assert.deepEqual([side?.policy, side?.pinned, side?.pinUser, side?.pinMessage], [undefined, true, 'Ada', 'wait']);
});

test('nothing written means the defaults', () => {
  const { containers, ...object } = readPolicies({}, ['app']);
  assert.deepEqual(object, {
    automated: false,
    ignore: false,
    ignoreFields: [],
    pruneDisabled: false,
    driftReport: false,
    recreate: false,
    problems: [],
  });
  assert.deepEqual(containers.get('app'), { container: 'app', pinned: false, followDigest: false });
});

test("Flux v1's spellings mean what they meant, and ours wins over them", () => {
  const policy = (annotations: Record<string, unknown>): string | undefined =>
    readPolicies(annotations, ['app']).containers.get('app')?.policy?.text;
  assert.equal(policy({ 'fluxcd.io/tag.app': 'glob:a*' }), 'glob:a*');
  assert.equal(policy({ 'flux.weave.works/tag.app': 'b*' }), 'b*');
  assert.equal(policy({ 'filter.fluxcd.io/app': 'regex:c' }), 'regex:c');
  assert.equal(policy({ 'fluxcd.io/tag.app': 'glob:a*', 'weaveflux.dev/tag.app': 'semver:*' }), 'semver:*');
  for (const prefix of ['fluxcd.io/', 'flux.weave.works/']) {
    const read = readPolicies(
      {
        [`${prefix}automated`]: 'true',
        [`${prefix}locked`]: 'true',
        [`${prefix}locked_user`]: 'Ada',
        [`${prefix}ignore`]: 'true',
      },
      ['app'],
    );
    assert.deepEqual([read.automated, read.ignore, read.problems], [true, 'true', []]);
    assert.deepEqual([read.containers.get('app')?.pinned, read.containers.get('app')?.pinUser], [true, 'Ada']);
  }
  assert.deepEqual(
    readPolicies({ 'fluxcd.io/sync-checksum': 'x', 'fluxcd.io/tag.chart-image': 'glob:*' }, []).problems,
    [],
  );
});

const wrong: { key: string; value: unknown; severity: 'error' | 'warning'; says: RegExp; blocks?: boolean }[] = [
  {
    key: 'weaveflux.dev/automated',
    value: true,
    severity: 'error',
    says: /is not a string but true; put it in quotes/,
  },
  { key: 'fluxcd.io/automated', value: true, severity: 'error', says: /put it in quotes/ },
  { key: 'weaveflux.dev/automated', value: 'yes', severity: 'error', says: /it takes "true" or "false"/ },
  { key: 'fluxcd.io/automated', value: 'yes', severity: 'warning', says: /as in Flux v1 it counts as "false"/ },
  { key: 'weaveflux.dev/automatd', value: 'true', severity: 'warning', says: /is no key of Weaveflux/ },
  { key: 'weaveflux.dev/tag', value: 'x', severity: 'warning', says: /write weaveflux.dev\/tag.<container>/ },
  { key: 'weaveflux.dev/environment', value: 'x', severity: 'warning', says: /is no key/ },
  { key: 'weaveflux.dev/tag.ap', value: 'glob:*', severity: 'warning', says: /"ap", and the containers are app;/ },
  { key: 'fluxcd.io/tag.ap', value: 'glob:*', severity: 'warning', says: /"ap"/ },
  { key: `weaveflux.dev/tag.${LONG}`, value: 'glob:*', severity: 'error', says: /longer than the 63 characters/ },
  {
    key: 'weaveflux.dev/tag.app',
    value: 'semver:x.y',
    severity: 'error',
    says: /"semver:x.y" states no version range/,
    blocks: true,
  },
  { key: 'filter.fluxcd.io/app', value: 'regexp:(', severity: 'error', says: /no RE2/, blocks: true },
  { key: 'weaveflux.dev/tag.app', value: 7, severity: 'error', says: /is not a string but 7/, blocks: true },
  { key: 'weaveflux.dev/tag-filter.app', value: '(', severity: 'error', says: /no RE2 expression/, blocks: true },
  { key: 'weaveflux.dev/min-age.app', value: 'soon', severity: 'error', says: /takes a duration/, blocks: true },
  { key: 'weaveflux.dev/min-age.app', value: '-1h', severity: 'error', says: /not negative/, blocks: true },
  { key: 'weaveflux.dev/digest.app', value: 'pin', severity: 'error', says: /it takes "follow"/, blocks: true },
  { key: 'weaveflux.dev/locked', value: true, severity: 'error', says: /put it in quotes/, blocks: true },
  { key: 'weaveflux.dev/approval', value: 'true', severity: 'error', says: /it takes "required"/, blocks: true },
  { key: 'weaveflux.dev/approval.app', value: 'yes', severity: 'error', says: /it takes "required"/, blocks: true },
  { key: 'weaveflux.dev/locked.app', value: 'ja', severity: 'error', says: /it takes "true"/, blocks: true },
  { key: 'weaveflux.dev/ignore', value: 'yes', severity: 'error', says: /"true" or "sync_only"/ },
  { key: 'weaveflux.dev/ignore-until', value: 'tomorrow', severity: 'error', says: /RFC 3339/ },
  { key: 'weaveflux.dev/ignore-until', value: '2030-13-31T18:00:00Z', severity: 'error', says: /RFC 3339/ },
  {
    key: 'weaveflux.dev/ignore-fields',
    value: 'spec.replicas',
    severity: 'error',
    says: /"spec.replicas", which is no JSON Pointer/,
  },
  { key: 'weaveflux.dev/rollback', value: 'yes', severity: 'error', says: /it takes "true"/ },
  { key: 'weaveflux.dev/prune', value: 'off', severity: 'error', says: /it takes "disabled"/ },
  { key: 'weaveflux.dev/drift', value: 'off', severity: 'error', says: /it takes "report"/ },
];

for (const { key, value, severity, says, blocks = false } of wrong) {
  test(`${key.slice(0, 40)}: ${JSON.stringify(value)} is said to be wrong`, () => {
    const read = readPolicies({ [key]: value }, ['app']);
    assert.equal(read.problems.length, 1, JSON.stringify(read.problems));
    assert.equal(read.problems[0]?.severity, severity);
    assert.match(read.problems[0]?.message ?? '', says);
    assert.equal(read.problems[0]?.annotation, key);
    assert.equal(read.containers.get('app')?.invalid !== undefined, blocks, 'blocks the container');
    assert.equal(read.containers.get('app')?.policy, undefined);
    assert.equal(read.automated, false);
  });
}

test('a rollback is asked for, refused or left to the agent, and one that cannot be understood is none', () => {
  const read = (value?: string) =>
    readPolicies(value === undefined ? {} : { 'weaveflux.dev/rollback': value }, ['app']).rollback;
  assert.deepEqual([read(), read('true'), read('false'), read('perhaps')], [undefined, true, false, false]);
});

test('a container name that leaves no room for its key is said so once it matters', () => {
  assert.deepEqual(readPolicies({}, [LONG]).problems, []);
  const [problem] = readPolicies({ 'weaveflux.dev/automated': 'true' }, [LONG]).problems;
  assert.match(problem?.message ?? '', /too long for weaveflux.dev\/tag.c+/);
  const filtered = readPolicies({ [`filter.fluxcd.io/${LONG}`]: 'semver:*' }, [LONG]);
  assert.equal(filtered.containers.get(LONG)?.policy?.order, 'semver');
});

test('problems get the line of their annotation, else of the object', () => {
  const { problems } = readPolicies({ 'weaveflux.dev/nope': 'x', 'weaveflux.dev/prune': 'no' }, []);
  const located = locatePolicyProblems(problems, { object: '/Pod/n/p', file: 'a.yaml', line: 3 }, (key) =>
    key.endsWith('prune') ? 9 : undefined,
  );
  assert.deepEqual(
    located.map(({ object, file, line }) => [object, file, line]),
    [
      ['/Pod/n/p', 'a.yaml', 3],
      ['/Pod/n/p', 'a.yaml', 9],
    ],
  );
  assert.ok(located.every((problem) => !('annotation' in problem)));
});

test('an edit keeps the spelling that the file uses', () => {
  assert.equal(annotationKeyFor({}, 'tag', 'app'), 'weaveflux.dev/tag.app');
  assert.equal(annotationKeyFor({ 'fluxcd.io/tag.app': 'x' }, 'tag', 'app'), 'fluxcd.io/tag.app');
  assert.equal(annotationKeyFor({ 'filter.fluxcd.io/app': 'x' }, 'tag', 'app'), 'filter.fluxcd.io/app');
  assert.equal(annotationKeyFor({ 'flux.weave.works/automated': 'x' }, 'automated'), 'flux.weave.works/automated');
  assert.equal(annotationKeyFor({ 'flux.weave.works/automated': 'true' }, 'locked'), 'flux.weave.works/locked');
  assert.equal(annotationKeyFor({ 'fluxcd.io/automated': 'true' }, 'locked', 'app'), 'weaveflux.dev/locked.app');
  assert.equal(
    annotationKeyFor({ 'fluxcd.io/automated': 'true', 'weaveflux.dev/prune': 'disabled' }, 'locked'),
    'weaveflux.dev/locked',
  );
  assert.deepEqual(annotationKeysOf({ 'fluxcd.io/tag.app': 'x', 'filter.fluxcd.io/app': 'y' }, 'tag', 'app'), [
    'fluxcd.io/tag.app',
    'filter.fluxcd.io/app',
  ]);
});
