import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change, ImageStatus } from '@weaveflux/shared';
import { imageStatus } from '../testing/source.ts';
import { isAsSeen } from './as-seen.ts';

function image(container: string, tag: string, more: Partial<ImageStatus> = {}): ImageStatus {
  return imageStatus({
    container,
    image: `r.io/${container}:${tag}`,
    repository: `r.io/${container}`,
    tag,
    ...more,
  });
}

const seen = [image('web', '1'), image('side', '7')];
const release: Change = { kind: 'release', workload: 'apps/Deployment/shop/web', container: 'web', tag: '2' };
const pin: Change = { kind: 'pin', workload: 'shop:deployment/web' };

const cases: { name: string; change: Change; now: ImageStatus[]; expected: boolean }[] = [
  { name: 'nothing moved', change: release, now: seen, expected: true },
  { name: 'another container moved', change: release, now: [image('web', '1'), image('side', '8')], expected: true },
  { name: 'this one moved', change: release, now: [image('web', '1.1'), image('side', '7')], expected: false },
  { name: 'somebody pinned it', change: release, now: [image('web', '1', { pin: {} })], expected: false },
  { name: 'it is gone', change: release, now: [], expected: false },
  { name: 'of a whole workload every container counts', change: pin, now: [image('web', '1')], expected: false },
];

for (const { name, change, now, expected } of cases) {
  test(`as seen: ${name}`, () => assert.equal(isAsSeen([change], seen, now), expected));
}
