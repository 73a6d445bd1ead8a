import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEntry } from '@weaveflux/shared';
import { historyRows } from './history-rows.ts';

function entry(from: string, to: string, more: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    commit: { revision: '0123456789abcdef', subject: `Release ${to}`, author: 'weaveflux', time: 't' },
    object: 'apps/Deployment/shop/web',
    container: 'web',
    repository: 'shop/web',
    from,
    to,
    ...more,
  };
}

test('a version says when, from what, by whom, by which policy and in which commit', () => {
  const [newest, older] = historyRows(
    [entry('1.4', '1.5', { policy: 'semver:~1' }), entry('1.3', '1.4', { requestedBy: 'Ann' })],
    () => '2 days ago',
  );
  assert.deepEqual(
    [newest?.tag, newest?.description, newest?.detail],
    ['1.5', '2 days ago', 'from 1.4 · by weaveflux · semver:~1 · 0123456 Release 1.5'],
  );
  assert.equal(older?.detail, 'from 1.3 · by Ann · 0123456 Release 1.4');
});

test('one may go back to what is left, and not to what is there', () => {
  const rows = historyRows([entry('1.5', '1.4'), entry('1.4', '1.5'), entry('1.3', '1.4')], () => '');
  assert.deepEqual(
    rows.map(({ isPast }) => isPast),
    [false, true, false],
  );
});

test('the container is named where there are several', () => {
  const rows = historyRows([entry('1', '2'), entry('3', '4', { container: 'proxy' })], () => 'now');
  assert.deepEqual(
    rows.map(({ description, isPast }) => [description, isPast]),
    [
      ['web · now', false],
      ['proxy · now', false],
    ],
  );
});

test('another digest of the same tag is said', () => {
  const [row] = historyRows([entry('1.4', '1.4')], () => '');
  assert.match(row?.detail ?? '', /^new digest · /);
});

test('why the agent went back by itself is said', () => {
  const [row] = historyRows([entry('1.5', '1.4', { rollback: 'it crashes' })], () => '');
  assert.equal(row?.detail, 'from 1.5 · by weaveflux · not healthy: it crashes · 0123456 Release 1.4');
});
