import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import { createJobs } from './jobs.ts';

const SIGNAL = new AbortController().signal;

function jobs() {
  let id = 0;
  const clock = { now: 0 };
  return { clock, jobs: createJobs({ newId: () => `job-${++id}`, now: () => new Date(clock.now) }) };
}

test('a job runs, and whoever waits sees its end', async () => {
  const { jobs: list } = jobs();
  const gate = Promise.withResolvers<void>();
  const { id, state } = list.start('sync', undefined, async () => {
    await gate.promise;
    return { revision: 'a' };
  });
  assert.equal(state, 'running');
  assert.equal((await list.wait(id, 1, SIGNAL))?.state, 'running', 'at the deadline as it is');
  assert.equal((await list.wait(id, 60_000, AbortSignal.abort()))?.state, 'running', 'who goes away does not wait');
  gate.resolve();
  const ended = await list.wait(id, 60_000, SIGNAL);
  assert.deepEqual([ended?.state, ended?.revision], ['succeeded', 'a']);
  assert.equal(await list.wait('unknown', 1, SIGNAL), undefined);
});

test('a job fails by an error, by an error among its problems and by a failed outcome, not by a warning', async () => {
  const { jobs: list } = jobs();
  const problem = { code: 'INTERNAL', message: 'x' } as const;
  const cases = [
    { run: () => Promise.reject(new WeavefluxError('NOT_FOUND', 'no such thing')), state: 'failed' },
    { run: async () => ({ problems: [{ ...problem, severity: 'error' as const }] }), state: 'failed' },
    { run: async () => ({ problems: [{ ...problem, severity: 'warning' as const }] }), state: 'succeeded' },
    {
      run: async () => ({ outcomes: [{ subject: 'a', name: 'a', result: 'failed' as const, message: '' }] }),
      state: 'failed',
    },
  ];
  for (const { run, state } of cases) {
    const { id } = list.start('changes', undefined, run);
    assert.equal((await list.wait(id, 60_000, SIGNAL))?.state, state);
  }
});

test('the same key is the same job for an hour', () => {
  const { jobs: list, clock } = jobs();
  const start = (key: string | undefined) => list.start('changes', key, async () => ({})).id;
  const first = start('key');
  assert.equal(start('key'), first);
  assert.notEqual(start('other'), first);
  assert.notEqual(start(undefined), first);
  clock.now = 3_600_001;
  assert.notEqual(start('key'), first);
});

test('the oldest of many jobs are forgotten, those that still run are not', async () => {
  const { jobs: list } = jobs();
  const gate = Promise.withResolvers<void>();
  const running = list.start('sync', undefined, async () => {
    await gate.promise;
    return {};
  });
  const early = list.start('sync', undefined, async () => ({}));
  for (let index = 0; index < 300; index++) {
    const { id } = list.start('sync', undefined, async () => ({}));
    await list.wait(id, 60_000, SIGNAL);
  }
  assert.equal(list.get(early.id), undefined);
  assert.equal(list.get(running.id)?.state, 'running');
  gate.resolve();
});
