import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy, type Tag } from '@weaveflux/shared';
import { compareBy, heldDigests, heldTags, type PastChange, pastChange } from './holds.ts';
import { formatMessage, readTrailers } from './trailers.ts';

const versions = ['1.0', '1.1', '1.2', '1.3', '1.4'];
const bySemver = compareBy(
  parsePolicy('semver:*').policy,
  versions.map((tag) => ({ tag })),
);

/** `a>b` = the agent went from a to b, `a>b!` = a person did; oldest first. */
function history(text: string): PastChange[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word, index) => {
      const [from = '', to = ''] = word.replace('!', '').split('>');
      return { revision: String(index), from, to, byAgent: !word.endsWith('!') };
    })
    .reverse();
}

const cases: [name: string, changes: string, held: string[]][] = [
  ['nothing happened', '', []],
  ['going on holds nothing', '1.0>1.1 1.1>1.2! 1.2>1.3', []],
  ['going back holds what was left and all between', '1.0>1.3 1.3>1.0!', ['1.1', '1.2', '1.3']],
  ['also where a person had gone there', '1.0>1.3! 1.3>1.1!', ['1.2', '1.3']],
  ['the agent going back holds nothing', '1.3>1.0', []],
  ['a newer tag ends it', '1.3>1.1! 1.1>1.4', []],
  ['the same tag by a person ends it', '1.3>1.1! 1.1>1.3!', []],
  ['a tag between by a person ends that one alone', '1.3>1.0! 1.0>1.2!', ['1.1', '1.3']],
  ['going back twice', '1.3>1.2! 1.2>1.0!', ['1.1', '1.2', '1.3']],
  ['going back again after a release', '1.3>1.1! 1.1>1.3! 1.3>1.2!', ['1.3']],
  ['a new container is no going back', '>1.0!', []],
];

for (const [name, changes, held] of cases) {
  test(name, () => assert.deepEqual([...heldTags(history(changes), versions, bySemver).keys()].sort(), held));
}

test('a tag between that appears later is held too', () => {
  const compare = compareBy(parsePolicy('semver:*').policy, []);
  assert.ok(heldTags(history('1.3>1.1!'), [...versions, '1.2.7'], compare).has('1.2.7'));
});

test('each held tag is told with the change that it was left by, of several the last', () => {
  const changes = history('1.4>1.2! 1.2>1.0!');
  const held = heldTags(changes, versions, bySemver);
  assert.deepEqual([...held].map(([tag, { from, to }]) => [tag, from, to]).sort(), [
    ['1.1', '1.2', '1.0'],
    ['1.2', '1.2', '1.0'],
    ['1.3', '1.4', '1.2'],
    ['1.4', '1.4', '1.2'],
  ]);
});

test('where the order is unknown, only what was left is held', () => {
  const tags: Tag[] = [{ tag: 'main-a' }, { tag: 'main-b' }, { tag: 'main-c', created: '2026-01-01T00:00:00Z' }];
  const compare = compareBy(parsePolicy('glob:*').policy, tags);
  assert.deepEqual(
    [
      ...heldTags(
        history('main-b>main-a!'),
        tags.map(({ tag }) => tag),
        compare,
      ).keys(),
    ],
    ['main-b'],
  );
});

test('the order by created time counts where it is known, whatever is known last', () => {
  const day = (n: number): string => `2026-01-0${n}T00:00:00Z`;
  const tags: Tag[] = [
    { tag: 'a' },
    { tag: 'a', created: day(1) },
    { tag: 'b', created: day(2) },
    { tag: 'c', created: day(3) },
  ];
  const compare = compareBy(parsePolicy('glob:*').policy, tags);
  assert.deepEqual([...heldTags(history('c>a!'), ['a', 'b', 'c'], compare).keys()].sort(), ['b', 'c']);
});

const workload = { workload: 'shop:deployment/app', container: 'app' };
const trailer = { ...workload, repository: 'r.io/app', from: '1.0', to: '1.1', policy: 'semver:*' };

const authors: [name: string, message: string, byAgent: boolean][] = [
  ['our commit', formatMessage({ changes: [trailer] }), true],
  ['our commit on request', formatMessage({ changes: [trailer], requestedBy: { name: 'Ada' } }), false],
  ['our rollback', formatMessage({ changes: [trailer], rollback: true }), false],
  ['a commit of a person', 'Go back\n', false],
  ['a trailer of another container', formatMessage({ changes: [{ ...trailer, container: 'side' }] }), false],
  [
    'a trailer of another change, as after a cherry-pick',
    formatMessage({ changes: [{ ...trailer, to: '1.2' }] }),
    false,
  ],
  ['a quoted trailer', `${formatMessage({ changes: [trailer] })}\nReverted, see above.\n`, false],
];

for (const [name, message, byAgent] of authors) {
  test(`${name} counts as ${byAgent ? "the agent's" : "a person's"}`, () => {
    assert.equal(
      pastChange({ revision: 'r', trailers: readTrailers(message) }, workload, '1.0', '1.1').byAgent,
      byAgent,
    );
  });
}

test('a digest that a person went back from is held while the tag stays', () => {
  const moved = (fromDigest: string, toDigest: string, byAgent: boolean): PastChange => {
    return { revision: 'r', from: 'stable', to: 'stable', byAgent, fromDigest, toDigest };
  };
  const reverted = [moved('two', 'one', false), moved('one', 'two', true)];
  assert.deepEqual([...heldDigests(reverted).keys()], ['two']);
  assert.deepEqual([...heldDigests([moved('one', 'two', false), ...reverted]).keys()], ['one'], 'asked for again');
  assert.deepEqual([...heldDigests([moved('one', 'three', true), ...reverted]).keys()], ['two']);
});
