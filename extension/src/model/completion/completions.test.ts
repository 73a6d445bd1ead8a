import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentState } from '../agent/state.ts';
import { agesAt } from '../changes/age.ts';
import { connected, deployment, imageStatus, sourceOf } from '../testing/source.ts';
import type { Completion } from './completion.ts';
import { completionsAt } from './completions.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const STATE = connected({
  images: [
    imageStatus({
      policy: 'semver:~1.4',
      chosen: { tag: '1.4.9', created: '2030-01-09T22:00:00Z', digest: DIGEST },
      held: ['1.4.8'],
      available: [
        { tag: '1.4.9', created: '2030-01-09T22:00:00Z', digest: DIGEST },
        { tag: '1.4.2', created: '2030-01-07T00:00:00Z' },
      ],
    }),
  ],
});

interface Typed {
  readonly state?: AgentState | undefined;
  readonly path?: string;
  /** The text before the last keystrokes. */
  readonly before?: string;
}

/** Completions where `|` stands. */
function at(marked: string, { state = STATE, path = 'web.yaml', before }: Typed = {}): Completion[] {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const lines = text.split('\n');
  const above = marked.slice(0, offset).split('\n');
  return completionsAt(
    {
      source: before === undefined ? sourceOf(path, text) : sourceOf(path, before, text),
      lines: { count: lines.length, at: (line) => lines[line] ?? '' },
      state,
      ages: agesAt(new Date('2030-01-10T00:00:00Z'), 'en'),
    },
    { line: above.length - 1, character: above.at(-1)?.length ?? 0 },
  );
}

/** The line of the cursor after a completion is taken; snippets as they are. */
function taken(marked: string, { text, range }: Completion): string {
  const line = marked.split('\n').find((it) => it.includes('|')) ?? '';
  const typed = line.replace('|', '');
  return (typed.slice(0, range.startCharacter) + text + typed.slice(range.endCharacter)).trim();
}

const labels = (completions: readonly Completion[]) => completions.map(({ label }) => label);

const ALL_KEYS = [
  'weaveflux.dev/automated',
  'weaveflux.dev/tag.web',
  'weaveflux.dev/tag-filter.web',
  'weaveflux.dev/min-age.web',
  'weaveflux.dev/platform.web',
  'weaveflux.dev/digest.web',
  'weaveflux.dev/locked',
  'weaveflux.dev/locked.web',
  'weaveflux.dev/locked_msg',
  'weaveflux.dev/locked_user',
  'weaveflux.dev/approval',
  'weaveflux.dev/approval.web',
  'weaveflux.dev/group',
  'weaveflux.dev/rollback',
  'weaveflux.dev/ignore',
  'weaveflux.dev/ignore-fields',
  'weaveflux.dev/prune',
  'weaveflux.dev/drift',
  'weaveflux.dev/recreate',
];

test('every annotation is offered, those of one container for each that there is', () => {
  for (const typed of ['|', 'weav|', 'weaveflux.dev/|', 'weaveflux.dev/ta|g']) {
    assert.deepEqual(labels(at(deployment([typed]))), ALL_KEYS, typed);
  }
});

test('what is there is not offered again', () => {
  const text = deployment(['weaveflux.dev/automated: "true"', 'weaveflux.dev/|', 'weaveflux.dev/tag.web: newest:']);
  const expected = ALL_KEYS.filter((key) => !['weaveflux.dev/automated', 'weaveflux.dev/tag.web'].includes(key));
  assert.deepEqual(labels(at(text)), expected);
});

test("where an object has only Flux v1's keys, they are offered first", () => {
  const keys = labels(at(deployment(['fluxcd.io/automated: "true"', '|'])));
  assert.deepEqual(keys.slice(0, 4), [
    'weaveflux.dev/automated',
    'fluxcd.io/tag.web',
    'weaveflux.dev/tag.web',
    'weaveflux.dev/tag-filter.web',
  ]);
});

