import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agesAt } from '../changes/age.ts';
import { fileFindings } from '../diagnostics/file.ts';
import { connected, deployment, imageStatus, sourceOf } from '../testing/source.ts';
import type { Fix, TextReplace } from './fix.ts';
import { fixesFor } from './fixes.ts';

const AGES = agesAt(new Date('2030-01-10T00:00:00Z'), 'en');

function fixesIn(text: string, path = 'web.yaml', state = connected({})): readonly Fix[] {
  const source = sourceOf(path, text);
  const facts = { standing: 'manifests', others: [], hasSyntaxCheck: false, isDelivered: true } as const;
  return fileFindings(source, facts).flatMap((finding) => fixesFor(finding, { source, state, ages: AGES }));
}

/** The text after a fix, as an editor makes it. */
function applied(text: string, replaces: readonly TextReplace[]): string {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const starts = lines.map((_, index) => lines.slice(0, index).join('\n').length + (index === 0 ? 0 : 1));
  let edited = text.replace(/^\uFEFF/, '');
  for (const { range, text: put } of replaces.toReversed()) {
    const start = (starts[range.startLine] ?? 0) + range.startCharacter;
    const end = (starts[range.endLine] ?? 0) + range.endCharacter;
    edited = edited.slice(0, start) + put + edited.slice(end);
  }
  return edited;
}

/** What each fix makes of the annotations: the lines that are others. */
function outcomes(text: string, fixes: readonly Fix[]): string[] {
  const before = text.split('\n');
  return fixes.map(({ replaces }) => {
    const after = applied(text, replaces).split('\n');
    const come = after.filter((line) => !before.includes(line));
    return come.length > 0 ? come.map((line) => line.trim()).join('; ') : 'gone';
  });
}

const cases: { name: string; annotations: string[]; expected: string[] }[] = [
  {
    name: 'a boolean is put in quotes',
    annotations: ['weaveflux.dev/automated: yes # ours'],
    expected: ['weaveflux.dev/automated: "true" # ours', 'weaveflux.dev/automated: "false" # ours', 'gone'],
  },
  {
    name: 'a number too, as it is written',
    annotations: ['weaveflux.dev/tag.web: 1.10'],
    expected: [
      'weaveflux.dev/tag.web: "1.10"',
      'weaveflux.dev/tag.web: semver:~1.4',
      'weaveflux.dev/tag.web: semver:^1',
      'weaveflux.dev/tag.web: semver:*',
      'gone',
    ],
  },
  {
    name: 'a policy of a kind that is none',
    annotations: ["weaveflux.dev/tag.web: 'semvr:~1.4'"],
    expected: [
      "weaveflux.dev/tag.web: 'semver:~1.4'",
      "weaveflux.dev/tag.web: 'semver:^1'",
      "weaveflux.dev/tag.web: 'semver:*'",
      "weaveflux.dev/tag.web: 'newest:'",
      'gone',
    ],
  },
  {
    name: 'a range that is none gives way to those that admit the present tag',
    annotations: ['weaveflux.dev/tag.web: semver:1.x.y.z'],
    expected: [
      'weaveflux.dev/tag.web: semver:~1',
      'weaveflux.dev/tag.web: semver:^1',
      'weaveflux.dev/tag.web: semver:~1.4',
      'weaveflux.dev/tag.web: semver:*',
      'gone',
    ],
  },
  {
    name: 'a prefix without its colon',
    annotations: ['fluxcd.io/tag.web: semver ~1'],
    expected: [
      'fluxcd.io/tag.web: semver:~1',
      'fluxcd.io/tag.web: semver:^1',
      'fluxcd.io/tag.web: semver:~1.4',
      'fluxcd.io/tag.web: semver:*',
      'gone',
    ],
  },
  {
    name: 'a key with a typing error',
    annotations: ['"weaveflux.dev/automatd": "true"'],
    expected: ['"weaveflux.dev/automated": "true"', 'gone'],
  },
  {
    name: 'a key that needs its container',
    annotations: ['weaveflux.dev/tag: semver:~1'],
    expected: ['weaveflux.dev/tag.web: semver:~1', 'gone'],
  },
  {
    name: 'a key that takes no container',
    annotations: ['weaveflux.dev/automated.web: "true"'],
    expected: ['weaveflux.dev/automated: "true"', 'gone'],
  },
  {
    name: 'a container with a typing error',
    annotations: ['fluxcd.io/tag.wbe: semver:~1', 'weaveflux.dev/recreate: "true"'],
    expected: ['fluxcd.io/tag.web: semver:~1', 'gone'],
  },
  {
    name: 'no second annotation of the same name is made',
    annotations: ['weaveflux.dev/tag.wbe: semver:~1', 'weaveflux.dev/tag.web: semver:~1'],
    expected: ['gone'],
  },
  {
    name: 'a word',
    annotations: ['weaveflux.dev/drift: reprot'],
    expected: ['weaveflux.dev/drift: report', 'gone'],
  },
  {
    name: 'a duration in days',
    annotations: ['weaveflux.dev/min-age.web: 2d'],
    expected: ['weaveflux.dev/min-age.web: 48h', 'gone'],
  },
  {
    name: 'a duration without unit',
    annotations: ['weaveflux.dev/min-age.web: 24'],
    expected: ['weaveflux.dev/min-age.web: 24h', 'gone'],
  },
  {
    name: 'pointers',
    annotations: ['weaveflux.dev/ignore-fields: spec.replicas, /spec/paused'],
    expected: ['weaveflux.dev/ignore-fields: "/spec/replicas,/spec/paused"', 'gone'],
  },
  {
    name: 'an expression that is a glob',
    annotations: ['weaveflux.dev/tag-filter.web: "*-main"'],
    expected: ['weaveflux.dev/tag-filter.web: "^.*-main$"', 'gone'],
  },
];

