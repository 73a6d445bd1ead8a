import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WeavefluxError } from '../errors.ts';
import type { Json, Path } from '../json.ts';
import { isObject, stringAt, toPointer, valueAt } from '../json.ts';
import { parseFile } from './documents.ts';
import { applyEdits } from './edits.ts';
import { documentText } from './testing.ts';
import type { Edit } from './types.ts';

const folder = new URL('./testdata/', import.meta.url);
const corpus = readdirSync(folder)
  .filter((name) => /\.(?:yaml|json)$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

const STRINGS = [
  'registry.example.com/shop/web:2.0.0',
  '1.10',
  'true',
  'a: b',
  '',
  ' spaced ',
  "it's",
  '- x',
  'a #b',
  '{{x}}',
  '🚀',
  '"q"',
  'two\nlines',
];

interface Leaf {
  readonly document: number;
  readonly path: Path;
  readonly value: Json;
}

/** Every scalar of a file, and every mapping. */
function leaves(file: string, text: string): { scalars: Leaf[]; mappings: Leaf[] } {
  const scalars: Leaf[] = [];
  const mappings: Leaf[] = [];
  const walk = (document: number, path: Path, value: Json): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(document, [...path, index], item);
    else if (!isObject(value)) scalars.push({ document, path, value });
    else {
      mappings.push({ document, path, value });
      for (const [key, inner] of Object.entries(value)) walk(document, [...path, key], inner ?? null);
    }
  };
  for (const { index, value } of parseFile(file, text).documents) walk(index, [], value);
  return { scalars, mappings };
}

/** Makes edits, or reports that they were refused in the agreed way. */
function tryEdits(file: string, text: string, edits: readonly Edit[]): string | undefined {
  try {
    return applyEdits(file, text, edits);
  } catch (error) {
    assert.ok(error instanceof WeavefluxError, String(error));
    assert.equal(error.code, 'EDIT_CONFLICT');
    assert.equal(error.about.file, file);
    assert.ok((error.about.line ?? 0) > 0);
    assert.match(
      error.message,
      new RegExp(`^${file.replaceAll('.', '\\.')} line \\d+ cannot be edited: .*; nothing was changed\\.$`, 's'),
    );
    return undefined;
  }
}

/** What stands before and after the one stretch in which two texts differ. */
function change(before: string, after: string): { start: number; end: number; inserted: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { start, end: before.length - tail, inserted: after.slice(start, after.length - tail) };
}

function valuesOf(file: string, text: string): Json[] {
  return parseFile(file, text).documents.map((document) => document.value);
}

/** A set of values with one path set. */
function withString(values: readonly Json[], { document, path }: Leaf, value: string): Json[] {
  const copy = structuredClone(values) as Json[];
  const holder = valueAt(copy[document], path.slice(0, -1)) as Record<string | number, Json>;
  holder[path.at(-1) ?? ''] = value;
  return copy;
}

/** Sets one scalar and checks all that an edit promises; false where it was refused. */
function checkSet(file: string, text: string, leaf: Leaf, value: string): boolean {
  const edited = tryEdits(file, text, [{ document: leaf.document, path: leaf.path, value }]);
  if (edited === undefined) return false;
  const where = `${file} ${toPointer(leaf.path)} = ${JSON.stringify(value)}\n${edited}`;
  assert.deepEqual(valuesOf(file, edited), withString(valuesOf(file, text), leaf, value), where);
  const position = parseFile(file, text).documents[leaf.document]?.position(leaf.path);
  assert.ok(position, where);
  const [before, after] = [text.slice(0, position.start), text.slice(position.end)];
  const kept = edited.startsWith(before) && edited.endsWith(after) && edited.length >= before.length + after.length;
  assert.ok(kept, `bytes outside of the value changed: ${where}`);
  return true;
}

