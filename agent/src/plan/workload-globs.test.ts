import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from '@weaveflux/shared';
import { canFitWorkload, workloadGlobProblems } from './workload-globs.ts';

const fitting: readonly [string, boolean][] = [
  ['shop:deployment/*', true],
  ['shop:*', true],
  ['*:*/cart', true],
  ['**/cart', true],
  ['*', true],
  ['cart', true],
  ['file:Charts/*', true],
  ['kustomization:*', true],
  ['shop:Deployment/cart', false],
  ['Shop:deployment/cart', false],
  ['deployment/cart', false],
  ['deployment/*', false],
];

for (const [glob, expected] of fitting) {
  test(`${glob} can ${expected ? '' : 'not '}fit a workload`, () => assert.equal(canFitWorkload(glob), expected));
}

test('a glob of a window or an approval that can fit no workload is a warning at its line', () => {
  const text = `windows:
  - { deny: 0 0 24 12 *, for: 240h, workloads: ["shop:*", "deployment/cart"] }
images:
  approval:
    - workloads: ["shop:*"]
    - workloads: ["shop:Deployment/cart"]
`;
  const { settings } = parseSettings(text);
  assert.ok(settings);
  const problems = workloadGlobProblems(settings);
  assert.deepEqual(
    problems.map(({ severity, line }) => ({ severity, line })),
    [
      { severity: 'warning', line: 2 },
      { severity: 'warning', line: 6 },
    ],
  );
  assert.match(
    problems[1]?.message ?? '',
    /^The entry of images\.approval names "shop:Deployment\/cart", which fits no/,
  );
});
