import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTable, widthOf } from './table.ts';
import { ago, paintFor } from './text.ts';

const bare = paintFor(false, {});

test('columns stand below each other, without blanks at the end', () => {
  const table = renderTable(
    ['NAME', 'STATE'],
    [
      ['web', 'healthy'],
      ['a-longer-name', ''],
    ],
    bare,
    100,
  );
  assert.equal(table, 'NAME           STATE\nweb            healthy\na-longer-name\n');
});

test('no line is longer than it may be and no word is lost', () => {
  const name = `namespace-${'n'.repeat(50)}:deployment/${'w'.repeat(60)}`;
  const words = Array.from({ length: 40 }, (_, n) => `word${n}`);
  const table = renderTable(['NAME', 'STATE', 'WHY'], [[name, 'failed', words.join(' ')]], bare, 100);
  for (const line of table.split('\n')) assert.ok(line.length <= 100, line);
  for (const word of words) assert.ok(table.includes(word), word);
  const column = table
    .split('\n')
    .slice(1)
    .map((line) => line.slice(0, table.indexOf('STATE')).trim());
  assert.equal(column.join(''), name);
});

test('a name is broken only where the line is too short for it, and then behind a joint', () => {
  const row = ['shop:deployment/recommendations', 'registry.example.com/shop/recommendations:1.0.0', 'healthy'];
  const wide = renderTable(['WORKLOAD', 'IMAGE', 'HEALTH'], [row], bare, 120);
  assert.equal(wide.split('\n')[1], row.join('  '));
  const narrow = renderTable(['WORKLOAD', 'IMAGE', 'HEALTH'], [row], bare, 80).split('\n');
  assert.match(narrow[1] ?? '', /^shop:deployment\/recommendations {2}registry\.example\.com\/shop\/ +healthy$/);
  assert.match(narrow[2] ?? '', /^ +recommendations:1\.0\.0$/);
});

test("a terminal's own width holds, a file is 120 wide", () => {
  const cases: [object, number][] = [
    [{ isTTY: true, columns: 200 }, 200],
    [{ isTTY: true, columns: 40 }, 80],
    [{ isTTY: true }, 120],
    [{ columns: 60 }, 120],
    [{}, 120],
  ];
  for (const [output, width] of cases) assert.equal(widthOf(output), width);
});

test('colours do not move the columns', () => {
  const row = [{ text: 'failed', color: 'red' as const }, 'x'];
  const painted = renderTable(['STATE', 'N'], [row], paintFor(true, {}), 100);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
  assert.equal(painted.replaceAll(/\u001b\[\d+m/g, ''), renderTable(['STATE', 'N'], [row], bare, 100));
  assert.match(painted, /\[31mfailed/);
});

test('what comes from outside cannot steer the terminal', () => {
  const table = renderTable(['WHY'], [['a\u001b[2Jb\u0007\r\nc\u202ed']], bare, 100);
  assert.equal(table, 'WHY\na[2Jb cd\n');
});

test('times are told as people say them', () => {
  const now = new Date('2026-05-04T10:00:00Z');
  const cases: [string | undefined, string][] = [
    [undefined, ''],
    ['no time', ''],
    ['2026-05-04T09:59:59.900Z', '0s'],
    ['2026-05-04T09:59:30Z', '30s'],
    ['2026-05-04T07:10:00Z', '2h'],
    ['2026-05-01T07:10:00Z', '3d'],
    ['2026-05-04T10:00:05Z', '0s'],
  ];
  for (const [time, text] of cases) assert.equal(ago(time, now), text);
});
