import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ImageStatus, parsePolicy } from '@weaveflux/shared';
import { imageStatus } from '../testing/source.ts';
import { knownTags, releasableTag } from './known-tags.ts';
import { inPlace, shortDigest, tagChoices, takenTag } from './tag-choices.ts';

const flags = ({ tag, isCurrent, isChosen, isHeld, fits }: ReturnType<typeof tagChoices>[number]) =>
  [tag, isCurrent && 'current', isChosen && 'chosen', isHeld && 'held', !fits && 'unfit'].filter(Boolean).join(' ');

const choices: { name: string; question: Parameters<typeof tagChoices>[0]; expected: string[] }[] = [
  {
    name: 'by version, with all that is known of each',
    question: {
      status: imageStatus({
        policy: 'semver:~1.4',
        chosen: { tag: '1.4.9' },
        held: ['1.4.10'],
        available: [{ tag: '1.4.10' }, { tag: '1.4.9' }, { tag: '1.4.2' }],
      }),
      current: '1.4.2',
      policy: parsePolicy('semver:~1.4').policy,
    },
    expected: ['1.4.10 held', '1.4.9 chosen', '1.4.2 current'],
  },
  {
    name: 'with what was read for the choice, by which time then counts',
    question: {
      status: imageStatus({ available: [{ tag: '1.4.2' }, { tag: 'b' }, { tag: 'a' }] }),
      current: '1.4.2',
      policy: undefined,
      described: [
        { tag: 'a', created: '2030-01-02T00:00:00Z' },
        { tag: 'b', created: '2030-01-01T00:00:00Z' },
        { tag: '1.4.2', created: '2029-01-01T00:00:00Z' },
      ],
    },
    expected: ['a', 'b', '1.4.2 current'],
  },
  {
    name: 'what does not fit the policy in the file follows',
    question: {
      status: imageStatus({ chosen: { tag: '2.0.0' }, available: [{ tag: '2.0.0' }, { tag: '1.4.9' }] }),
      current: 'main-1',
      policy: parsePolicy('semver:~1.4').policy,
    },
    expected: ['1.4.9', '1.4.2', 'main-1 current unfit', '2.0.0 unfit'],
  },
  {
    name: 'by time, those without one last',
    question: {
      status: imageStatus({
        available: [
          { tag: 'b', created: '2030-01-01T00:00:00Z' },
          { tag: 'a', created: '2030-01-02T00:00:00Z' },
        ],
      }),
      current: '1.4.2',
      policy: undefined,
    },
    expected: ['a', 'b', '1.4.2 current'],
  },
  {
    name: 'without policy and times versions like the one in the file first',
    question: {
      status: imageStatus({
        state: 'not-automated',
        chosen: { tag: '1.10.0' },
        available: ['1.10.0', '1.4.2', 'nightly', '1.11.0-alpine', '2026'].map((tag) => ({ tag })),
      }),
      current: '1.4.2',
      policy: undefined,
    },
    expected: ['1.10.0 chosen', '1.4.2 current', 'nightly', '2026', '1.11.0-alpine'],
  },
  {
    name: 'without an agent only the tag in the file is known',
    question: { status: undefined, current: '1.4.2', policy: undefined },
    expected: ['1.4.2 current'],
  },
];

for (const { name, question, expected } of choices) {
  test(`choices: ${name}`, () => assert.deepEqual(tagChoices(question).map(flags), expected));
}

test('choices keep the newest on top, and facts of a tag that is told of twice', () => {
  const [first] = choices;
  assert.ok(first);
  assert.deepEqual(
    tagChoices(first.question).map(({ tag }) => tag),
    ['1.4.10', '1.4.9', '1.4.2'],
  );
  const known = knownTags(imageStatus({ chosen: { tag: '1.5.0' }, available: [{ tag: '1.5.0', digest: 'sha256:a' }] }));
  assert.deepEqual(known[0], { tag: '1.5.0', digest: 'sha256:a' });
});

const releasable: { name: string; status: Partial<ImageStatus>; tag: string | undefined }[] = [
  { name: 'an update', status: { state: 'update', chosen: { tag: '1.5.0' } }, tag: '1.5.0' },
  { name: 'the same tag, pushed again', status: { state: 'update', chosen: { tag: '1.4.2' } }, tag: '1.4.2' },
  { name: 'nothing newer', status: { chosen: { tag: '1.4.2' } }, tag: undefined },
  {
    name: 'newer, though not automated',
    status: { state: 'not-automated', policy: 'semver:*', chosen: { tag: '1.5.0' } },
    tag: '1.5.0',
  },
  {
    name: 'the file is ahead of what the policy chooses',
    status: { state: 'not-automated', policy: 'semver:*', chosen: { tag: '1.3.0' } },
    tag: undefined,
  },
  {
    name: 'a newer version without a policy',
    status: { state: 'not-automated', chosen: { tag: '1.5.0' } },
    tag: '1.5.0',
  },
  {
    name: 'an older version without a policy',
    status: { state: 'not-automated', chosen: { tag: '1.3.0' } },
    tag: undefined,
  },
  { name: 'an unknown order, left to a person', status: { state: 'needs-release', chosen: { tag: 'x' } }, tag: 'x' },
  { name: 'an unknown order', status: { state: 'not-automated', chosen: { tag: 'x' } }, tag: undefined },
  { name: 'held', status: { state: 'held', held: ['1.5.0'], chosen: { tag: '1.5.0' } }, tag: undefined },
];

for (const { name, status: more, tag } of releasable) {
  test(`releasable: ${name}`, () => assert.equal(releasableTag(imageStatus(more))?.tag, tag));
}

const taken = [
  { name: 'the current row, where nothing is typed', current: '1.4.1', typed: '', tag: '1.4.1' },
  {
    name: 'the row that an arrow key led to, though another tag is what is typed',
    current: '1.4',
    typed: '1',
    tag: '1.4',
  },
  { name: 'a row that is found by what stands beside its tag', current: '1.4.1', typed: 'sha256:01', tag: '1.4.1' },
  { name: 'what is typed in whole, where no row is current', current: undefined, typed: '1.4.2', tag: '1.4.2' },
  { name: 'what is typed in whole, where the list was filled anew', current: '1.4.1', typed: '1.4.2', tag: '1.4.2' },
  { name: 'nothing, where a part is typed and no row is current', current: undefined, typed: '1.4.', tag: undefined },
];

for (const { name, current, typed, tag } of taken) {
  const choices = ['1.4.2', '1.4.1', '1.4', '1'].map((each) => ({ tag: each }));
  const row = choices.find((choice) => choice.tag === current);
  test(`taken: ${name}`, () => assert.equal(takenTag(row, typed, choices)?.tag, tag));
}

test('tags that are shown stay where they are, and what comes later follows them', () => {
  const choices = ['3', '2', '1', '4'].map((tag) => ({ tag }));
  assert.deepEqual(
    inPlace(choices, ['1', '2']).map(({ tag }) => tag),
    ['1', '2', '3', '4'],
  );
});

test('a digest is shortened as docker does', () => {
  assert.equal(shortDigest(`sha256:${'0123456789abcdef'.repeat(4)}`), 'sha256:0123456789ab');
});
