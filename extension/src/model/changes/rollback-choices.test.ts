import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEntry } from '@weaveflux/shared';
import { rollbackChoices } from './rollback-choices.ts';

function entry(from: string, to: string, more: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    commit: {
      revision: 'a'.repeat(40),
      subject: `Release web:${to}`,
      author: 'weaveflux',
      time: '2030-01-01T00:00:00Z',
    },
    object: 'apps/Deployment/shop/web',
    container: 'web',
    repository: 'r.io/web',
    from,
    to,
    ...more,
  };
}

test('what a container had before, the last first, each once, without what it has', () => {
  const history = [
    entry('1.2', '1.3', { requestedBy: 'Ann' }),
    entry('1.3', '1.2'),
    entry('1.2', '1.3'),
    entry('7', '8', { container: 'side' }),
    entry('1.1', '1.2'),
    entry('', '1.1'),
  ];
  const choices = rollbackChoices(history, 'web', '1.3');
  assert.deepEqual(
    choices.map(({ tag, by, subject }) => `${tag} ${by} ${subject}`),
    ['1.2 Ann Release web:1.3', '1.1 weaveflux Release web:1.2'],
  );
});