for (const { name, annotations, expected } of cases) {
  for (const ending of ['\n', '\r\n']) {
    test(`${name}${ending === '\n' ? '' : ', with Windows line ends'}`, () => {
      const text = deployment(annotations).replaceAll('\n', ending);
      const fixes = fixesIn(text);
      assert.deepEqual(outcomes(text, fixes), expected);
      assert.deepEqual(
        fixes.map(({ isPreferred }) => isPreferred),
        expected.map((outcome, index) => index === 0 && outcome !== 'gone'),
      );
    });
  }
}

for (const { name, annotations } of cases) {
  test(`${name}: nothing is wrong with it any more, whichever way it is mended`, () => {
    const text = deployment(annotations);
    for (const { replaces } of fixesIn(text)) assert.deepEqual(fixesIn(applied(text, replaces)), []);
  });
}

test('of a file only the document is changed', () => {
  const text = `\uFEFFa: {{ b }}\n---\n${deployment(['weaveflux.dev/automated: true'])}---\nc: [\n`;
  const [fix] = fixesIn(text);
  const [replace, ...others] = fix?.replaces ?? [];
  assert.deepEqual(others, []);
  assert.deepEqual(replace?.range, { startLine: 8, startCharacter: 29, endLine: 8, endCharacter: 33 });
  assert.equal(replace?.text, '"true"');
});

test('the last annotation takes its mapping along', () => {
  const text = deployment(['weaveflux.dev/automatid: "x"']);
  const removal = fixesIn(text).at(-1);
  assert.equal(removal?.title, 'Remove weaveflux.dev/automatid');
  assert.equal(applied(text, removal?.replaces ?? []), deployment());
});

test('in JSON, too', () => {
  const value = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', annotations: { 'weaveflux.dev/automated': true, a: 'b' } },
  };
  const text = JSON.stringify(value, null, 2);
  const fixes = fixesIn(text, 'web.json');
  assert.deepEqual(outcomes(text, fixes), [
    '"weaveflux.dev/automated": "true",',
    '"weaveflux.dev/automated": "false",',
    'gone',
  ]);
  for (const { replaces } of fixes) JSON.parse(applied(text, replaces));
});

test('an image without tag gets one that the agent knows, the newest that fits first', () => {
  const available = [
    { tag: '1.5.0', created: '2030-01-09T00:00:00Z' },
    { tag: '1.4.9', created: '2030-01-07T00:00:00Z' },
  ];
  const state = connected({ images: [imageStatus({ tag: '', available, held: ['1.5.0'] })] });
  const text = deployment(['weaveflux.dev/tag.web: semver:~1.4'], '"r.io/web"');
  const fixes = fixesIn(text, 'web.yaml', state);
  assert.deepEqual(
    fixes.map(({ title }) => title),
    [
      'Use the tag 1.4.9 (created 3 days ago)',
      'Use the tag 1.5.0 (created 1 day ago, held, not admitted by the policy)',
    ],
  );
  assert.deepEqual(outcomes(text, fixes.slice(0, 1)), ['image: "r.io/web:1.4.9"']);
});

test('latest is replaced, by what another workload with the image is known to have', () => {
  const state = connected({ images: [imageStatus({ object: 'apps/Deployment/shop/other' })] });
  const text = deployment([], 'r.io/web:latest # here');
  assert.deepEqual(outcomes(text, fixesIn(text, 'web.yaml', state)), ['image: r.io/web:1.4.2 # here']);
});

test('without an agent there is no tag to offer', () => assert.deepEqual(fixesIn(deployment([], 'web')), []));

test('of an object that is stated twice the other place is opened', () => {
  const fixes = fixesIn(`${deployment()}---\n${deployment()}`);
  assert.deepEqual(
    fixes.map(({ title, open }) => [title, open]),
    [
      ['Go to web.yaml:13', { path: 'web.yaml', line: 13 }],
      ['Go to web.yaml:1', { path: 'web.yaml', line: 1 }],
    ],
  );
});

test('nothing is changed in a document that cannot be read at the moment', () => {
  const text = deployment(['weaveflux.dev/automated: true']);
  const source = sourceOf('web.yaml', text, text.replace('metadata:', 'metadata: "'));
  const facts = { standing: 'manifests', others: [], hasSyntaxCheck: true, isDelivered: true } as const;
  const findings = fileFindings(source, facts);
  assert.equal(findings.length, 1);
  assert.deepEqual(
    findings.flatMap((finding) => fixesFor(finding, { source, state: undefined, ages: AGES })),
    [],
  );
});