const written: { name: string; text: string; label: string; line: string; goesOn?: boolean }[] = [
  {
    name: 'with its value',
    text: deployment(['weav|']),
    label: 'weaveflux.dev/automated',
    line: 'weaveflux.dev/automated: "true"',
  },
  {
    name: 'with its word',
    text: deployment(['|']),
    label: 'weaveflux.dev/prune',
    line: 'weaveflux.dev/prune: disabled',
  },
  {
    name: 'and goes on',
    text: deployment(['weav|']),
    label: 'weaveflux.dev/tag.web',
    line: 'weaveflux.dev/tag.web:',
    goesOn: true,
  },
  {
    name: 'alone before a value',
    text: deployment(['weaveflux.dev/tag|: semver:~1']),
    label: 'weaveflux.dev/tag.web',
    line: 'weaveflux.dev/tag.web: semver:~1',
  },
  {
    name: 'alone in quotes',
    text: deployment(['"weav|"']),
    label: 'weaveflux.dev/tag.web',
    line: '"weaveflux.dev/tag.web"',
  },
];

for (const { name, text, label, line, goesOn = false } of written) {
  test(`a key is written ${name}`, () => {
    const completion = at(text).find((it) => it.label === label) ?? assert.fail();
    assert.equal(taken(text, completion), line);
    assert.equal(completion.goesOn, goesOn);
  });
}

test('an object without containers has the annotations that fit it', () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    |\n';
  assert.deepEqual(
    labels(at(text)),
    ['ignore', 'ignore-fields', 'prune', 'drift'].map((name) => `weaveflux.dev/${name}`),
  );
});

test('a document that was never readable is understood by its lines', () => {
  const text = deployment(['weaveflux.dev/locked: "true"', '|']).replace('namespace: shop', 'namespace: "shop');
  const list = `---\n# first\n${text.replace('image: r.io', '- image: r.io').replace('        - name: web\n          -', '        -').replace('r.io/web:1.4.2\n', 'r.io/web:1.4.2\n          name: web\n')}`;
  for (const broken of [text, list]) {
    assert.deepEqual(
      labels(at(broken)),
      ALL_KEYS.filter((key) => key !== 'weaveflux.dev/locked'),
    );
  }
});

test('a List, JSON and tabs of other documents do not matter', () => {
  const indented = deployment(['|'])
    .replace(/^(?=.)/gm, '    ')
    .replace('    api', '  - api');
  assert.deepEqual(labels(at(`apiVersion: v1\nkind: List\nitems:\n${indented}`)), ALL_KEYS);
  const json = JSON.stringify(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', annotations: { '|': '' } },
      spec: { template: { spec: { containers: [{ name: 'web', image: 'r.io/web:1' }] } } },
    },
    null,
    2,
  );
  assert.deepEqual(labels(at(json, { path: 'web.json' })), ALL_KEYS);
});

const pods = '    metadata:\n      annotations:\n        |\n    spec:\n      containers:';
const nowhere: { name: string; text: string }[] = [
  { name: 'in annotations of pods', text: deployment().replace('    spec:\n      containers:', pods) },
  { name: 'in labels', text: deployment(['|']).replace('annotations', 'labels') },
  { name: 'at another depth', text: deployment(['a: b', '  |']) },
  { name: 'in what is no manifest', text: 'metadata:\n  annotations:\n    |\n' },
  { name: 'in a value of another key', text: deployment(['example.org/a: |']) },
  { name: 'behind text', text: deployment(['weaveflux.dev/ x|']) },
  { name: 'in a comment', text: deployment(['# |']) },
  { name: 'in a long line', text: deployment([`${'a'.repeat(2000)}|`]) },
  { name: 'in an image without colon', text: deployment([], 'r.io/web|') },
  { name: 'in the port of a registry that nobody knows', text: deployment([], 'localhost:5|') },
];

for (const { name, text } of nowhere) {
  test(`${name} nothing is offered`, () => assert.deepEqual(labels(at(text)), []));
}

