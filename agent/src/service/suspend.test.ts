import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Suspension } from '@weaveflux/shared';
import type { Environment } from '../delivery/environment.ts';
import { createMemory } from '../delivery/memory.ts';
import { createSuspensions } from './suspend.ts';

/** An environment whose suspensions lie somewhere that takes a while to read and to write. */
function slowEnvironment() {
  let held: readonly Suspension[] = [];
  const later = () => new Promise((resolve) => setImmediate(resolve));
  const parts: Pick<Environment, 'memory' | 'suspensionStore' | 'emit' | 'now'> = {
    memory: createMemory(),
    suspensionStore: {
      async read() {
        await later();
        return held;
      },
      async write(suspensions) {
        await later();
        held = suspensions;
        return held;
      },
    },
    emit: () => undefined,
    now: () => new Date('2026-11-25T10:00:00Z'),
  };
  return { env: parts as Environment, reasons: () => held.map(({ reason }) => reason).sort() };
}

test('of two who suspend, resume and suspend at once, nobody loses what the other did', async () => {
  const { env, reasons } = slowEnvironment();
  const { signal } = new AbortController();
  const suspensions = createSuspensions(env, signal, () => {});
  env.memory.inventory = new Map(
    ['a', 'b'].map((name) => {
      const id = { group: 'apps', kind: 'Deployment', namespace: 'shop', name };
      return [`apps/Deployment/shop/${name}`, { id, apiVersion: 'apps/v1' }];
    }),
  );
  const suspend = (workload: string) =>
    suspensions.suspend({ workload, reason: workload, requestedBy: { name: 'Ann' } }, signal);
  await Promise.all([suspend('shop:deployment/a'), suspend('shop:deployment/b')]);
  assert.deepEqual(reasons(), ['shop:deployment/a', 'shop:deployment/b']);
  const resumed = suspensions.resume({ workload: 'shop:deployment/a', requestedBy: { name: 'Bob' } }, signal);
  const whole = suspensions.suspend({ reason: 'all', requestedBy: { name: 'Ann' } }, signal);
  await Promise.all([resumed, whole]);
  assert.deepEqual(reasons(), ['all', 'shop:deployment/b']);
  suspensions.stop();
});
