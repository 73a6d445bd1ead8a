import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wallTime } from './wall-time.ts';

const CASES: readonly [at: string, zone: string, shown: string][] = [
  ['2026-12-01T08:00:00Z', 'Europe/Berlin', '2026-12-01T09:00 (Europe/Berlin)'],
  ['2026-07-01T22:30:00Z', 'Europe/Berlin', '2026-07-02T00:30 (Europe/Berlin)'],
  ['2026-12-01T08:00:00Z', 'UTC', '2026-12-01T08:00 (UTC)'],
  ['2026-12-01T08:00:00Z', 'Europe/Atlantis', '2026-12-01T08:00 (UTC)'],
];

for (const [at, zone, shown] of CASES) {
  test(`${at} is ${shown} by the clock of ${zone}`, () => assert.equal(wallTime(new Date(at), zone), shown));
}
