import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { manifestsOf, parseFile } from '@weaveflux/shared';
import fc from 'fast-check';
import { createSourceReader } from './reader.ts';
import { brokenText, fileText } from './testing.ts';
import type { FileSource, TextRange } from './types.ts';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    weaveflux.dev/automated: "true"
    weaveflux.dev/tag.web: semver:~1.4
spec:
  template:
    spec:
      containers:
        - name: web
          image: "reg.example.com/shop/web:1.4.2" # the shop
        - name: side
          image: reg.example.com/shop/side
`;
const SETTINGS = `---
# settings of web
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data: {}
`;
const DB = WEB.replaceAll('web', 'db');

/** What a range covers in a text. */
function covered(text: string, { startLine, startCharacter, endLine, endCharacter }: TextRange): string {
  const lines = text.split('\n').slice(startLine, endLine + 1);
  const last = lines.length - 1;
  return lines
    .map((line, index) => line.slice(index === 0 ? startCharacter : 0, index === last ? endCharacter : undefined))
    .join('\n');
}

/** A short account of a file: what stands where. */
function seen({ text, manifests }: FileSource): string[] {
  return manifests.map(({ name, stale, start, images, manifest }) => {
    const list = images.map((image) => `${image.container}=${covered(text, image.range)}`);
    return `${manifest.document} ${name}${stale ? ' (stale)' : ''} ${start.startLine + 1}: ${list.join(' ')}`.trim();
  });
}

/** All of a file that can be compared: of policies, which are functions, their texts. */
function plain({ manifests }: FileSource): unknown[] {
  return manifests.map(({ policies, ...rest }) => ({
    ...rest,
    policies: [...policies.containers.values()].map(({ policy }) => policy?.text),
  }));
}

function read(text: string, path = 'shop/web.yaml'): FileSource {
  return createSourceReader().read(path, text);
}

describe('reading a file', () => {
  it('tells of objects with the places of their images and annotations', () => {
    const source = read(WEB + SETTINGS);
    assert.deepEqual(seen(source), [
      '0 shop:deployment/web 1: web="reg.example.com/shop/web:1.4.2" side=reg.example.com/shop/side',
      '1 configmap/settings 19:',
    ]);
    const [web, settings] = source.manifests;
    assert.ok(web && settings);
    assert.equal(web.key, 'apps/Deployment/shop/web');
    assert.equal(covered(source.text, web.start), 'apiVersion: apps/v1');
    assert.equal(covered(source.text, settings.start), 'apiVersion: v1');
    assert.equal(web.images[0]?.image?.tag, '1.4.2');
    assert.equal(web.policies.containers.get('web')?.policy?.text, 'semver:~1.4');
    assert.equal(web.policies.automated, true);
    assert.deepEqual(
      web.annotations.map((it) => [covered(source.text, it.keyRange), covered(source.text, it.valueRange), it.value]),
      [
        ['weaveflux.dev/automated', '"true"', 'true'],
        ['weaveflux.dev/tag.web', 'semver:~1.4', 'semver:~1.4'],
      ],
    );
  });

  const layouts: [name: string, text: string, expected: string[], path?: string][] = [
    [
      'Windows line endings',
      (WEB + SETTINGS).replaceAll('\n', '\r\n'),
      [
        '0 shop:deployment/web 1: web="reg.example.com/shop/web:1.4.2" side=reg.example.com/shop/side',
        '1 configmap/settings 19:',
      ],
    ],
    [
      'JSON',
      JSON.stringify(
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: 'j' },
          spec: { template: { spec: { containers: [{ name: 'c', image: 'a:1' }] } } },
        },
        null,
        2,
      ),
      ['0 job/j 1: c="a:1"'],
      'job.json',
    ],
    [
      'a List, whose objects stand in one document',
      `apiVersion: v1\nkind: List\nitems:\n  - ${WEB.trim().replaceAll('\n', '\n    ')}\n  - {apiVersion: v1, kind: Secret, metadata: {name: s}}\n`,
      [
        '0 shop:deployment/web 4: web="reg.example.com/shop/web:1.4.2" side=reg.example.com/shop/side',
        '0 secret/s 20:',
      ],
    ],
    [
      'a value on lines of its own',
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {containers: [{name: c, image:\n  a:1}]}}}\n',
      ['0 job/j 1: c=a:1'],
    ],
    [
      'an image that is an alias, where the alias stands',
      'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, annotations: {image: &i a:1}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          image: *i\n',
      ['0 job/j 1: c=*i'],
    ],
    [
      'a byte order mark, which has no place in a line',
      '\uFEFF{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}',
      ['0 pod/p 1:'],
      'p.json',
    ],
  ];
  for (const [name, text, expected, path] of layouts) {
    it(`understands ${name}`, () => assert.deepEqual(seen(read(text, path)), expected));
  }

  it('lists what is wrong with objects at its line in the file', () => {
    const { problems } = read(`${WEB}---\nkind: Secret\napiVersion: v1\nmetadata: {}\n`);
    assert.deepEqual(
      problems.map(({ line, message }) => [line, message]),
      [[18, 'shop/web.yaml line 18: Secret has no metadata.name; add it.']],
    );
  });

  it('leaves out a file that is too large', () => {
    const source = read(WEB.repeat(5_000));
    assert.deepEqual([source.manifests, source.problems], [[], []]);
    assert.match(source.tooLarge ?? '', /^shop\/web\.yaml is larger than 1 MB/);
  });

  it('agrees with reading the whole file at once', () => {
    fc.assert(
      fc.property(fileText(), (text) => {
        const whole = parseFile('a.yaml', text);
        if (whole.problems.length > 0) return;
        const { manifests, problems } = manifestsOf(whole);
        const source = read(text, 'a.yaml');
        assert.deepEqual(source.problems, problems);
        assert.deepEqual(
          source.manifests.map(({ manifest }) => manifest),
          manifests,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('reading a file while it is typed in', () => {
  /** What is seen after each text in turn. */
  function typed(...texts: string[]): { seen: string[]; problems: string[] } {
    const reader = createSourceReader();
    const sources = texts.map((text) => reader.read('shop/web.yaml', text));
    const last = sources.at(-1);
    assert.ok(last);
    return { seen: seen(last), problems: last.problems.map(({ line, message }) => `${line} ${message}`) };
  }

  const file = `${WEB + SETTINGS}---\n${DB}`;

  it('keeps what cannot be read at the moment as it was, at its new place, and goes on with the rest', () => {
    const breaking = file
      .replace('# settings of web\n', '')
      .replace('name: db\n  namespace', 'name: db\n  labels: {a: [\n  namespace');
    assert.deepEqual(typed(file, breaking), {
      seen: [
        '0 shop:deployment/web 1: web="reg.example.com/shop/web:1.4.2" side=reg.example.com/shop/side',
        '1 configmap/settings 18:',
        '2 shop:deployment/db (stale) 24: db="reg.example.com/shop/db:1.4.2" side=reg.example.com/shop/side',
      ],
      problems: [
        '29 shop/web.yaml line 29 cannot be read: flow sequence in block collection must be sufficiently indented and end with a ].',
      ],
    });
  });

  it('keeps it over many keystrokes, and reads it again once it can be read', () => {
    const texts = ['', ' ', ' "', ' "2', ' "2"'].map((end) =>
      file.replace('image: "reg.example.com/shop/db:1.4.2" #', `image:${end} #`),
    );
    const [, , unclosed, more, done] = texts.map((_, index) => typed(file, ...texts.slice(0, index + 1)).seen[2]);
    assert.match(unclosed ?? '', /db \(stale\) 25: side=/);
    assert.match(more ?? '', /db \(stale\) 25: side=/);
    assert.equal(done, '2 shop:deployment/db 25: db="2" side=reg.example.com/shop/side');
  });

  it('forgets images whose lines are gone', () => {
    const without = WEB.replace(/ +- name: web\n.*\n/, '        [\n');
    assert.deepEqual(typed(WEB, without).seen, ['0 shop:deployment/web (stale) 1: side=reg.example.com/shop/side']);
  });

  it('does not take another document for the one that stood there', () => {
    const template = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Values.name }}\n';
    const { seen: left, problems } = typed(WEB, template);
    assert.deepEqual(left, []);
    assert.match(problems.join(), /^4 .*holds a template expression/);
  });

  it('lists what was never readable as a problem only', () => {
    const { seen: left, problems } = typed(`a: {{ x }}\n---\n${WEB}`);
    assert.deepEqual(left, [
      '0 shop:deployment/web 3: web="reg.example.com/shop/web:1.4.2" side=reg.example.com/shop/side',
    ]);
    assert.equal(problems.length, 1);
  });

  it('does not look for the error in a long document, which would take long at each keystroke', () => {
    const long = `${WEB}data: |\n${'  a line\n'.repeat(10_000)}`;
    assert.match(typed(long).seen.join(), /^0 shop:deployment\/web 1: web=/);
    const { seen: left, problems } = typed(long, long.replace('spec:', 'spec: ['));
    assert.match(left.join(), /^0 shop:deployment\/web \(stale\) 1: web=/);
    assert.match(problems.join(), /^1 shop\/web\.yaml line 1: this document is longer than 64 KB/);
  });

  it('reads again only the document that changes', () => {
    const reader = createSourceReader();
    const before = reader.read('a.yaml', file);
    assert.equal(reader.read('a.yaml', file), before);
    const same = reader.read('a.yaml', file.replace('data: {}', 'data: {a: b}'));
    assert.deepEqual(
      same.manifests.map((manifest, index) => manifest === before.manifests[index]),
      [true, false, true],
    );
    const moved = reader.read('a.yaml', same.text.replace('data: {a: b}', 'data:\n  a: b'));
    assert.equal(moved.manifests[2]?.policies, before.manifests[2]?.policies);
    assert.deepEqual(plain(moved), plain(read(moved.text, 'a.yaml')));
  });

  it('forgets a closed file', () => {
    const reader = createSourceReader();
    reader.read('a.yaml', WEB);
    reader.forget('a.yaml');
    assert.deepEqual(reader.read('a.yaml', WEB.replace('kind', 'kind: [')).manifests, []);
  });

  it('ends as if the last text had been the first, whatever was typed before', () => {
    const edit = fc.record({
      at: fc.nat(600),
      length: fc.nat(40),
      insert: fc.oneof(fc.constant(''), brokenText(), fileText()),
    });
    fc.assert(
      fc.property(fileText(), fc.array(edit, { maxLength: 6 }), fileText(), (first, edits, last) => {
        const reader = createSourceReader();
        let text = first;
        reader.read('a.yaml', text);
        for (const { at, length, insert } of edits) {
          text = text.slice(0, at) + insert + text.slice(at + length);
          reader.read('a.yaml', text);
        }
        for (const end of [text, last]) {
          const source = reader.read('a.yaml', end);
          const fresh = read(end, 'a.yaml');
          assert.deepEqual(source.problems, fresh.problems);
          if (fresh.problems.every(({ code }) => code !== 'INVALID_YAML'))
            assert.deepEqual(plain(source), plain(fresh));
          for (const { images, start } of source.manifests)
            for (const { startLine } of [start, ...images.map((image) => image.range)]) {
              assert.ok(startLine < end.split('\n').length);
            }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes any text', () => {
    const reader = createSourceReader();
    const path = fc.constantFrom('a.yaml', 'a.json', 'b.yml');
    fc.assert(
      fc.property(path, brokenText(), (file, text) => void reader.read(file, text)),
      { numRuns: 1000 },
    );
  });
});
