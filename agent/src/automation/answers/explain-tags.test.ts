import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImage, readPolicies, type Tag, type TagExplanation, versionsLike } from '@weaveflux/shared';
import * as fc from 'fast-check';
import { choose } from '../choice/choose.ts';
import type { PastChange } from '../past/holds.ts';
import { explainTags, type TagQuestion, tagNamed, tagsOf } from './explain-tags.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-01-31T00:00:00Z');
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** A tag created so many hours ago; without hours one that is only listed. */
function tag(name: string, hours?: number, digest: string | undefined = hours === undefined ? undefined : DIGEST): Tag {
  const created = hours === undefined ? {} : { created: new Date(NOW - hours * HOUR).toISOString() };
  return { tag: name, ...created, ...(digest === undefined ? {} : { digest }) };
}

const left: PastChange = {
  revision: '4f0c2d1e9b8a7c6d5e4f3a2b1c0d9e8f7a6b5c4d',
  from: '1.4.3',
  to: '1.4.1',
  byAgent: false,
  by: 'Ann',
  time: '2026-01-30T09:00:00Z',
};

interface Given {
  readonly image?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly tags?: readonly Tag[];
  readonly gone?: readonly Tag[];
  readonly held?: readonly string[];
  readonly unreadable?: readonly string[];
  /** Of nodes. */
  readonly platforms?: readonly string[];
  readonly automated?: boolean;
}

function questionOf(given: Given): TagQuestion {
  const { image = 'a:1.4.1', annotations = {}, tags, gone = [], held = [], unreadable = [], automated = true } = given;
  const written = Object.fromEntries(Object.entries(annotations).filter(([, value]) => value !== ''));
  const policy = readPolicies(written, ['app']).containers.get('app');
  assert.ok(policy);
  return {
    workload: 'shop:deployment/web',
    image: parseImage(image),
    policy,
    platforms: given.platforms,
    versions: versionsLike(parseImage(image).tag ?? ''),
    automated,
    ignored: false,
    tags,
    remembered: [...(tags ?? []), ...gone],
    deleted: new Map(gone.map((it) => [it.tag, '2026-01-29T00:00:00Z'])),
    unreadable: new Set(unreadable),
    held: new Map(held.map((it) => [it, left])),
    heldDigests: new Map(),
    now: NOW,
  };
}

const semver = { 'weaveflux.dev/tag.app': 'semver:~1.4' };
const aged = { ...semver, 'weaveflux.dev/min-age.app': '24h' };
const glob = { 'weaveflux.dev/tag.app': 'glob:main-*' };
const numbered = (...names: string[]): Tag[] => names.map((name) => tag(name));

