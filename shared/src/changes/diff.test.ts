import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { unifiedDiff } from './diff.ts';

const folder = mkdtempSync(join(tmpdir(), 'weaveflux-diff-'));
after(() => rmSync(folder, { recursive: true }));

const many = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `line ${from + n}\n`).join('');

const cases: [name: string, before: string, after: string][] = [
  ['one line in the middle', many(0, 20), many(0, 20).replace('line 9\n', 'nine\n')],
  ['two hunks', many(0, 40), many(0, 40).replace('line 5\n', 'five\n').replace('line 30\n', '')],
  [
    'two changes close together',
    many(0, 20),
    many(0, 20).replace('line 5\n', 'five\n').replace('line 11\n', 'eleven\n'),
  ],
  ['just far enough apart', many(0, 30), many(0, 30).replace('line 5\n', 'five\n').replace('line 13\n', 'thirteen\n')],
  ['first and last line', many(0, 9), `new\n${many(1, 8)}last\n`],
  ['lines that come', many(0, 9), many(0, 4) + many(50, 53) + many(4, 9)],
  ['a new file', '', many(0, 3)],
  ['an emptied file', many(0, 3), ''],
  ['no newline at the end', 'a\nb', 'a\nc'],
  ['a newline at the end that comes', 'a\nb', 'a\nb\n'],
  ['CRLF', 'a\r\nb\r\nc\r\n', 'a\r\nB\r\nc\r\n'],
  ['nothing in common', many(0, 30), many(100, 120)],
  ['repeated lines', 'a\nb\na\nb\na\n', 'b\na\na\nb\nb\n'],
];

for (const [name, before, wanted] of cases) {
  test(`${name}: patch makes the one of the other`, () => {
    const diff = unifiedDiff('x.yaml', before, wanted);
    writeFileSync(join(folder, 'x.yaml'), before);
    writeFileSync(join(folder, 'x.diff'), diff);
    execFileSync('git', ['apply', '--whitespace=nowarn', '--unidiff-zero', 'x.diff'], { cwd: folder, stdio: 'pipe' });
    assert.equal(readFileSync(join(folder, 'x.yaml'), 'utf8'), wanted);
  });
}

test('equal texts have no diff, a small change has a small one', () => {
  assert.equal(unifiedDiff('x', 'a\n', 'a\n'), '');
  assert.equal(
    unifiedDiff('dir/x.yaml', many(0, 9), many(0, 9).replace('line 4', 'four')),
    '--- a/dir/x.yaml\n+++ b/dir/x.yaml\n@@ -2,7 +2,7 @@\n line 1\n line 2\n line 3\n-line 4\n+four\n line 5\n line 6\n line 7\n',
  );
});
