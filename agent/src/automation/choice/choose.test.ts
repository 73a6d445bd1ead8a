import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCreated, createdTime, parseImage, parsePolicy, readPolicies, type Tag } from '@weaveflux/shared';
import * as fc from 'fast-check';
import { choose } from './choose.ts';
import type { Decision } from './decision.ts';
import type { Question } from './question.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-01-31T00:00:00Z');
const DIGEST_A = `sha256:${'a'.repeat(64)}`;
const DIGEST_B = `sha256:${'b'.repeat(64)}`;

/** A tag described `daysAgo`; without days one that is only listed. */
function tag(name: string, daysAgo?: number, digest?: string): Tag {
  const created = daysAgo === undefined ? {} : { created: new Date(NOW - daysAgo * DAY).toISOString() };
  return { tag: name, ...created, ...(digest === undefined ? {} : { digest }) };
}

/** Read, and made for these platforms. */
function built(name: string, ...platforms: string[]): Tag {
  return { tag: name, digest: DIGEST_A, platforms };
}

/** Read, and its image does not tell when it was created. */
function undated(name: string): Tag {
  return { tag: name, digest: DIGEST_A };
}

interface Case {
  name: string;
  image: string;
  annotations?: Record<string, unknown>;
  tags?: Tag[];
  remembered?: Tag[];
  held?: string[];
  unreadable?: string[];
  /** Of nodes. */
  platforms?: string[];
  automated?: boolean;
  ignored?: boolean;
  state: Decision['state'];
  chosen?: string;
  to?: string;
  asks?: string[];
  says?: RegExp;
}

function ask({
  image,
  annotations = {},
  tags,
  remembered,
  held = [],
  unreadable = [],
  platforms,
  automated = true,
  ignored = false,
}: Case): Decision {
  const policy = readPolicies(annotations, ['app']).containers.get('app');
  assert.ok(policy);
  const question: Question = {
    workload: 'shop:deployment/app',
    image: parseImage(image),
    policy,
    platforms,
    automated,
    ignored,
    tags,
    ...(remembered === undefined ? {} : { remembered }),
    held: new Set(held),
    unreadable: new Set(unreadable),
    now: NOW,
  };
  return choose(question);
}

const semver = { 'weaveflux.dev/tag.app': 'semver:^1' };
const versions = ['1.0.0', '1.1.0', '1.2.0', '2.0.0', 'latest'].map((name) => tag(name));
const glob = { 'fluxcd.io/tag.app': 'glob:main-*' };

