import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageStatus } from '@weaveflux/shared';
import type { AgentState } from '../agent/state.ts';
import { UNKNOWN_STATE } from '../agent/state.ts';
import { agesAt } from '../changes/age.ts';
import { connected, deployment, imageStatus, sourceOf } from '../testing/source.ts';
import { hoverAt } from './hover.ts';

const AGES = agesAt(new Date('2030-01-10T00:00:00Z'), 'en');
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const status: ImageStatus = imageStatus({
  policy: 'semver:~1.4',
  state: 'update',
  reason: 'It is released with the next look.',
  chosen: { tag: '1.4.9', created: '2030-01-09T22:00:00Z', digest: DIGEST },
  held: ['1.4.8'],
  available: [
    { tag: '1.4.9', created: '2030-01-09T22:00:00Z', digest: DIGEST },
    { tag: '1.4.2', created: '2030-01-07T00:00:00Z' },
  ],
  scannedAt: '2030-01-09T23:59:00Z',
});
const other = imageStatus({
  object: 'apps/Deployment/shop/jobs',
  name: 'shop:deployment/jobs',
  container: 'job',
  file: 'a b/(jobs).yaml',
  line: 7,
  tag: '2.0.0',
});

/** The hover on the first place of a word, its Markdown without escapes. */
function hover(text: string, word: string, state: AgentState | undefined, path = 'web.yaml', before = text) {
  const lines = text.split('\n');
  const line = lines.findIndex((it) => it.includes(word));
  const character = (lines[line] ?? '').indexOf(word);
  const found = hoverAt(sourceOf(path, before, text), { line, character }, lines[line] ?? '', {
    environment: 'file:///repo',
    state,
    ages: AGES,
  });
  return found && { ...found, markdown: found.markdown.replace(/\\(.)/g, '$1') };
}

test('an image tells its tags, what the policy chooses, what is held, and where else it is used', () => {
  const text = deployment(['weaveflux.dev/tag.web: semver:~1.4']);
  const { markdown = '' } = hover(text, 'r.io/web', connected({ images: [status, other] })) ?? {};
  assert.deepEqual(markdown.split('\n').filter(Boolean), [
    '**web** `r.io/web`',
    '`1.4.2` · created 3 days ago (2030-01-07 00:00 UTC)',
    'Policy `semver:~1.4` chooses `1.4.9`. It is released with the next look.',
    'Held after a revert: `1.4.8`.',
    '| Tag | Created | Digest |  |',
    '| --- | --- | --- | --- |',
    '| `1.4.9` | 2 hours ago | `sha256:0123456789ab` | chosen |',
    '| `1.4.8` |  |  | held |',
    '| `1.4.2` | 3 days ago |  | in this file |',
    'Also used by',
    `- [shop:deployment/jobs](command:weaveflux.open?${encodeURIComponent(
      JSON.stringify([{ environment: 'file:///repo', file: 'a b/(jobs).yaml', line: 7 }]),
    )
      .replace('(', '%28')
      .replace(')', '%29')}) job \`2.0.0\``,
    '_Looked up 1 minute ago._',
  ]);
});

test('what waits to be merged has a link to its request, and only to an address of the web', () => {
  const text = deployment(['weaveflux.dev/tag.web: semver:~1.4']);
  const shown = (url: string, state: ImageStatus['state'] = 'update') => {
    const proposed = { branch: 'weaveflux/images', commit: 'c0ffee', url };
    return hover(text, 'r.io/web', connected({ images: [{ ...status, state, proposed }] }))?.markdown ?? '';
  };
  assert.match(
    shown('https://git.example/shop/pulls/1'),
    /\n\[Open the pull request\]\(https:\/\/git\.example\/shop\/pulls\/1\)\n/,
  );
  assert.doesNotMatch(shown('https://git.example/shop/pulls/1', 'current'), /Open the pull/);
  assert.doesNotMatch(shown('command:workbench.action.quit'), /Open the pull/);
});

test('the policy of the file is judged, not the one that the agent has read', () => {
  const text = deployment(['weaveflux.dev/tag.web: semver:<1.4.5']);
  const { markdown = '' } = hover(text, 'r.io/web', connected({ images: [status] })) ?? {};
  assert.match(markdown, /Policy `semver:<1.4.5` chooses `1.4.2`\.\n/);
  assert.match(markdown, /\| `1.4.9` .* not admitted \|/);
});

test('of an image that the agent has not looked up nothing is chosen, and it says why', () => {
  const text = deployment(['weaveflux.dev/tag.web: semver:~1.4']);
  const unknown = imageStatus({ policy: 'semver:~1.4', state: 'not-automated', reason: 'It is not automated.' });
  const { markdown = '' } = hover(text, 'r.io/web', connected({ images: [unknown] })) ?? {};
  assert.match(markdown, /\nPolicy `semver:~1\.4`\. It is not automated\.\n/);
});

