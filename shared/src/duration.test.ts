import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, parseDuration } from './duration.ts';

const durations: [text: string, milliseconds: number, shown: string][] = [
  ['0', 0, '0s'],
  ['0s', 0, '0s'],
  ['30s', 30_000, '30s'],
  ['5m', 300_000, '5m'],
  ['300ms', 300, '300ms'],
  ['1h30m', 5_400_000, '1h30m'],
  ['1h0m5s', 3_605_000, '1h5s'],
  ['90m', 5_400_000, '1h30m'],
  ['1.5h', 5_400_000, '1h30m'],
  ['.5s', 500, '500ms'],
  ['1.s', 1000, '1s'],
  ['1500ms', 1500, '1.5s'],
  ['2us', 0.002, '0.002ms'],
  ['2µs', 0.002, '0.002ms'],
  ['24h', 86_400_000, '24h'],
  ['-2m', -120_000, '-2m'],
  ['+2m', 120_000, '2m'],
];

for (const [text, milliseconds, shown] of durations) {
  test(`${text} is ${milliseconds} ms`, () => {
    assert.equal(parseDuration(text), milliseconds);
    assert.equal(formatDuration(milliseconds), shown);
    assert.equal(parseDuration(shown), milliseconds);
  });
}

for (const text of ['', '5', 's', '5 m', '5d', '1h30', '1,5h', '1..5s', 'h1', '-', '5m\n']) {
  test(`"${text}" is refused with what it takes`, () => {
    assert.throws(() => parseDuration(text), { code: 'INVALID_REQUEST', message: /is no duration; write/ });
  });
}