const cases: Case[] = [
  {
    name: 'a newer version is taken',
    image: 'a:1.0.0',
    annotations: semver,
    tags: versions,
    state: 'update',
    chosen: '1.2.0',
    to: 'a:1.2.0',
  },
  {
    name: 'the newest stays',
    image: 'a:1.2.0',
    annotations: semver,
    tags: versions,
    state: 'current',
    chosen: '1.2.0',
  },
  {
    name: 'a file ahead of the registry is never taken back',
    image: 'a:1.3.0',
    annotations: semver,
    tags: versions,
    state: 'current',
    chosen: '1.2.0',
    says: /1.3.0 in the file is newer/,
  },
  {
    name: 'of equal versions the explicit one is newer',
    image: 'a:1.10',
    annotations: semver,
    tags: [tag('1.10'), tag('1.10.0')],
    state: 'update',
    to: 'a:1.10.0',
  },
  {
    name: 'equal versions do not go back and forth',
    image: 'a:1.10.0',
    annotations: semver,
    tags: [tag('1.10'), tag('1.10.0')],
    state: 'current',
  },
  {
    name: 'pre-releases stay out',
    image: 'a:1.0.0',
    annotations: semver,
    tags: [tag('1.0.0'), tag('1.1.0-rc.1')],
    state: 'current',
  },
  {
    name: 'the name stays as written',
    image: 'docker.io/team/a:1.0.0',
    annotations: semver,
    tags: versions,
    state: 'update',
    to: 'docker.io/team/a:1.2.0',
  },
  {
    name: 'a tag that does not fit is compared by created time once read',
    image: 'a:dev',
    annotations: semver,
    tags: [tag('dev'), tag('1.0.0')],
    state: 'not-scanned',
    asks: ['dev', '1.0.0'],
  },
  {
    name: 'an older tag that does not fit gives way',
    image: 'a:dev',
    annotations: semver,
    tags: [tag('dev', 9), tag('1.0.0', 3)],
    state: 'update',
    to: 'a:1.0.0',
  },
  {
    name: 'a newer tag that does not fit stays',
    image: 'a:dev',
    annotations: semver,
    tags: [tag('dev', 1), tag('1.0.0', 3)],
    state: 'current',
    chosen: '1.0.0',
  },
  {
    name: 'what is remembered of a deleted tag counts',
    image: 'a:dev',
    annotations: semver,
    tags: [tag('1.0.0', 3)],
    remembered: [tag('dev', 9)],
    state: 'update',
    to: 'a:1.0.0',
  },
  {
    name: 'an unknown placeholder needs a release',
    image: 'a:placeholder',
    annotations: semver,
    tags: [tag('1.0.0', 3)],
    state: 'needs-release',
    chosen: '1.0.0',
    says: /weaveflux release shop:deployment\/app --container app --tag 1\.0\.0, or weaveflux automate shop:deployment\/app --from-now/,
  },
  {
    name: 'a deleted tag of the policy needs no registry',
    image: 'a:1.1.5',
    annotations: semver,
    tags: versions,
    state: 'update',
    to: 'a:1.2.0',
  },
  {
    name: 'numbers',
    image: 'a:b-9',
    annotations: { 'weaveflux.dev/tag.app': 'numerical:^b-(\\d+)$' },
    tags: [tag('b-9'), tag('b-10')],
    state: 'update',
    to: 'a:b-10',
  },
  {
    name: 'alphabet',
    image: 'a:rel-a',
    annotations: { 'weaveflux.dev/tag.app': 'alphabetical:^rel-' },
    tags: [tag('rel-a'), tag('rel-b')],
    state: 'update',
    to: 'a:rel-b',
  },
  {
    name: 'created times are asked for',
    image: 'a:main-1',
    annotations: glob,
    tags: [tag('main-1', 3), tag('main-2'), tag('main-10'), tag('dev')],
    state: 'not-scanned',
    asks: ['main-10', 'main-2'],
  },
  {
    name: 'the newest created is taken',
    image: 'a:main-1',
    annotations: glob,
    tags: [tag('main-1', 3), tag('main-9', 2), tag('main-2', 1)],
    state: 'update',
    to: 'a:main-2',
  },
  {
    name: 'without a policy the newest of all',
    image: 'a:x',
    tags: [tag('x', 3), tag('y', 1), tag('latest', 0)],
    state: 'update',
    to: 'a:y',
  },
  {
    name: 'a tag that cannot be read takes no part and stops nothing',
    image: 'a:main-1',
    annotations: glob,
    tags: [tag('main-1', 3), tag('main-2', 1), tag('main-3')],
    unreadable: ['main-3'],
    state: 'update',
    to: 'a:main-2',
  },
  {
    name: 'a file whose tag cannot be read needs a release',
    image: 'a:main-1',
    annotations: glob,
    tags: [tag('main-1'), tag('main-2', 1)],
    unreadable: ['main-1'],
    state: 'needs-release',
    chosen: 'main-2',
  },
  {
    name: 'a tag that cannot be read is never old enough',
    image: 'a:1.0.0',
    annotations: { ...semver, 'weaveflux.dev/min-age.app': '24h' },
    tags: [tag('1.0.0', 9), tag('1.1.0', 2), tag('1.2.0')],
    unreadable: ['1.2.0'],
    state: 'update',
    to: 'a:1.1.0',
  },
  {
    name: 'a tag without a date takes no part',
    image: 'a:main-1',
    annotations: glob,
    tags: [tag('main-1', 3), undated('main-2')],
    state: 'current',
  },
  {
    name: 'a file without a date needs a release',
    image: 'a:main-1',
    annotations: glob,
    tags: [undated('main-1'), tag('main-2', 1)],
    state: 'needs-release',
  },
  {
    name: 'no dates at all',
    image: 'a:main-1',
    annotations: glob,
    tags: [undated('main-1'), undated('main-2')],
    state: 'needs-release',
    says: /tells when it was created/,
  },
  {
    name: 'a deleted tag is not gone back from',
    image: 'a:main-3',
    annotations: glob,
    tags: [tag('main-1', 3)],
    remembered: [tag('main-3', 1)],
    state: 'current',
    chosen: 'main-1',
  },
  {
    name: 'latest by its own policy',
    image: 'a:1.0',
    annotations: { 'weaveflux.dev/tag.app': 'glob:latest' },
    tags: [tag('1.0', 3), tag('latest', 1)],
    state: 'update',
    to: 'a:latest',
  },
  {
    name: 'a bare name stands for latest',
    image: 'a',
    annotations: semver,
    tags: [tag('latest', 3), tag('1.0.0', 1)],
    state: 'update',
    to: 'a:1.0.0',
  },
  {
    name: 'a held tag is not taken',
    image: 'a:1.1.0',
    annotations: semver,
    tags: versions,
    held: ['1.2.0'],
    state: 'held',
    chosen: '1.2.0',
    says: /went back/,
  },
  {
    name: 'what is newer than a held tag is taken',
    image: 'a:1.0.0',
    annotations: semver,
    tags: versions,
    held: ['1.1.0'],
    state: 'update',
    to: 'a:1.2.0',
  },
  {
    name: 'a held tag below the file means nothing',
    image: 'a:1.2.0',
    annotations: semver,
    tags: versions,
    held: ['1.1.0'],
    state: 'current',
  },
  {
    name: 'a pin',
    image: 'a:1.0.0',
    annotations: { ...semver, 'weaveflux.dev/locked': 'true', 'weaveflux.dev/locked_user': 'Ada' },
    tags: versions,
    state: 'pinned',
    chosen: '1.2.0',
    says: /by Ada/,
  },
  {
    name: 'not automated',
    image: 'a:1.0.0',
    annotations: semver,
    automated: false,
    tags: versions,
    state: 'not-automated',
    chosen: '1.2.0',
    says: /^1\.2\.0 is newer\. The workload is not automated/,
  },
  {
    name: 'not automated, with nothing newer',
    image: 'a:1.2.0',
    annotations: semver,
    automated: false,
    tags: versions,
    state: 'not-automated',
    chosen: '1.2.0',
    says: /^The workload is not automated/,
  },
  {
    name: 'not automated, and ahead of its policy',
    image: 'a:1.3.0',
    annotations: semver,
    automated: false,
    tags: versions,
    state: 'not-automated',
    chosen: '1.2.0',
    says: /^The workload is not automated/,
  },
  { name: 'ignored', image: 'a:1.0.0', annotations: semver, ignored: true, tags: versions, state: 'ignored' },
  {
    name: 'invalid',
    image: 'a:1.0.0',
    annotations: { 'weaveflux.dev/tag.app': 'semver:?' },
    tags: versions,
    state: 'invalid-policy',
    says: /no version range/,
  },
  { name: 'not scanned', image: 'a:1.0.0', annotations: semver, state: 'not-scanned' },
  {
    name: 'nothing fits',
    image: 'a:1.0.0',
    annotations: { 'weaveflux.dev/tag.app': 'semver:^9' },
    tags: versions,
    state: 'no-match',
  },
  { name: 'signatures only', image: 'a:x', tags: [tag(`sha256-${'a'.repeat(64)}.sig`, 1)], state: 'no-match' },
  {
    name: 'the age is asked for',
    image: 'a:1.0.0',
    annotations: { ...semver, 'weaveflux.dev/min-age.app': '24h' },
    tags: versions,
    state: 'not-scanned',
    asks: ['1.2.0', '1.1.0', '1.0.0'],
  },
  {
    name: 'the newest that is old enough is taken',
    image: 'a:1.0.0',
    annotations: { ...semver, 'weaveflux.dev/min-age.app': '24h' },
    tags: [tag('1.0.0', 9), tag('1.1.0', 2), tag('1.2.0', 0.5)],
    state: 'update',
    to: 'a:1.1.0',
  },
  {
    name: 'what is too young and in the file already does not wait',
    image: 'a:1.1.0',
    annotations: { ...semver, 'weaveflux.dev/min-age.app': '24h' },
    tags: [tag('1.1.0', 0.5), tag('1.0.0', 0.7)],
    state: 'current',
    chosen: '1.1.0',
  },
  {
    name: 'what is too young waits',
    image: 'a:1.1.0',
    annotations: { ...semver, 'weaveflux.dev/min-age.app': '24h' },
    tags: [tag('1.0.0', 9), tag('1.1.0', 2), tag('1.2.0', 0.5)],
    state: 'held',
    chosen: '1.2.0',
    says: /waits until it is 24h old/,
  },
  {
    name: 'what does not tell its age is not said to become old enough',
    image: 'a:1.1.0',
    annotations: { ...semver, 'weaveflux.dev/min-age.app': '24h' },
    tags: [tag('1.1.0', 2), undated('1.2.0')],
    state: 'held',
    chosen: '1.2.0',
    says: /does not tell whether it is 24h old; weaveflux release .+ --tag 1\.2\.0 takes it\.$/,
  },
  {
    name: 'what has no image for the platform is passed over',
    image: 'a:1.0.0',
    annotations: { ...semver, 'weaveflux.dev/platform.app': 'linux/arm64' },
    tags: [tag('1.0.0', 3), built('1.1.0', 'linux/amd64', 'linux/arm64'), built('1.2.0', 'linux/amd64')],
    state: 'update',
    to: 'a:1.1.0',
  },
  {
    name: 'platforms are asked for, of the newest first',
    image: 'a:1.0.0',
    annotations: { ...semver, 'weaveflux.dev/platform.app': 'linux/arm64' },
    tags: [tag('1.0.0'), tag('1.1.0', 2, DIGEST_A), built('1.2.0', 'linux/amd64'), tag('1.3.0')],
    state: 'not-scanned',
    asks: ['1.3.0', '1.1.0', '1.0.0'],
    says: /^For which platforms index\.docker\.io\/library\/a has images is being read\.$/,
  },
  {
    name: 'nothing is released where no tag has the platform, or cannot be read',
    image: 'a:0.9.0',
    annotations: { ...semver, 'weaveflux.dev/platform.app': 'linux/arm64' },
    tags: [built('1.1.0', 'linux/amd64'), tag('1.2.0')],
    unreadable: ['1.2.0'],
    state: 'no-match',
    says: /that fits semver:\^1 is known to have an image for linux\/arm64\.$/,
  },
  {
    name: 'an image that tells no platform is for all',
    image: 'a:1.0.0',
    annotations: { ...semver, 'weaveflux.dev/platform.app': 'linux/arm64' },
    tags: [tag('1.0.0'), built('1.1.0')],
    state: 'update',
    to: 'a:1.1.0',
  },
  {
    name: 'what lacks an image for one of the platforms that nodes have is passed over',
    image: 'a:1.0.0',
    annotations: semver,
    platforms: ['linux/amd64', 'linux/arm64'],
    tags: [tag('1.0.0', 3), built('1.1.0', 'linux/amd64', 'linux/arm64/v8'), built('1.2.0', 'linux/amd64')],
    state: 'update',
    to: 'a:1.1.0',
  },
  {
    name: 'platforms that nodes have are asked for',
    image: 'a:1.0.0',
    annotations: semver,
    platforms: ['linux/arm64'],
    tags: [tag('1.0.0'), built('1.1.0', 'linux/amd64'), tag('1.2.0')],
    state: 'not-scanned',
    asks: ['1.2.0', '1.0.0'],
  },
  {
    name: 'nothing is released where no tag has all that nodes have',
    image: 'a:0.9.0',
    annotations: semver,
    platforms: ['linux/amd64', 'linux/arm64'],
    tags: [built('1.1.0', 'linux/amd64'), built('1.2.0', 'linux/arm64')],
    state: 'no-match',
    says: /is known to have an image for linux\/amd64 and linux\/arm64, which nodes have\.$/,
  },
  {
    name: 'where the nodes are not known, no platform is asked for',
    image: 'a:1.0.0',
    annotations: { ...semver, 'weaveflux.dev/platform.app': 'nodes' },
    tags: [tag('1.0.0'), tag('1.1.0')],
    state: 'update',
    to: 'a:1.1.0',
  },
  {
    name: 'a young tag that a person released is not gone back from',
    image: 'a:1.2.0',
    annotations: { ...semver, 'weaveflux.dev/min-age.app': '24h' },
    tags: [tag('1.1.0', 2), tag('1.2.0', 0.5)],
    state: 'current',
  },
  {
    name: 'a digest beside the tag is changed with it',
    image: `a:1.0.0@${DIGEST_A}`,
    annotations: semver,
    tags: [tag('1.0.0'), tag('1.1.0', 1, DIGEST_B)],
    state: 'update',
    to: `a:1.1.0@${DIGEST_B}`,
  },
  {
    name: 'a digest is asked for',
    image: `a:1.0.0@${DIGEST_A}`,
    annotations: semver,
    tags: [tag('1.0.0'), tag('1.1.0')],
    state: 'not-scanned',
    asks: ['1.1.0'],
    says: /^Which digest 1\.1\.0 has is being read\.$/,
  },
  {
    name: 'a digest alone that a tag has',
    image: `a@${DIGEST_A}`,
    annotations: semver,
    tags: [tag('1.0.0', 2, DIGEST_A), tag('1.1.0', 1, DIGEST_B)],
    state: 'update',
    to: `a:1.1.0@${DIGEST_B}`,
  },
  {
    name: 'a digest alone that nothing has',
    image: `a@${DIGEST_A}`,
    annotations: semver,
    tags: [tag('1.1.0', 1, DIGEST_B)],
    state: 'needs-release',
    says: /by digest only/,
  },
  {
    name: 'a followed tag that was pushed again',
    image: `a:1.1.0@${DIGEST_A}`,
    annotations: { ...semver, 'weaveflux.dev/digest.app': 'follow' },
    tags: [tag('1.1.0', 1, DIGEST_B)],
    state: 'update',
    to: `a:1.1.0@${DIGEST_B}`,
    says: /pushed again/,
  },
  {
    name: 'a followed tag that was not',
    image: `a:1.1.0@${DIGEST_B}`,
    annotations: { ...semver, 'weaveflux.dev/digest.app': 'follow' },
    tags: [tag('1.1.0', 1, DIGEST_B)],
    state: 'current',
  },
];