describe('setting a string', () => {
  /** How many scalars of a file cannot be set: those shared by aliases, tagged as numbers, or documents themselves. */
  const refused: Record<string, number> = {
    'anchors.yaml': 15,
    'scalars.yaml': 1,
    'same-document-dash.yaml': 1,
    'tags.yaml': 3,
  };
  for (const { name, text } of corpus) {
    it(`changes only the value's bytes in ${name}`, () => {
      const scalars = leaves(name, text).scalars.slice(0, 30);
      const failed = scalars.filter((leaf) => !checkSet(name, text, leaf, 'registry.example.com/shop/web:2.0.0'));
      assert.equal(failed.length, refused[name] ?? 0, failed.map(({ path }) => toPointer(path)).join(' '));
      for (const leaf of scalars.slice(0, 6)) for (const value of STRINGS) checkSet(name, text, leaf, value);
    });
  }

  it('does so in generated documents, or refuses', () => {
    let made = 0;
    fc.assert(
      fc.property(documentText(), fc.nat(), fc.oneof(fc.constantFrom(...STRINGS), fc.string()), (text, pick, value) => {
        const { scalars } = leaves('a.yaml', text);
        const leaf = scalars[pick % Math.max(1, scalars.length)];
        if (leaf && leaf.path.length > 0 && checkSet('a.yaml', text, leaf, value)) made++;
      }),
      { numRuns: 100 },
    );
    assert.ok(made > 30, `made only ${made} of 100`);
  });

  const styles: [name: string, before: string, value: string, after: string][] = [
    ['plain stays plain', 'a: x:1 # c\n', 'x:2', 'a: x:2 # c\n'],
    ['plain that would be a float is quoted', 'tag: 1.9\n', '1.10', 'tag: "1.10"\n'],
    ['plain that would be a boolean is quoted', 'a: x\n', 'yes', 'a: "yes"\n'],
    ['plain in flow', 'a: {t: 1.2.3, b: c}\n', '1.2.4', 'a: {t: 1.2.4, b: c}\n'],
    ['plain in flow that would split it is quoted', 'a: {t: 1.2.3, b: c}\n', 'y:2,z', 'a: {t: "y:2,z", b: c}\n'],
    ['single quotes stay', "a: 'x'\n", "it's", "a: 'it''s'\n"],
    ['single quotes give way to what they cannot hold', "a: 'x'\n", 'b\nc', 'a: "b\\nc"\n'],
    ['double quotes stay', 'a: "x" # c\n', 'y "z"', 'a: "y \\"z\\"" # c\n'],
    ['an anchor stays', 'a: &i x:1 # c\n', 'x:2', 'a: &i x:2 # c\n'],
    ['a plain scalar over lines becomes one line', 'a: x\n  y\nb: 1\n', 'z', 'a: z\nb: 1\n'],
    ['an absent value', 'a:\nb: 1\n', 'z', 'a: z\nb: 1\n'],
    ['an absent value before a comment', 'a:   # c\n', 'z', 'a: z   # c\n'],
    ['a literal scalar with its comment', 'a: |- # c\n  x:1\n\nb: 1\n', 'x:2', 'a: |- # c\n  x:2\n\nb: 1\n'],
    ['a literal scalar loses a final line break', 'a: |\n    x\nb: 1\n', 'y', 'a: |-\n    y\nb: 1\n'],
    ['a literal scalar with CRLF', 'a: |\r\n  x\r\nb: 1\r\n', 'y\nz\n', 'a: |\r\n  y\r\n  z\r\nb: 1\r\n'],
    ['a folded scalar', 'a: >-\n  x\n  y\n', 'z', 'a: >-\n  z\n'],
    ['a folded scalar that gets lines becomes literal', 'a: >-\n  x\n', 'y\nz', 'a: |-\n  y\n  z\n'],
    ['an equal value changes nothing', "a: 'x'\n", 'x', "a: 'x'\n"],
  ];
  for (const [name, before, value, after] of styles) {
    it(name, () => {
      const path: Path = before.startsWith('tag') ? ['tag'] : before.includes('{') ? ['a', 't'] : ['a'];
      assert.equal(applyEdits('a.yaml', before, [{ document: 0, path, value }]), after);
    });
  }
});

