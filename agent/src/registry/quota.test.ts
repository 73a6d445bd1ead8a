import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Headers, type Quota, readQuota, spacingOf } from './quota.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const HOUR = 3600_000;

const cases: [what: string, headers: Headers, expected: Quota | undefined][] = [
  ['nothing', {}, undefined],
  [
    "Docker Hub's",
    { 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' },
    { limit: 100, remaining: 76, resetIn: 6 * HOUR },
  ],
  [
    'the three older headers',
    { 'ratelimit-limit': '60', 'ratelimit-remaining': '3', 'ratelimit-reset': '30' },
    { limit: 60, remaining: 3, resetIn: 30_000 },
  ],
  [
    'the three with X- and a date',
    { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 90) },
    { limit: 60, remaining: 0, resetIn: 90_000 },
  ],
  [
    'a date that is over',
    { 'ratelimit-remaining': '0', 'ratelimit-reset': String(NOW / 1000 - 90) },
    { remaining: 0, resetIn: 0 },
  ],
  ['one field', { ratelimit: '"default";r=50;t=30' }, { remaining: 50, resetIn: 30_000 }],
  [
    'one field with its policy',
    { ratelimit: '"default";r=50;t=30', 'ratelimit-policy': '"burst";q=5;w=1, "default";q=100;w=60' },
    { limit: 100, remaining: 50, resetIn: 30_000 },
  ],
  [
    'a policy without the time, which has the window',
    { ratelimit: '"default";r=5', 'ratelimit-policy': '"default";q=100;w=60' },
    { limit: 100, remaining: 5, resetIn: 60_000 },
  ],
  [
    'of several the tightest',
    { ratelimit: '"burst";r=9;t=1, "day";r=2;t=7200', 'ratelimit-policy': '"burst";q=10;w=1, "day";q=500;w=86400' },
    { limit: 500, remaining: 2, resetIn: 2 * HOUR },
  ],
  [
    'the field with names',
    { ratelimit: 'limit=100, remaining=5, reset=50' },
    { limit: 100, remaining: 5, resetIn: 50_000 },
  ],
  ['a header that comes twice', { 'ratelimit-remaining': ['4;w=60', '9;w=60'] }, { remaining: 4, resetIn: 60_000 }],
  ['less than nothing', { 'ratelimit-remaining': '-5;w=60' }, undefined],
  ['no number', { 'ratelimit-remaining': 'many;w=60', 'ratelimit-limit': 'NaN' }, undefined],
  ['infinity', { 'ratelimit-remaining': '1e309;w=60' }, undefined],
  ['a number without end', { 'ratelimit-remaining': '9'.repeat(400), 'ratelimit-reset': '1' }, undefined],
  ['a window of ages', { 'ratelimit-remaining': '0;w=999999999' }, undefined],
  ['no window at all', { 'ratelimit-remaining': '0' }, undefined],
  ['rubbish', { ratelimit: ';;==,,"";r=;t=', 'ratelimit-policy': '\u0000' }, undefined],
];

for (const [what, headers, expected] of cases) {
  test(`the quota of an answer is read: ${what}`, () => assert.deepEqual(readQuota(headers, NOW), expected));
}

const spacings: [quota: Quota, expected: number][] = [
  [{ limit: 100, remaining: 76, resetIn: 6 * HOUR }, 0],
  [{ limit: 100, remaining: 20, resetIn: HOUR }, 0],
  [{ limit: 100, remaining: 10, resetIn: HOUR }, 360_000],
  [{ limit: 100, remaining: 10, resetIn: 6 * HOUR }, 900_000],
  [{ limit: 100, remaining: 0, resetIn: 30_000 }, 30_000],
  [{ limit: 0, remaining: 0, resetIn: 30_000 }, 30_000],
  [{ limit: 3, remaining: 1, resetIn: 30_000 }, 0],
  [{ remaining: 20, resetIn: HOUR }, 0],
  [{ remaining: 10, resetIn: 10_000 }, 1000],
  [{ remaining: 0, resetIn: 0 }, 0],
];

for (const [quota, expected] of spacings) {
  test(`with ${JSON.stringify(quota)} requests are ${expected} ms apart`, () =>
    assert.equal(spacingOf(quota), expected));
}