for (const it of cases) {
  test(it.name, () => {
    const decision = ask(it);
    assert.deepEqual(
      { state: decision.state, to: decision.to, asks: decision.needsMetadata },
      { state: it.state, to: it.to, asks: it.asks ?? [] },
      decision.reason,
    );
    if (it.chosen !== undefined) assert.equal(decision.chosen?.tag, it.chosen);
    assert.match(decision.reason, it.says ?? /.\.$/);
  });
}

test('a repository of many unread tags is asked about in batches, likely newest first', () => {
  const tags = Array.from({ length: 500 }, (_, n) => tag(`main-${n}`));
  const decision = ask({ name: '', image: 'a:main-1', annotations: glob, tags, state: 'not-scanned' });
  assert.equal(decision.needsMetadata.length, 100);
  assert.deepEqual(decision.needsMetadata.slice(0, 2), ['main-499', 'main-498']);
});

test('a decision over ten thousand tags is made like any other', () => {
  const tags = Array.from({ length: 10_000 }, (_, n) => tag(`1.${n % 100}.${n}`));
  assert.equal(ask({ name: '', image: 'a:1.0.0', annotations: semver, tags, state: 'update' }).to, 'a:1.99.9999');
});

const KINDS = ['semver:*', 'numerical:^(\\d+)', 'alphabetical:', 'glob:*', 'regexp:[02468]'];