test('policies suit the tag that is there; the other kinds are to be filled in', () => {
  const text = deployment(['weaveflux.dev/tag.web: |']);
  const policies = at(text);
  assert.deepEqual(labels(policies), [
    'semver:~1.4',
    'semver:^1',
    'semver:*',
    'newest:',
    'semver:',
    'glob:',
    'regexp:',
    'numerical:',
    'alphabetical:',
  ]);
  assert.deepEqual(
    policies.map((completion) => taken(text, completion).slice('weaveflux.dev/tag.web: '.length)),
    [
      'semver:~1.4',
      'semver:^1',
      'semver:*',
      '"newest:"',
      'semver:\u0024{1:~1.4}',
      'glob:\u0024{1:main-*}',
      '"regexp:\u0024{1:^main-[0-9a-f]{7\\}\\$}"',
      '"numerical:\u0024{1:^build-(\\\\\\\\d+)\\$}"',
      'alphabetical:\u0024{1:^release-(.+)\\$}',
    ],
  );
  assert.equal(policies[0]?.isPreselected, true);
  assert.match(policies[0]?.documentation ?? '', /Admits 3 of 3 known tags, the newest is `1.4.9`/);
});

const values: { name: string; annotation: string; label: string; line: string }[] = [
  {
    name: 'instead of what is there',
    annotation: 'weaveflux.dev/tag.web: semv|er:x # ours',
    label: 'semver:~1.4',
    line: 'weaveflux.dev/tag.web: semver:~1.4 # ours',
  },
  {
    name: 'in quotes',
    annotation: 'weaveflux.dev/tag.web: "|"',
    label: 'newest:',
    line: 'weaveflux.dev/tag.web: "newest:"',
  },
  {
    name: 'in a quote that is open',
    annotation: "weaveflux.dev/tag.web: 'se|",
    label: 'semver:~1.4',
    line: "weaveflux.dev/tag.web: 'semver:~1.4'",
  },
  {
    name: 'with the blank that is missing',
    annotation: 'weaveflux.dev/tag.web:|',
    label: 'semver:~1.4',
    line: 'weaveflux.dev/tag.web: semver:~1.4',
  },
  {
    name: 'a boolean in its quotes',
    annotation: 'fluxcd.io/automated: t|',
    label: 'true',
    line: 'fluxcd.io/automated: "true"',
  },
  { name: 'a word', annotation: 'weaveflux.dev/drift: |', label: 'report', line: 'weaveflux.dev/drift: report' },
];

for (const { name, annotation, label, line } of values) {
  test(`a value is written: ${name}`, () => {
    const text = deployment([annotation]);
    const completion = at(text).find((it) => it.label === label) ?? assert.fail();
    assert.equal(taken(text, completion), line);
  });
}

test('tags follow an image, the newest first, with age and what is said of them', () => {
  const text = deployment(['weaveflux.dev/tag.web: semver:~1.4'], 'r.io/web:|');
  const tags = at(text);
  assert.deepEqual(
    tags.map(({ label, detail }) => `${label}: ${detail}`),
    ['1.4.9: 2 hours ago, chosen by the policy', '1.4.8: held', '1.4.2: 3 days ago'],
  );
  assert.equal(tags[0]?.isPreselected, true);
  assert.match(tags[0]?.documentation ?? '', /^Created 2030-01-09 22:00 UTC · `sha256:aaaaaaaaaaaa`$/);
});

const images: { name: string; image: string; line: string; count?: number }[] = [
  { name: 'plain', image: 'r.io/web:1.|4.2 # now', line: 'image: r.io/web:1.4.9 # now' },
  { name: 'in quotes', image: '"r.io/web:|"', line: 'image: "r.io/web:1.4.9"' },
  { name: 'in a quote that is open', image: "'r.io/web:1|", line: "image: 'r.io/web:1.4.9'" },
  {
    name: 'with a digest',
    image: `r.io/web:1|.4.2@${DIGEST.replaceAll('a', 'b')}`,
    line: `image: r.io/web:1.4.9@${DIGEST}`,
    count: 1,
  },
];

for (const { name, image, line, count = 3 } of images) {
  test(`a tag is written ${name}`, () => {
    const text = deployment([], image);
    const tags = at(text, { before: deployment() });
    assert.equal(tags.length, count);
    assert.equal(taken(text, tags[0] ?? assert.fail()), line);
  });
}

test('without an agent policies are offered, and no tags', () => {
  assert.deepEqual(at(deployment([], 'r.io/web:|'), { state: connected({}) }), []);
  assert.ok(at(deployment(['weaveflux.dev/tag.web: |']), { state: connected({}) }).length > 5);
});