describe('inserting a key', () => {
  const set = (path: Path, value = 'v', document = 0): Edit => ({ document, path, value });
  const annotation = ['metadata', 'annotations', 'weaveflux.dev/automated'];
  const cases: [name: string, file: string, before: string, edits: Edit[], after: string][] = [
    [
      'with the indentation in use',
      'a.yaml',
      'a:\n    b: 1\nc: 2\n',
      [set(['a', 'd'])],
      'a:\n    b: 1\n    d: v\nc: 2\n',
    ],
    ['with its line ending', 'a.yaml', 'a:\r\n  b: 1\r\n', [set(['a', 'd'])], 'a:\r\n  b: 1\r\n  d: v\r\n'],
    ['at the end of a file without final newline', 'a.yaml', 'a:\n  b: 1', [set(['a', 'd'])], 'a:\n  b: 1\n  d: v'],
    [
      'and the mappings above it',
      'a.yaml',
      'metadata:\n   name: x # c\nspec: 1\n',
      [set(annotation, 'true')],
      'metadata:\n   name: x # c\n   annotations:\n      weaveflux.dev/automated: "true"\nspec: 1\n',
    ],
    [
      'under a key without value',
      'a.yaml',
      'metadata:\n  annotations: # none yet\n  name: x\n',
      [set(annotation, 'true')],
      'metadata:\n  annotations: # none yet\n    weaveflux.dev/automated: "true"\n  name: x\n',
    ],
    [
      'into an empty flow mapping',
      'a.yaml',
      'metadata: {} # c\n',
      [set(annotation, 'true')],
      'metadata: {annotations: {weaveflux.dev/automated: "true"}} # c\n',
    ],
    ['into a flow mapping', 'a.yaml', 'a: {b: 1}\n', [set(['a', 'c'])], 'a: {b: 1, c: v}\n'],
    ['in place of null', 'a.yaml', 'a: null # c\n', [set(['a', 'c'])], 'a: {c: v} # c\n'],
    ['into a list item', 'a.yaml', 'l:\n- a: 1\n-   b: 2\n', [set(['l', 1, 'c'])], 'l:\n- a: 1\n-   b: 2\n    c: v\n'],
    [
      'several below one missing mapping',
      'a.yaml',
      'm:\n  x: 1\n',
      [set(['m', 'a', 'b']), set(['m', 'a', 'c'])],
      'm:\n  x: 1\n  a:\n    b: v\n    c: v\n',
    ],
    [
      'before blank lines and comments that follow',
      'a.yaml',
      'a:\n  b: 1\n\n# about c\nc: 2\n',
      [set(['a', 'd'])],
      'a:\n  b: 1\n  d: v\n\n# about c\nc: 2\n',
    ],
    [
      'after a block scalar',
      'a.yaml',
      'a:\n  b: |\n    x\n\nc: 2\n',
      [set(['a', 'd'])],
      'a:\n  b: |\n    x\n  d: v\n\nc: 2\n',
    ],
    [
      'into several documents',
      'a.yaml',
      'a: {b: 1}\n---\nc: 1\n',
      [set(['d'], 'x', 1), set(['a', 'b'], '2')],
      'a: {b: "2"}\n---\nc: 1\nd: x\n',
    ],
    [
      'into JSON',
      'a.json',
      '{\n  "a": {\n    "b": 1\n  }\n}\n',
      [set(['a', 'c'])],
      '{\n  "a": {\n    "b": 1,\n    "c": "v"\n  }\n}\n',
    ],
    [
      'into an empty object of JSON',
      'a.json',
      '{\n\t"a": {}\n}\n',
      [set(['a', 'b', 'c'])],
      '{\n\t"a": {\n\t\t"b": {\n\t\t\t"c": "v"\n\t\t}\n\t}\n}\n',
    ],
    ['into JSON on one line', 'a.json', '{"a":{"b":1}}', [set(['a', 'c'])], '{"a":{"b":1, "c": "v"}}'],
  ];
  for (const [name, file, before, edits, after] of cases) {
    it(name, () => assert.equal(applyEdits(file, before, edits), after));
  }

  for (const { name, text } of corpus) {
    it(`works in every mapping of ${name}, or is refused`, () => {
      for (const { document, path } of leaves(name, text).mappings.filter(
        ({ value }) => Object.keys(value ?? {}).length > 0,
      )) {
        for (const keys of [['weaveflux.dev/new'], ['metadata ', 'annotations', 'a: b']]) {
          const edit = { document, path: [...path, ...keys], value: 'semver:~1.0' };
          const edited = tryEdits(name, text, [edit]);
          if (edited === undefined) continue;
          assert.equal(stringAt(valuesOf(name, edited)[document], edit.path), edit.value);
          assert.equal(
            applyEdits(name, edited, [{ ...edit, value: undefined }]).replaceAll(/[\s{}]/g, ''),
            text.replaceAll(/[\s{}]/g, ''),
          );
        }
      }
    });
  }
});

