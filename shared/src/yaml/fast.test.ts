import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readFast } from './fast.ts';
import { readFull } from './full.ts';
import type { Node } from './nodes.ts';
import { documentText } from './testing.ts';

const folder = new URL('./testdata/', import.meta.url);
const corpus = readdirSync(folder)
  .filter((name) => /\.(?:yaml|json)$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

/** What the fast reader accepts, the full one must read the same, offsets included. */
function agrees(text: string): boolean {
  const fast = readFast(text);
  if (fast === undefined) return false;
  const full = readFull(text);
  assert.ok('roots' in full, `read fast, but refused: ${JSON.stringify(full)}\n${text}`);
  assert.deepEqual(fast, full.roots.filter(isFull), text);
  return true;
}

function isFull(node: Node): boolean {
  return node.kind !== 'scalar' || node.value !== null;
}

describe('the fast reader', () => {
  const common = [
    'bom.yaml',
    'comments.yaml',
    'crd.yaml',
    'crlf.yaml',
    'documents.yaml',
    'list-under-key.yaml',
    'list.yaml',
    'long-lines.yaml',
    'lookalikes.yaml',
    'no-final-newline-list.yaml',
    'no-final-newline.yaml',
    'odd-indents.yaml',
  ];
  for (const { name, text } of corpus) {
    it(`reads ${name} as the full one does`, () => {
      const read = agrees(text);
      if (common.includes(name)) assert.ok(read, 'it should not need the full reader');
    });
  }

  const beyond: Record<string, string> = {
    anchor: 'a: &x b\n',
    alias: 'a: b\nc: *x\n',
    tag: 'a: !!str 1\n',
    'merge key': 'a: {b: 1}\n<<: {c: 1}\n',
    'explicit key': '? a\n: b\n',
    'tab as indentation': 'a:\n\tb: 1\n',
    directive: '%YAML 1.1\n---\na: 1\n',
    'key twice': 'a: 1\nb: 2\na: 3\n',
    'key twice among many': `${Array.from({ length: 30 }, (_, index) => `k${index}: 1\n`).join('')}k3: 2\n`,
    'key twice in flow': 'a: {b: 1, b: 2}\n',
    'value after a quote': 'a: "b" c\n',
    'mapping on a key line': 'a: b: c\n',
    'odd dedent': 'a:\n    b: 1\n  c: 1\n',
    'odd indent': 'a: 1\n  b: 2\n',
    'flow over lines': 'a: [1,\n  2]\n',
    template: 'a: {{ .Values.x }}\n',
    'lone carriage return': 'a: 1\rb: 2\n',
    'scalar document': 'text\n',
    'digits lost': 'a: 12345678901234567890\n',
  };
  for (const [name, text] of Object.entries(beyond)) {
    it(`leaves to the full reader: ${name}`, () => assert.equal(readFast(text), undefined));
  }

  it('reads generated documents as the full one does', () => {
    let read = 0;
    fc.assert(
      fc.property(documentText(), (text) => {
        if (agrees(text)) read++;
      }),
      { numRuns: 250 },
    );
    assert.ok(read > 40, `it read only ${read} of 250 by itself`);
  });

  it('reads damaged documents as the full one does, or not at all', () => {
    const damage = fc.record({
      source: fc.constantFrom(...corpus.map(({ text }) => text).filter((text) => text.length < 3000)),
      cuts: fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), drop: fc.nat(4), insert: fragment }), {
        minLength: 1,
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(damage, ({ source, cuts }) => void agrees(cuts.reduce(damaged, source))),
      { numRuns: 600 },
    );
  });
});

const fragment = fc.constantFrom(
  '',
  ' ',
  '  ',
  '\n',
  '\r\n',
  '\t',
  '#',
  ' # ',
  ':',
  ': ',
  '- ',
  '-',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  '|',
  '>',
  '|-\n',
  '>+\n',
  '\\',
  '&a ',
  '*a',
  '!',
  '%',
  '@',
  '?',
  '<<: ',
  '---',
  '---\n',
  '...\n',
  'a',
  '1',
  'null',
  '\n\n',
  '\n  ',
  '\n    ',
  ' \n',
  '🚀',
  '\ufeff',
  '~',
);

function damaged(text: string, { at, drop, insert }: { at: number; drop: number; insert: string }): string {
  const offset = Math.floor(at * text.length);
  return text.slice(0, offset) + insert + text.slice(offset + drop);
}
