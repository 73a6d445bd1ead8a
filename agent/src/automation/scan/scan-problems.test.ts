import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure } from '@weaveflux/shared';
import { subjectIn, workloadText } from '../testing.ts';
import type { Decided } from './scan.ts';
import { scanProblems } from './scan-problems.ts';

test('a registry that cannot be read is a warning where a policy waits for it, once a repository, and nowhere else', () => {
  const decided = [failing('web'), failing('web'), failing('db')];
  assert.deepEqual(
    scanProblems(decided, new Set(['example.org/web'])).map(({ message, severity }) => [message, severity]),
    [['web refuses.', 'warning']],
  );
});

function failing(name: string): Decided {
  return {
    subject: subjectIn(workloadText(name, `example.org/${name}:1`, {})),
    decision: { state: 'not-automated', reason: '', needsMetadata: [] },
    held: new Map(),
    tags: () => [],
    unreadable: new Set(),
    decidedAt: new Date(0),
    scannedAt: undefined,
    problem: failure('REGISTRY_AUTH', `${name} refuses.`),
  };
}
