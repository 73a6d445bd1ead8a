import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tag } from '../api/images.ts';
import { defaultPolicy, isArtifactTag, parsePolicy } from './parse.ts';
import type { Policy } from './types.ts';

function understood(text: string, filter?: string): Policy {
  const { policy, invalid } = parsePolicy(text, filter === undefined ? {} : { filter });
  assert.ok(policy, invalid?.message);
  return policy;
}

const admission: { policy: string; filter?: string; admits: string[]; refuses: string[] }[] = [
  { policy: 'semver:~1.4', admits: ['1.4.0', 'v1.4.2', '1.4'], refuses: ['1.5.0', '1.4.0-rc.1', 'latest', ''] },
  { policy: 'semver: ~1.4', admits: ['1.4.0'], refuses: ['1.5.0'] },
  { policy: 'glob:main-*', admits: ['main-', 'main-abc'], refuses: ['xmain-1', 'main', 'Main-1'] },
  { policy: 'main-*', admits: ['main-abc'], refuses: ['x-main-abc'] },
  { policy: 'glob:*', admits: ['1', 'abc'], refuses: ['latest', 'Latest', 'LATEST'] },
  { policy: 'glob:*-linux-*', admits: ['1-linux-amd64', '-linux-'], refuses: ['1-linux', 'linux-1'] },
  { policy: 'glob:a*a', admits: ['aa', 'aba'], refuses: ['a'] },
  { policy: 'glob:1.2.3', admits: ['1.2.3'], refuses: ['1x2.3', '1.2.3.4'] },
  { policy: 'glob:1.?', admits: [], refuses: ['1.2'] },
  { policy: 'glob:latest', admits: ['latest'], refuses: ['Latest', '1'] },
  { policy: 'latest', admits: ['latest'], refuses: ['1'] },
  { policy: 'glob:late*', admits: ['later'], refuses: ['latest'] },
  { policy: 'regexp:latest', admits: ['not-latest'], refuses: ['latest'] },
  { policy: 'newest:', admits: ['1', 'abc'], refuses: ['latest'] },
  { policy: 'regexp:^v\\d+$', admits: ['v1'], refuses: ['v1a', 'xv1'] },
  { policy: 'regex:[ab]', admits: ['xax', 'b'], refuses: ['c'] },
  { policy: 'regexp:^main-([0-9a-f]{7})$', admits: ['main-0123abc'], refuses: ['main-xyz'] },
  { policy: 'numerical:^build-(\\d+)$', admits: ['build-7'], refuses: ['build-x', 'build-', '7'] },
  { policy: 'numerical:', admits: ['7', '1.5'], refuses: ['v7', '1.2.3', '-1'] },
  { policy: 'alphabetical:^rel-(.+)$', admits: ['rel-a'], refuses: ['rel-', 'x'] },
  { policy: 'alphabetical:', admits: ['anything'], refuses: ['latest'] },
  { policy: 'semver:>=1', filter: '^app-(.+)$', admits: ['app-1.2.3'], refuses: ['1.2.3', 'app-x', 'app-latest'] },
  { policy: 'semver:>=1', filter: '^\\d', admits: ['1.2.3'], refuses: ['v1.2.3'] },
  { policy: 'glob:main-*', filter: '^(.+)-arm64$', admits: ['main-1-arm64'], refuses: ['main-1', 'x-1-arm64'] },
  { policy: 'numerical:\\d+', filter: '^main-[0-9a-f]+-(\\d+)$', admits: ['main-ab-12'], refuses: ['12', 'dev-ab-12'] },
];

for (const { policy, filter, admits, refuses } of admission) {
  test(`${policy}${filter === undefined ? '' : ` of ${filter}`} admits the tags it names`, () => {
    const it = understood(policy, filter);
    assert.equal(it.text, policy);
    assert.deepEqual(
      admits.filter((tag) => !it.admits(tag)),
      [],
      'refused though they belong to it',
    );
    assert.deepEqual(
      refuses.filter((tag) => it.admits(tag)),
      [],
      'admitted though they do not belong to it',
    );
    assert.deepEqual(
      [...admits, ...refuses].filter((tag) => (it.refusal(tag) === undefined) !== it.admits(tag)),
      [],
      'refused without a reason, or admitted with one',
    );
  });
}

const refusals: [policy: string, tag: string, why: string, filter?: string][] = [
  ['semver:~1.4', '1.5.0', 'is outside of semver:~1.4'],
  ['semver:~1.4', '1.4.3-rc.1', 'is a pre-release, which semver:~1.4 does not let in'],
  ['semver:~1.4', '1.5.0-rc.1', 'is outside of semver:~1.4'],
  ['semver:~1.4', 'main', 'is no version'],
  ['semver:~1.4', 'latest', 'takes part only with exactly glob:latest'],
  ['semver:~1.4', 'main', 'does not match the tag filter ^v(.+)$', '^v(.+)$'],
  ['semver:~1.4', 'v1.5.0', 'is seen through the tag filter as "1.5.0", which is outside of semver:~1.4', '^v(.+)$'],
  ['glob:main-*', 'dev-1', 'does not fit glob:main-*'],
  ['regexp:^main-', 'dev-1', 'does not fit regexp:^main-'],
  ['numerical:^b-(.+)$', 'c-1', 'does not fit numerical:^b-(.+)$'],
  ['numerical:^b-(.+)$', 'b-x', 'has no number where numerical:^b-(.+)$ looks for one'],
  [
    'newest:',
    `sha256-${'a'.repeat(64)}.sig`,
    'is a signature, an attestation or the like, and no version of the image',
  ],
];

