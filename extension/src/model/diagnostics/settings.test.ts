import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsFindings } from './settings.ts';

test('what is wrong with the settings is found at its line', () => {
  const found = settingsFindings('ignored: []\npruneLimit:\n  percent: 20\n');
  assert.deepEqual(
    found.map(({ code, severity, range }) => [code, severity, range]),
    [['UNKNOWN_KEY', 'warning', { startLine: 0, startCharacter: 0, endLine: 0, endCharacter: 11 }]],
  );
  const [finding] = settingsFindings('pruneLimit:\n  percent: 200\n');
  assert.deepEqual(finding?.range, { startLine: 1, startCharacter: 2, endLine: 1, endCharacter: 14 });
  assert.deepEqual(settingsFindings(''), []);
});