const CASES: readonly (readonly [what: string, given: Given, standing: Readonly<Record<string, RegExp>>])[] = [
  [
    'an update by version',
    {
      annotations: semver,
      tags: numbered('1.4.0', '1.4.1', '1.4.2', '1.4.3', '1.5.0', '1.4.4-rc.1', 'main', 'latest'),
    },
    {
      '1.5.0': /^not-admitted It is outside of semver:~1\.4\.$/,
      '1.4.4-rc.1': /^not-admitted It is a pre-release, which semver:~1\.4 does not let in\.$/,
      '1.4.3': /^chosen 1\.4\.3 is the newest that semver:~1\.4 admits\.$/,
      '1.4.2': /^superseded It is older than 1\.4\.3, which is chosen\.$/,
      '1.4.1': /^current It is in the file\.$/,
      '1.4.0': /^older It is older than 1\.4\.1 in the file\.$/,
      main: /^not-admitted It is no version\.$/,
      latest: /^not-admitted It takes part only with exactly glob:latest\.$/,
    },
  ],
  [
    'a hold',
    { annotations: semver, tags: numbered('1.4.1', '1.4.3'), held: ['1.4.3'] },
    {
      '1.4.3':
        /^held It is held because Ann went back from 1\.4\.3 to 1\.4\.1 at 2026-01-30T09:00:00Z \(commit 4f0c2d1\); `weaveflux release shop:deployment\/web --container app --tag 1\.4\.3` takes it\.$/,
      '1.4.1': /^current /,
    },
  ],
  [
    'ages',
    {
      annotations: aged,
      tags: [
        tag('1.4.0'),
        tag('1.4.1', 90),
        tag('1.4.2', 30),
        tag('1.4.3', 6),
        tag('1.4.4'),
        { tag: '1.4.5', digest: DIGEST },
      ],
      unreadable: ['1.4.4'],
    },
    {
      '1.4.5': /^undated Its image does not tell when it was created; it takes part only by `weaveflux release /,
      '1.4.4': /^undated It could not be read; /,
      '1.4.3': /^too-young It is not 24h old until 2026-01-31T18:00:00Z\.$/,
      '1.4.2': /^chosen /,
      '1.4.1': /^current /,
      '1.4.0': /^older /,
    },
  ],
  [
    'what waits while created times are read',
    {
      image: 'a:main-2',
      annotations: glob,
      tags: [tag('main-1', 9), tag('main-2', 8), tag('main-3', 7), tag('main-4'), tag('dev-1')],
    },
    {
      'main-4': /^unread When it was created is not read yet\.$/,
      'main-3': /^undecided Nothing is chosen: When one tag was created is being read\.$/,
      'main-1': /^older /,
      'dev-1': /^not-admitted It does not fit glob:main-\*\.$/,
    },
  ],
  [
    'platforms',
    {
      annotations: { ...semver, 'weaveflux.dev/platform.app': 'linux/arm64' },
      tags: [
        { ...tag('1.4.1', 9), platforms: ['linux/arm64'] },
        { ...tag('1.4.2', 8), platforms: ['linux/amd64', 'linux/arm64/v8'] },
        { ...tag('1.4.3', 7), platforms: ['linux/amd64', 'windows/amd64'] },
        tag('1.4.4'),
      ],
      unreadable: ['1.4.4'],
    },
    {
      '1.4.4': /^wrong-platform Whether it has an image for linux\/arm64 could not be read\.$/,
      '1.4.3': /^wrong-platform It has no image for linux\/arm64; it has for linux\/amd64, windows\/amd64\.$/,
      '1.4.2': /^chosen /,
    },
  ],
  [
    'platforms of nodes',
    {
      annotations: semver,
      platforms: ['linux/amd64', 'linux/arm64'],
      tags: [
        { ...tag('1.4.1', 9), platforms: ['linux/arm64'] },
        { ...tag('1.4.2', 8), platforms: ['linux/amd64', 'linux/arm64/v8'] },
        { ...tag('1.4.3', 7), platforms: ['linux/amd64', 'windows/amd64'] },
        tag('1.4.4'),
      ],
      unreadable: ['1.4.4'],
    },
    {
      '1.4.4': /^wrong-platform Whether it has an image for linux\/amd64 and linux\/arm64 could not be read\.$/,
      '1.4.3':
        /^wrong-platform It has no image for linux\/arm64, which nodes have; it has for linux\/amd64, windows\/amd64\.$/,
      '1.4.2': /^chosen /,
    },
  ],
  [
    'platforms that are not read yet',
    {
      annotations: { ...semver, 'weaveflux.dev/platform.app': 'linux/arm64' },
      tags: [tag('1.4.1', 9), tag('1.4.2', 3)],
    },
    { '1.4.2': /^unread For which platforms it is made is not read yet\.$/ },
  ],
  [
    'what was deleted',
    { annotations: semver, tags: numbered('1.4.1'), gone: [tag('1.4.2', 3)] },
    {
      '1.4.2': /^deleted The registry no longer lists it since 2026-01-29T00:00:00Z\.$/,
      '1.4.1': /newest that is admitted/,
    },
  ],
  [
    'a tag of the file that is gone, outside of its policy, or never was there',
    { image: 'a:1.4.9', annotations: semver, tags: numbered('1.4.1'), gone: [tag('1.4.9', 3)] },
    { '1.4.9': /^current It is in the file, and the registry no longer lists it since 2026-/, '1.4.1': /^older / },
  ],
  [
    'a file outside of its policy',
    { image: 'a:1.5.0', annotations: semver, tags: [tag('1.4.1', 3), { tag: '1.5.0', digest: DIGEST }] },
    {
      '1.5.0': /^current It is in the file, though it is outside of semver:~1\.4\.$/,
      '1.4.1': /^chosen Nothing is written because /,
    },
  ],
  [
    'a pin',
    {
      annotations: {
        ...aged,
        'weaveflux.dev/locked': 'true',
        'weaveflux.dev/locked_user': 'Ann',
        'weaveflux.dev/locked_msg': 'audit',
      },
      tags: numbered('1.4.1', '1.4.2', '1.4.3'),
    },
    { '1.4.3': /^chosen 1\.4\.3 is newer\. It is pinned by Ann: audit; /, '1.4.2': /^superseded / },
  ],
  [
    'versions like the one in the file where nothing is automated',
    { automated: false, tags: numbered('1.4.1', '1.4.2-alpine', '1.6.0') },
    { '1.6.0': /^chosen 1\.6\.0 is newer\. /, '1.4.2-alpine': /^not-admitted It is no version like 1\.4\.1\.$/ },
  ],
  [
    'created times that nobody reads',
    { automated: false, image: 'a:main-1', annotations: glob, tags: numbered('main-1', 'main-2') },
    { 'main-2': /^unread When it was created is not read, because nothing is released here without being asked\.$/ },
  ],
  [
    'a policy that cannot be understood',
    { annotations: { 'weaveflux.dev/tag.app': 'semver:?' }, tags: numbered('1.4.1', '1.4.2') },
    { '1.4.2': /^undecided Nothing is chosen: The policy "semver:\?" /, '1.4.1': /^current / },
  ],
  [
    'a signature',
    { annotations: semver, tags: numbered('1.4.1', `sha256-${'a'.repeat(64)}.sig`) },
    { [`sha256-${'a'.repeat(64)}.sig`]: /^artifact It is a signature, an attestation or the like/ },
  ],
];

for (const [what, given, expected] of CASES) {
  test(`each tag has its sentence: ${what}`, () => {
    const told = new Map(explainTags(questionOf(given)).map((it) => [it.tag, `${it.standing} ${it.reason}`]));
    for (const [name, sentence] of Object.entries(expected)) assert.match(told.get(name) ?? 'nothing', sentence, name);
  });
}

test('a tag that is asked for by name and not there is said not to be there', () => {
  const question = questionOf({ annotations: semver, tags: numbered('1.4.1') });
  const [told] = explainTags(question, [tagNamed(question, '1.4.7')]);
  assert.deepEqual(told, { tag: '1.4.7', standing: 'not-listed', reason: 'The registry does not list it.' });
});

test('a hold and an age that is waited for are told as data, too', () => {
  const question = questionOf({
    annotations: aged,
    tags: [tag('1.4.1', 90), tag('1.4.2', 6), tag('1.4.3', 5)],
    held: ['1.4.3'],
  });
  const told = new Map(explainTags(question).map((it) => [it.tag, it]));
  assert.equal(told.get('1.4.2')?.until, '2026-01-31T18:00:00Z');
  const { revision: commit, byAgent: _, ...rest } = left;
  assert.deepEqual(told.get('1.4.3')?.hold, { tag: '1.4.3', commit, ...rest });
});

test('versions that the policy does not admit stand at their places among those that it does', () => {
  const tags = numbered('latest', '1.4.2', '2.0.0', '1.4.10', '1.4.9', '1.5.0-rc.1', 'main', '1.3.0');
  const names = tagsOf(questionOf({ annotations: semver, tags })).map((it) => it.tag);
  assert.deepEqual(names, ['2.0.0', '1.5.0-rc.1', '1.4.10', '1.4.9', '1.4.2', '1.4.1', '1.3.0', 'main', 'latest']);
});

test('of created times the newest comes first, whatever is admitted, before it what was not read yet', () => {
  const tags = [tag('main-1', 9), tag('dev-2', 1), tag('main-3', 4), tag('main-4'), tag('dev-5')];
  const question = questionOf({ image: 'a:main-1', annotations: glob, tags });
  assert.deepEqual(
    tagsOf(question).map((it) => it.tag),
    ['main-4', 'dev-2', 'main-3', 'main-1', 'dev-5'],
  );
});

const KINDS = [
  'semver:*',
  'semver:>=1 <2',
  'numerical:^(\\d+)',
  'alphabetical:',
  'glob:*',
  'regexp:[02468]',
  'semver:?',
];

const anyName = fc.oneof(
  fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.')),
  fc.constantFrom('dev', 'latest', '1', '1.0', 'v1.0.0', '2.0.0-rc.1'),
);

const anyPlatforms = fc.option(fc.subarray(['linux/amd64', 'linux/arm64']), { nil: undefined });

const anything = fc.record({
  image: fc.oneof(
    anyName.map((it) => `a:${it}`),
    fc.constant(`a@${DIGEST}`),
  ),
  annotations: fc.record({
    'weaveflux.dev/tag.app': fc.constantFrom(...KINDS),
    'weaveflux.dev/min-age.app': fc.constantFrom('0s', '48h'),
    'weaveflux.dev/platform.app': fc.constantFrom('', 'linux/arm64'),
    'weaveflux.dev/locked': fc.constantFrom('true', 'false', 'false'),
    'weaveflux.dev/digest.app': fc.constantFrom('follow', 'other'),
  }),
  tags: fc
    .uniqueArray(
      fc.record({
        name: anyName,
        hours: fc.option(fc.nat(99), { nil: undefined }),
        isRead: fc.boolean(),
        platforms: anyPlatforms,
      }),
      {
        selector: (it) => it.name,
        maxLength: 12,
      },
    )
    .map((list) =>
      list.map((it) => ({
        ...tag(it.name, it.hours, it.isRead ? DIGEST : undefined),
        ...(it.platforms === undefined ? {} : { platforms: it.platforms }),
      })),
    ),
  held: fc.array(anyName, { maxLength: 3 }),
  unreadable: fc.array(anyName, { maxLength: 3 }),
  automated: fc.oneof(fc.constant(true), fc.constant(true), fc.boolean()),
});

function among(told: readonly TagExplanation[], ...standings: readonly TagExplanation['standing'][]): string[] {
  return told.filter(({ standing }) => standings.includes(standing)).map((it) => it.tag);
}

test('whatever is known: exactly the tag that would be chosen is explained as chosen, and nothing else decides', () => {
  fc.assert(
    fc.property(anything, (given) => {
      const question = questionOf(given);
      const decision = choose(question);
      const told = explainTags(question);
      const isTaken = decision.state === 'update' || decision.state === 'needs-release' || decision.isNewer === true;
      assert.deepEqual(among(told, 'chosen'), isTaken && decision.chosen !== undefined ? [decision.chosen.tag] : []);
      assert.equal(told.length, new Set(told.map((it) => it.tag)).size, 'each tag is told once');
      if (decision.state !== 'update') return;
      // A tag is either chosen, or the decision is the same without it.
      const rest = new Set(among(told, 'chosen', 'current'));
      const alone = choose({ ...question, tags: question.tags?.filter((it) => rest.has(it.tag)) });
      assert.equal(alone.to, decision.to);
    }),
    { numRuns: 3000 },
  );
});

test('where something is chosen, what is said to be unread, undecided or deleted would not be chosen alone either', () => {
  fc.assert(
    fc.property(anything, (given) => {
      const question = questionOf({ ...given, automated: true });
      if (choose(question).state !== 'update') return;
      for (const name of among(explainTags(question), 'unread', 'undecided', 'deleted')) {
        const alone = choose({ ...question, tags: question.tags?.filter((it) => it.tag === name) });
        assert.notEqual(alone.state, 'update', name);
      }
    }),
    { numRuns: 2000 },
  );
});