for (const [policy, tag, why, filter] of refusals) {
  test(`${policy} refuses ${tag} because it ${why}`, () => {
    assert.equal(understood(policy, filter).refusal(tag), why);
  });
}

const invalid: [text: string, says: RegExp, filter?: string][] = [
  ['semver:', /no version range/],
  ['semver:banana', /no version range/],
  ['semver:>=1.0 <', /no version range/],
  ['regexp:(', /no RE2 expression/],
  ['regexp:a(?=b)', /no RE2 expression/],
  ['regexp:(a)\\1', /no RE2 expression/],
  ['numerical:[', /no RE2 expression/],
  ['alphabetical:*', /no RE2 expression/],
  ['newest:main-*', /takes nothing after/],
  ['glob:', /is empty/],
  ['', /is empty/],
  ['semvar:~1', /none of semver:, glob:/],
  ['constructor:1', /none of semver:/],
  ['semver:~1', /tag filter "\("/, '('],
];

for (const [text, says, filter] of invalid) {
  test(`"${text}" is a problem and never a policy that matches everything`, () => {
    const result = parsePolicy(text, filter === undefined ? {} : { filter });
    assert.equal(result.policy, undefined);
    assert.equal(result.invalid?.code, 'INVALID_POLICY');
    assert.match(result.invalid?.message ?? '', says);
  });
}

const orders: { policy: string; filter?: string; ascending: string[] }[] = [
  { policy: 'semver:*', ascending: ['0.9', '1.2.0', '1.10', '1.10.0', '1.11', 'v2'] },
  { policy: 'numerical:\\d+$', ascending: ['2', '10', '20240101123456789012', '20240101123456789013'] },
  { policy: 'numerical:(\\d+)$', ascending: ['z-2', 'b-10', 'a-11'] },
  {
    policy: 'numerical:',
    ascending: ['1.49999999999999999998', '1.49999999999999999999', '1.5', '1.51', '2'],
  },
  { policy: 'alphabetical:', ascending: ['10', '9', 'B', 'a', 'b'] },
  { policy: 'alphabetical:^.-(.*)$', ascending: ['z-a', 'a-b', 'b-b', 'a-c'] },
  { policy: 'numerical:\\d+', filter: '^main-[a-f0-9]+-(\\d+)$', ascending: ['main-ff-9', 'main-aa-10'] },
];

for (const { policy, filter, ascending } of orders) {
  test(`${policy} orders ${ascending.join(' < ')}`, () => {
    const it = understood(policy, filter);
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        assert.equal(Math.sign(it.compare({ tag: a }, { tag: b }) ?? Number.NaN), Math.sign(i - j), `${a} with ${b}`);
      }
    }
  });
}

test('glob, regexp and newest order by created time, of equal times the smaller tag first', () => {
  const old: Tag = { tag: 'z', created: '2024-01-01T00:00:00Z' };
  const newer: Tag = { tag: 'a', created: '2024-06-01T02:00:00+02:00' };
  const same: Tag = { tag: 'b', created: '2024-06-01T00:00:00Z' };
  for (const text of ['glob:*', 'regexp:(.)', 'newest:']) {
    const policy = understood(text);
    assert.equal(policy.order, 'created');
    assert.ok((policy.compare(newer, old) ?? 0) > 0);
    assert.ok((policy.compare(newer, same) ?? 0) > 0);
    assert.equal(policy.compare(newer, { tag: 'x' }), undefined);
    assert.equal(policy.compare({ tag: 'x', created: '0001-01-01T00:00:00Z' }, old), undefined);
    assert.equal(policy.compare({ tag: 'x', created: '1970-01-01T00:00:00Z' }, old), undefined);
  }
});

test('a tag that does not fit is not comparable', () => {
  assert.equal(understood('semver:~1.4').compare({ tag: '1.3.0' }, { tag: '1.4.0' }), undefined);
  assert.equal(understood('numerical:(\\d+)$').compare({ tag: 'x' }, { tag: '1' }), undefined);
});

test('without a policy the newest of all but latest is meant', () => {
  assert.equal(defaultPolicy().policy?.order, 'created');
  assert.equal(defaultPolicy().policy?.admits('latest'), false);
  assert.equal(defaultPolicy('^v').policy?.admits('x'), false);
});

test('signatures, attestations, SBOMs and referrers are never candidates', () => {
  const hex = 'ab'.repeat(32);
  for (const tag of [`sha256-${hex}.sig`, `sha256-${hex}.att`, `sha256-${hex}.sbom`, `sha256-${hex}`]) {
    assert.ok(isArtifactTag(tag));
    for (const text of ['glob:*', 'newest:', 'regexp:.*', 'alphabetical:'])
      assert.equal(understood(text).admits(tag), false);
  }
  assert.equal(isArtifactTag('sha256-abc'), false);
});

test('an expression that would backtrack for ever elsewhere is answered', () => {
  const policy = understood('regexp:^(a+)+$');
  assert.equal(policy.admits(`${'a'.repeat(100)}!`), false);
});

for (const text of ['semver:>=1.0.0-0', 'numerical:(\\d+)', 'alphabetical:']) {
  test(`${text} puts what it admits in the order by which it compares`, () => {
    const { policy } = parsePolicy(text);
    assert.ok(policy);
    const names = [
      '1.10',
      '1.9.0',
      '1.10.0',
      'v2',
      '1.9.0-rc.1',
      '0.9',
      'main',
      'build-7',
      'latest',
      '20000000000000000000.1',
    ];
    const tags = names.map((tag) => ({ tag }));
    const expected = tags.filter(({ tag }) => policy.admits(tag)).sort((a, b) => policy.compare(b, a) ?? 0);
    assert.deepEqual(policy.newestFirst?.(tags), expected);
    assert.ok(expected.length > 1);
  });
}
