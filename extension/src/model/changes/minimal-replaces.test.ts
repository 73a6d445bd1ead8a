import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { minimalReplaces, type Replace } from './minimal-replaces.ts';

const cases: { name: string; before: string; after: string; replaces: Replace[] }[] = [
  { name: 'equal texts need nothing', before: 'a\nb\n', after: 'a\nb\n', replaces: [] },
  {
    name: 'of a value only what differs is replaced',
    before: 'image: app:1.4.2 # ours\n',
    after: 'image: app:1.5.0 # ours\n',
    replaces: [{ start: 13, end: 16, text: '5.0' }],
  },
  {
    name: 'lines far apart are replaced apart',
    before: 'a: 1\nb: 2\nc: 3\n',
    after: 'a: 9\nb: 2\nc: 8\n',
    replaces: [
      { start: 3, end: 4, text: '9' },
      { start: 13, end: 14, text: '8' },
    ],
  },
  {
    name: 'neighbouring lines too',
    before: 'a: 1\nb: 2\n',
    after: 'a: 9\nb: 8\n',
    replaces: [
      { start: 3, end: 4, text: '9' },
      { start: 8, end: 9, text: '8' },
    ],
  },
  {
    name: 'a new line is inserted with its Windows line break',
    before: 'a:\r\n  c: 1\r\n',
    after: 'a:\r\n  b: 2\r\n  c: 1\r\n',
    replaces: [{ start: 4, end: 4, text: '  b: 2\r\n' }],
  },
  {
    name: 'a line goes as a whole',
    before: 'a\nb\nc\n',
    after: 'a\nc\n',
    replaces: [{ start: 2, end: 4, text: '' }],
  },
  {
    name: 'a line break is not split where one kind becomes the other',
    before: 'a\r\n',
    after: 'a\n',
    replaces: [{ start: 1, end: 3, text: '\n' }],
  },
  {
    name: 'nor is a character of two units',
    before: 'a: \u{1F600}\n',
    after: 'a: \u{1F601}\n',
    replaces: [{ start: 3, end: 5, text: '\u{1F601}' }],
  },
  {
    name: 'a last line without an end',
    before: 'a: 1',
    after: 'a: 1\nb: 2',
    replaces: [{ start: 4, end: 4, text: '\nb: 2' }],
  },
];

for (const { name, before, after, replaces } of cases) {
  test(name, () => assert.deepEqual(minimalReplaces(before, after), replaces));
}

const line = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '\r', '\u{1F600}', '\u{1F601}', '\u{10400}'),
  maxLength: 6,
});
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 12 })
  .map((lines) => lines.flat().join(''));

test('the replacements always make the text after, in order, apart, and inside of no line break or character', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      let at = 0;
      let made = '';
      for (const { start, end, text: put } of minimalReplaces(before, after)) {
        assert.ok(start >= at && end >= start);
        for (const offset of [start, end]) {
          const pair = before.slice(Math.max(0, offset - 1), offset + 1);
          assert.ok(pair !== '\r\n' && !/^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(pair));
        }
        made += before.slice(at, start) + put;
        at = end;
      }
      assert.equal(made + before.slice(at), after);
    }),
    { numRuns: 2000 },
  );
});