test('whatever is known: an update is newer, admitted, not held and old enough', () => {
  const name = fc.oneof(
    fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.')),
    fc.constantFrom('dev', 'latest', '1', '1.0', 'v1.0.0', '2.0.0-rc.1'),
  );
  const known = fc.record({ tag: name, days: fc.option(fc.nat(5), { nil: undefined }), digest: fc.boolean() });
  const tags = fc
    .uniqueArray(known, { selector: (it) => it.tag, maxLength: 12 })
    .map((list) => list.map((it) => tag(it.tag, it.days, it.digest ? DIGEST_A : undefined)));
  const situation = fc.record({
    current: name,
    tags,
    held: fc.array(name, { maxLength: 3 }),
    text: fc.constantFrom(...KINDS),
    minAge: fc.constantFrom('0s', '48h'),
  });
  fc.assert(
    fc.property(situation, ({ current, tags: listed, held, text, minAge }) => {
      const annotations = { 'weaveflux.dev/tag.app': text, 'weaveflux.dev/min-age.app': minAge };
      const decision = ask({ name: '', image: `a:${current}`, annotations, tags: listed, held, state: 'current' });
      if (decision.state !== 'update') return;
      const { policy } = parsePolicy(text);
      const from = listed.find((it) => it.tag === current) ?? { tag: current };
      const to = listed.find((it) => it.tag === decision.chosen?.tag);
      assert.ok(policy && to, 'an update takes a tag that is listed');
      assert.ok(policy.admits(to.tag) && !held.includes(to.tag));
      assert.ok(
        (policy.compare(to, from) ?? compareCreated(to, from) ?? 0) > 0,
        `${to.tag} is not newer than ${current}`,
      );
      assert.ok(minAge === '0s' || (createdTime(to) ?? NOW) <= NOW - 2 * DAY, `${to.tag} is too young`);
      assert.equal(decision.to, `a:${to.tag}`);
    }),
    { numRuns: 2000 },
  );
});
