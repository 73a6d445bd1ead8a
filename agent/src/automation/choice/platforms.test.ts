import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runsOn } from './platforms.ts';

const CASES: readonly (readonly [platforms: readonly string[], wanted: string, runs: boolean])[] = [
  [['linux/amd64'], 'linux/amd64', true],
  [['linux/amd64'], 'linux/arm64', false],
  [['linux/amd64', 'linux/arm64/v8'], 'linux/arm64', true],
  [['linux/arm64'], 'linux/arm64/v8', true],
  [['linux/arm/v6'], 'linux/arm/v7', true],
  [['linux/arm/v7'], 'linux/arm/v6', false],
  [['windows/amd64'], 'linux/amd64', false],
  [[], 'linux/arm64', true],
];

for (const [platforms, wanted, runs] of CASES) {
  test(`an image for ${platforms.join(', ') || 'nothing it tells of'} ${runs ? 'runs' : 'does not run'} on ${wanted}`, () => {
    assert.equal(runsOn(platforms, wanted), runs);
  });
}
