import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Json, type Path, parseFile, type SourceDocument } from '@weaveflux/shared';
import fc from 'fast-check';
import { splitFile } from './split.ts';
import { brokenText, fileText } from './testing.ts';

describe('parts of a file', () => {
  const cases: [name: string, text: string, parts: string[], path?: string][] = [
    ['nothing', '', ['']],
    ['one document', 'a: 1\n', ['a: 1\n']],
    ['markers', 'a: 1\n---\nb: 2\n--- # c\nc: 3', ['a: 1\n', '---\nb: 2\n', '--- # c\nc: 3']],
    ['comments before the first marker', '# x\n\n---\na: 1\n---\n', ['# x\n\n---\na: 1\n', '---\n']],
    ['a marker with carriage return', 'a: 1\r\n---\r\nb: 2\r\n', ['a: 1\r\n', '---\r\nb: 2\r\n']],
    [
      'ends of documents',
      'a: 1\n...\n# x\n%YAML 1.2\n---\nb: 2\n...\n',
      ['a: 1\n...\n', '# x\n%YAML 1.2\n---\nb: 2\n...\n'],
    ],
    ['markers in block scalars', 'a: |\n  ---\n  x\n', ['a: |\n  ---\n  x\n']],
    ['what only looks like a marker', '---a\n----\n ---\n', ['---a\n----\n ---\n']],
    ['JSON', '{"a": "\n---\n"}', ['{"a": "\n---\n"}'], 'a.json'],
  ];
  for (const [name, text, parts, path = 'a.yaml'] of cases) {
    it(name, () => {
      const split = splitFile(path, text);
      assert.deepEqual(
        split.map((part) => part.text),
        parts,
      );
      const before = parts.map((_, index) => parts.slice(0, index).join('').split('\n').length - 1);
      assert.deepEqual(
        split.map(({ line }) => line),
        before,
      );
    });
  }

  it('are one where there are too many', () => {
    assert.equal(splitFile('a.yaml', 'a: 1\n---\n'.repeat(5_000)).length, 5_001);
    assert.equal(splitFile('a.yaml', 'a: 1\n---\n'.repeat(5_001)).length, 1);
  });

  it('read as the whole file does: the same documents at the same places, or none of them', () => {
    let several = 0;
    const check = (text: string): void => {
      if (agree('a.yaml', text) > 1) several++;
    };
    fc.assert(fc.property(fileText(), check), { numRuns: 400 });
    assert.ok(several > 40, `only ${several} of the texts were cut and readable`);
    fc.assert(fc.property(brokenText(), check), { numRuns: 300 });
  });
});

/** Asserts that parts and whole agree; how many parts there are, 0 where the file cannot be read. */
function agree(path: string, text: string): number {
  const whole = parseFile(path, text);
  const parts = splitFile(path, text).map((part) => ({ ...part, ...parseFile(path, part.text) }));
  assert.equal(parts.map((part) => part.text).join(''), text);
  const problems = parts.flatMap((part) => part.problems);
  assert.equal(
    problems.length > 0,
    whole.problems.length > 0,
    JSON.stringify({ text, problems, whole: whole.problems }),
  );
  if (problems.length > 0) return 0;
  let offset = 0;
  let index = 0;
  const moved: unknown[] = [];
  for (const part of parts) {
    moved.push(...part.documents.map((document) => shape(document, { offset, index, line: part.line })));
    offset += part.text.length;
    index += part.documents.length;
  }
  const expected = whole.documents.map((document) => shape(document, { offset: 0, index: 0, line: 0 }));
  assert.deepEqual(moved, expected, JSON.stringify(text));
  return parts.length;
}

function shape(document: SourceDocument, before: { offset: number; index: number; line: number }): unknown {
  const places = pathsOf(document.value).map((path) => {
    const place = document.position(path);
    return (
      place && {
        ...place,
        start: place.start + before.offset,
        end: place.end + before.offset,
        line: place.line + before.line,
      }
    );
  });
  return { index: document.index + before.index, line: document.line + before.line, value: document.value, places };
}

function pathsOf(value: Json | undefined, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, inner]) =>
      pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}
