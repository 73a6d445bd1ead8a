import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameQuantity } from './quantity.ts';

const SAME: readonly (readonly [string, string])[] = [
  ['1000m', '1'],
  ['0.5', '500m'],
  ['.5', '500m'],
  ['1.', '1'],
  ['1Gi', '1024Mi'],
  ['0.5Gi', '512Mi'],
  ['1e3', '1k'],
  ['1E3', '1000'],
  ['12e-1', '1200m'],
  ['-1', '-1000m'],
  ['1n', '0.000001m'],
  ['8Ei', '9223372036854775808'],
];
const DIFFERENT: readonly (readonly [string, string])[] = [
  ['1', '1m'],
  ['1G', '1Gi'],
  ['1000m', '1001m'],
  ['1', 'one'],
  ['', ''],
  ['.', '.'],
  ['1 Gi', '1Gi'],
  ['1e999999', '1e999999'],
];

for (const [a, b] of SAME)
  test(`${a} is ${b}`, () => {
    assert.ok(isSameQuantity(a, b) && isSameQuantity(b, a));
  });
for (const [a, b] of DIFFERENT)
  test(`"${a}" is not "${b}"`, () => {
    assert.ok(!isSameQuantity(a, b) && !isSameQuantity(b, a));
  });
