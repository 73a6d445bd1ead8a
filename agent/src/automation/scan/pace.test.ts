import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, type Problem } from '@weaveflux/shared';
import { createPace, type Outcome } from './pace.ts';

const MINUTE = 60_000;
const failing = (code: Problem['code']): Outcome => ({ problem: failure(code, 'm'), spacing: undefined, sharers: 1 });
const GOOD: Outcome = { problem: undefined, spacing: undefined, sharers: 1 };

/** In which of so many passes, one a minute, a repository is asked whose scans end like this. */
function asked(passes: number, outcome: (pass: number) => Outcome): number[] {
  const pace = createPace(MINUTE);
  const turns: number[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    if (!pace.isDue('r.io/a', pass * MINUTE)) continue;
    turns.push(pass);
    pace.scanned('r.io/a', outcome(pass), pass * MINUTE);
  }
  return turns;
}

for (const code of ['REGISTRY_RATE_LIMIT', 'REGISTRY_UNREACHABLE', 'REGISTRY_FAILED', 'TIMEOUT'] as const) {
  test(`${code} again and again: asked less and less, but once in 15 minutes`, () => {
    assert.deepEqual(
      asked(64, () => failing(code)),
      [0, 1, 3, 7, 15, 30, 45, 60],
    );
  });
}

test('one success, and it is asked each pass again', () => {
  const end = (pass: number) => (pass < 7 ? failing('REGISTRY_FAILED') : GOOD);
  assert.deepEqual(asked(11, end), [0, 1, 3, 7, 8, 9, 10]);
});

test('what a person may be mending is asked each pass', () => {
  for (const code of ['REGISTRY_AUTH', 'NOT_FOUND'] as const) {
    assert.deepEqual(
      asked(4, () => failing(code)),
      [0, 1, 2, 3],
    );
  }
});

test('where the host leaves few requests its repositories take turns until there are more', () => {
  const spacing = { milliseconds: 2 * MINUTE, until: 7 * MINUTE };
  const end = (pass: number) => (pass < 7 ? { ...GOOD, spacing, sharers: 3 } : GOOD);
  assert.deepEqual(asked(9, end), [0, 6, 7, 8]);
});

test('somebody who tells of news goes before all that', () => {
  const pace = createPace(MINUTE);
  pace.scanned('r.io/a', failing('TIMEOUT'), 0);
  pace.scanned('r.io/a', failing('TIMEOUT'), 0);
  assert.equal(pace.isDue('r.io/a', 1), false);
  pace.hasten(['r.io/a']);
  assert.equal(pace.isDue('r.io/a', 1), true);
});
