import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsCompletions } from './settings.ts';

const cases: { name: string; text: string; expected: string[] }[] = [
  { name: 'an empty file', text: '|', expected: ['ignore', 'pruneLimit', 'windows', 'images'] },
  { name: 'beside what is there', text: 'ignore: []\npr|\n', expected: ['pruneLimit', 'windows', 'images'] },
  { name: 'inside of a mapping', text: 'pruneLimit:\n  |\nignore: []\n', expected: ['objects', 'percent'] },
  { name: 'beside what is there in it', text: 'pruneLimit:\n  objects: 1\n  p|\n', expected: ['percent'] },
  { name: 'at no depth that keys have', text: 'pruneLimit:\n  objects: 1\n    |\n', expected: [] },
  { name: 'in a list', text: 'ignore:\n  - |\n', expected: [] },
  { name: 'in a value', text: 'ignore: |\n', expected: [] },
];

for (const { name, text, expected } of cases) {
  test(name, () => {
    const offset = text.indexOf('|');
    const lines = text.replace('|', '').split('\n');
    const above = text.slice(0, offset).split('\n');
    const cursor = { line: above.length - 1, character: above.at(-1)?.length ?? 0 };
    const found = settingsCompletions({ count: lines.length, at: (line) => lines[line] ?? '' }, cursor);
    assert.deepEqual(
      found.map(({ label }) => label),
      expected,
    );
    for (const { documentation } of found) assert.notEqual(documentation, '');
  });
}