describe('removing a key', () => {
  const cases: [name: string, file: string, before: string, path: Path, after: string][] = [
    ['with its line and comment', 'a.yaml', 'a: 1\nb: 2 # gone\n# stays\nc: 3\n', ['b'], 'a: 1\n# stays\nc: 3\n'],
    ['with all lines of its value', 'a.yaml', 'a:\n  - b\n  # gone\n  - c: |\n      x\nd: 1\n', ['a'], 'd: 1\n'],
    [
      'and the mapping that this empties',
      'a.yaml',
      'm:\n  name: x\n  a:\n    b: 1\nd: 1\n',
      ['m', 'a', 'b'],
      'm:\n  name: x\nd: 1\n',
    ],
    ['at the end of a file without final newline', 'a.yaml', 'a: 1\r\nb: 2', ['b'], 'a: 1'],
    ['first in a list item', 'a.yaml', 'l:\n  - a: 1 # gone\n    b: 2\n', ['l', 0, 'a'], 'l:\n  - b: 2\n'],
    ['first in a flow mapping', 'a.yaml', 'm: {a: 1, b: 2}\n', ['m', 'a'], 'm: {b: 2}\n'],
    ['last in a flow mapping', 'a.yaml', 'm: {a: 1, b: 2 }\n', ['m', 'b'], 'm: {a: 1 }\n'],
    ['in JSON', 'a.json', '{\n  "a": 1,\n  "b": {\n    "c": 1\n  }\n}\n', ['b', 'c'], '{\n  "a": 1\n}\n'],
    ['that is not there', 'a.yaml', 'a: 1\n', ['b', 'c'], 'a: 1\n'],
    ['whose value is an alias', 'a.yaml', 'a: &x 1\nb: *x\n', ['b'], 'a: &x 1\n'],
  ];
  for (const [name, file, before, path, after] of cases) {
    it(name, () => assert.equal(applyEdits(file, before, [{ document: 0, path, value: undefined }]), after));
  }

  for (const { name, text } of corpus) {
    it(`takes nothing else away in ${name}, or is refused`, () => {
      for (const { document, path } of leaves(name, text).scalars) {
        if (typeof path.at(-1) !== 'string') continue;
        const edited = tryEdits(name, text, [{ document, path, value: undefined }]);
        if (edited === undefined) continue;
        const { inserted } = change(text, edited);
        assert.match(inserted, /^[\s{}]*$/, `${toPointer(path)} wrote ${inserted}`);
        assert.equal(valueAt(valuesOf(name, edited)[document], path), undefined);
      }
    });
  }
});

describe('an edit that cannot be made', () => {
  const cases: [name: string, text: string, path: Path, line: number, reason: RegExp][] = [
    ['a value behind an alias', 'a: &x t\nb: 1\nc: *x\n', ['c'], 3, /alias/],
    ['a value that an alias repeats', 'a: &x t\nc: *x\n', ['a'], 1, /anchor/],
    ['a value from a merge key', 'a: &x {t: 1}\nb:\n  <<: *x\n', ['b', 't'], 1, /alias or merge key/],
    ['a broken file', 'a: 1\nb: [\n', ['a'], 2, /end with a \]/],
    ['a key twice', 'a: 1\na: 2\n', ['a'], 2, /twice/],
    ['a template', 'a: 1\nb: x{{ .Values.b }}\n', ['b'], 2, /template/],
    ['a mapping', 'a:\n  b: 1\n', ['a'], 2, /mapping or a list/],
    ['below a string', 'a: x\n', ['a', 'b'], 1, /a value stands/],
    ['below a missing list item', 'a:\n- x\n', ['a', 3], 2, /no such item/],
    ['the only entry of a document', 'a: x\n', ['b'], 1, /document 7/],
  ];
  for (const [name, text, path, line, reason] of cases) {
    it(`${name} is refused with file and line`, () => {
      const document = reason.source.includes('7') ? 7 : 0;
      assert.throws(
        () => applyEdits('dir/a.yaml', text, [{ document, path, value: 'new' }]),
        (error) => {
          assert.ok(error instanceof WeavefluxError);
          assert.equal(error.code, 'EDIT_CONFLICT');
          assert.deepEqual(error.about, { file: 'dir/a.yaml', line });
          assert.match(error.message, reason);
          return true;
        },
      );
    });
  }
});
