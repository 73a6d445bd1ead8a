import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createSourceReader } from './reader.ts';
import { brokenText, fileText } from './testing.ts';
import { plain, read, SETTINGS, seen, WEB } from './testing-files.ts';

const DB = WEB.replaceAll('web', 'db');

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