test('a pin says who and why, and nothing that it holds becomes Markdown', () => {
  const text = deployment([
    'weaveflux.dev/locked: "true"',
    'weaveflux.dev/locked_user: "Ada <ada@example.org>"',
    'weaveflux.dev/locked_msg: "[x](command:evil) $(alert) https://x.example"',
  ]);
  const lines = text.split('\n');
  const line = lines.findIndex((it) => it.includes('r.io'));
  const facts = { environment: undefined, state: connected({}), ages: AGES };
  const found = hoverAt(sourceOf('web.yaml', text), { line, character: 20 }, lines[line] ?? '', facts);
  assert.match(found?.markdown ?? '', /Pinned by Ada \\<ada\\@example\\.org\\>: \\\[x\\\]\\\(command\\:evil\\\)/);
  assert.doesNotMatch(found?.markdown ?? '', /\]\(command|[^\\]\$\(|https:/);
});

const lonely: { name: string; state: AgentState | undefined; line: RegExp }[] = [
  { name: 'outside of a repository', state: undefined, line: /_Tags are not known: no repository/ },
  {
    name: 'before an agent is found',
    state: UNKNOWN_STATE,
    line: /_Tags are not known yet: the agent is looked for\._/,
  },
  {
    name: 'without a kubeconfig',
    state: { ...UNKNOWN_STATE, connection: { kind: 'no-kubeconfig', message: 'No kubeconfig is there.' } },
    line: /_Tags are not known: No kubeconfig is there\._/,
  },
  { name: 'of an image that is new', state: connected({}), line: /_The agent does not know this image yet\._/ },
];

for (const { name, state, line } of lonely) {
  test(`${name} an image says so in one line`, () => {
    const { markdown = '' } = hover(deployment(), 'r.io/web', state) ?? {};
    assert.match(markdown, /^\*\*web\*\* `r.io\/web`\n\n`1.4.2`\n\n/);
    assert.match(markdown, line);
  });
}

test('a policy shows which known tags it admits, live as it is typed', () => {
  const text = deployment(['weaveflux.dev/tag.web: semver:~1.4.5 # patches']);
  const { markdown = '', range } = hover(text, 'semver', connected({ images: [status, other] })) ?? {};
  assert.deepEqual(markdown.split('\n').filter(Boolean), [
    '**weaveflux.dev/tag.web**',
    'Which tags the container takes, and which of two is newer.',
    'Default `glob:*`. Example: `semver:~1.4`',
    'It admits 2 of 4 known tags.',
    '| Tag | Created |  |',
    '| --- | --- | --- |',
    '| `1.4.9` | 2 hours ago | newest |',
    '| `1.4.8` |  |  |',
    'Not admitted: `1.4.2`, `2.0.0`',
  ]);
  assert.deepEqual(range, { startLine: 6, startCharacter: 27, endLine: 6, endCharacter: 40 });
});

test('a tag filter is judged together with the policy beside it', () => {
  const text = deployment(['weaveflux.dev/tag.web: semver:*', 'weaveflux.dev/tag-filter.web: "^2"']);
  const { markdown = '' } = hover(text, 'tag-filter', connected({ images: [status, other] })) ?? {};
  assert.match(markdown, /It admits 1 of 4 known tags/);
});

test('an invalid policy says why', () => {
  const { markdown = '' } = hover(deployment(['weaveflux.dev/tag.web: semver:x.y']), 'semver', undefined) ?? {};
  assert.match(markdown, /⚠ The policy "semver:x.y" states no version range/);
});

test('what is wrong with a policy is told once, where diagnostics tell it', () => {
  const text = deployment(['weaveflux.dev/tag.web: semver:x.y']);
  const at = text.split('\n').findIndex((it) => it.includes('semver'));
  const facts = { environment: undefined, state: undefined, ages: AGES, mistakesStand: true };
  const found = hoverAt(sourceOf('web.yaml', text), { line: at, character: 30 }, text.split('\n')[at] ?? '', facts);
  assert.match(found?.markdown ?? '', /Which tags the container takes/);
  assert.doesNotMatch(found?.markdown ?? '', /⚠/);
});

test('while the document is broken, the line tells what is typed', () => {
  const before = deployment(['weaveflux.dev/tag.web: semver:~1.4']);
  const text = before.replace('semver:~1.4', 'semver:~2').replace('metadata:', 'metadata: "');
  const { markdown = '' } = hover(text, 'semver', connected({ images: [status, other] }), 'web.yaml', before) ?? {};
  assert.match(markdown, /`2.0.0`.*newest/);
  assert.match(markdown, /Not admitted: .*`1.4.2`/);
});

const nothing: { name: string; text: string; word: string }[] = [
  { name: 'another annotation', text: deployment(['app.kubernetes.io/name: web']), word: 'app' },
  { name: 'a field of the object', text: deployment(), word: 'namespace' },
  { name: 'an unknown key, of which the squiggle tells', text: deployment(['weaveflux.dev/x: y']), word: 'weaveflux' },
  { name: 'a file that is no manifest', text: 'weaveflux.dev/tag.web: semver:~1\n', word: 'nothing' },
  {
    name: 'annotations of the pods',
    text: deployment().replace(
      '    spec:\n',
      '    metadata:\n      annotations:\n        weaveflux.dev/automated: "true"\n    spec:\n',
    ),
    word: 'weaveflux',
  },
];

for (const { name, text, word } of nothing) {
  test(`${name} has no hover`, () => assert.equal(hover(text, word, undefined), undefined));
}

test('every key is explained, also by its end and in JSON', () => {
  const text =
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","annotations":{"weaveflux.dev/prune":"disabled"}}}';
  const { markdown = '' } = hover(text, 'disabled', undefined, 'a.json') ?? {};
  assert.match(markdown, /The object is never deleted/);
});
