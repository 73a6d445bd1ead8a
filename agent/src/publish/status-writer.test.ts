import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { type EnvironmentStatus, type JsonObject, objectAt, WeavefluxError } from '@weaveflux/shared';
import { createOwnEnvironment } from './own-environment.ts';
import { createStatusWriter } from './status-writer.ts';
import { fakeClient, settled } from './testing.ts';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

/** A cluster with an Environment that keeps what `keeps` leaves of a status. */
async function writerOf(options: { missing?: boolean; keeps?: (status: JsonObject) => JsonObject } = {}) {
  let wanted: EnvironmentStatus = { syncState: 'healthy' };
  let status: JsonObject | undefined;
  let version = 1;
  let isMissing = options.missing ?? false;
  let error: WeavefluxError | undefined;
  const warnings: string[] = [];
  const { client, requests } = fakeClient(({ method, body }) => {
    if (error !== undefined && method !== 'GET') return error;
    if (method === 'POST') isMissing = false;
    if (isMissing) return new WeavefluxError('NOT_FOUND', 'not there.');
    if (method === 'PATCH') {
      const sent = objectAt(typeof body === 'object' ? body : {}, ['status']);
      const kept = options.keeps?.(sent) ?? sent;
      if (JSON.stringify(kept) !== JSON.stringify(status)) version += 1;
      status = kept;
    }
    return { metadata: { uid: 'u', resourceVersion: String(version) }, status };
  });
  const own = createOwnEnvironment(client, 'weaveflux', 'shop');
  const closing = new AbortController();
  await own.read(closing.signal);
  const writer = createStatusWriter({
    own,
    compose: () => wanted,
    random: () => 0,
    warn: (message) => void warnings.push(message),
    signal: closing.signal,
  });
  return {
    writer,
    own,
    warnings,
    want(next: EnvironmentStatus) {
      wanted = next;
    },
    fail(next: WeavefluxError | undefined) {
      error = next;
    },
    writes: () => requests.filter(({ method }) => method !== 'GET').map(({ method }) => method),
    async pass(milliseconds: number) {
      mock.timers.tick(milliseconds);
      await settled();
    },
  };
}

test('what is as it should be is not written, however often it is looked at', async () => {
  const { writer, writes, pass } = await writerOf();
  for (let each = 0; each < 5; each++) {
    writer.soon();
    writer.promptly();
    await pass(1_000);
  }
  assert.deepEqual(writes(), ['PATCH']);
});

test('many changes are one write within a second; an important one is written at once', async () => {
  const { writer, writes, want, pass } = await writerOf();
  for (const total of [1, 2, 3]) {
    want({ objects: { total, healthy: 0, progressing: 0, failed: 0, drifted: 0 } });
    writer.soon();
    await pass(100);
  }
  assert.deepEqual(writes(), []);
  await pass(700);
  assert.deepEqual(writes(), ['PATCH']);
  want({ syncState: 'failed' });
  writer.soon();
  writer.promptly();
  await pass(20);
  assert.deepEqual(writes(), ['PATCH', 'PATCH']);
  await pass(2_000);
  assert.equal(writes().length, 2);
});

test('an Environment that is missing is made, then its status is written', async () => {
  const { writer, writes, pass } = await writerOf({ missing: true });
  writer.promptly();
  await pass(20);
  assert.deepEqual(writes(), ['POST', 'PATCH']);
});

test('a cluster that keeps only a part of it is not asked again and again', async () => {
  const { writer, writes, pass } = await writerOf({ keeps: () => ({ url: 'only this' }) });
  for (let each = 0; each < 5; each++) {
    writer.soon();
    await pass(1_000);
  }
  assert.deepEqual(writes(), ['PATCH']);
});

test('a write that fails is tried again; one that is forbidden is said and left for a while', async () => {
  const { writer, writes, fail, warnings, pass } = await writerOf();
  fail(new WeavefluxError('API_UNREACHABLE', 'away'));
  writer.promptly();
  await pass(20);
  assert.equal(writes().length, 1);
  fail(undefined);
  await pass(1_000);
  assert.equal(writes().length, 2, 'without anybody asking again');

  const denied = await writerOf();
  denied.fail(new WeavefluxError('FORBIDDEN', 'The agent may not patch environments.'));
  for (let each = 0; each < 5; each++) {
    denied.writer.promptly();
    await denied.pass(1_000);
  }
  assert.equal(denied.writes().length, 1);
  assert.deepEqual(denied.warnings, ['The agent may not patch environments.']);
  assert.deepEqual(warnings, []);
});

test('what was forbidden is tried again by itself, ever more seldom, as a cluster that starts knows no rights yet', async () => {
  const { writer, writes, fail, pass } = await writerOf();
  fail(new WeavefluxError('FORBIDDEN', 'The agent may not patch environments.'));
  writer.promptly();
  await pass(20);
  await pass(9_000);
  assert.equal(writes().length, 1);
  await pass(1_000);
  assert.equal(writes().length, 2);
  await pass(10_000);
  assert.equal(writes().length, 2);
  fail(undefined);
  await pass(10_000);
  assert.equal(writes().length, 3);
  await pass(600_000);
  assert.equal(writes().length, 3);
});

test('a status that the API refuses is told once, and sent again only when it or the object is another', async () => {
  const { writer, writes, warnings, fail, want, pass } = await writerOf();
  fail(new WeavefluxError('REJECTED', 'The Kubernetes API refused environment/shop: too long.'));
  for (let each = 0; each < 5; each++) {
    writer.soon();
    await pass(10_000);
  }
  assert.deepEqual(writes(), ['PATCH']);
  assert.deepEqual(warnings, ['The Kubernetes API refused environment/shop: too long.']);
  want({ syncState: 'applying' });
  fail(new WeavefluxError('REJECTED', 'The Kubernetes API refused environment/shop: too odd.'));
  writer.soon();
  await pass(10_000);
  assert.deepEqual([writes().length, warnings.length], [2, 1], 'another status is tried, and nothing new is said');
  fail(undefined);
  await pass(120_000);
  await pass(20);
  assert.equal(writes().length, 3, 'after a while it is tried anew');
  await pass(120_000);
  assert.equal(writes().length, 3);
});

test('what the API refuses or drops is no other only because each time it is told since when it is so', async () => {
  const conditions = [{ type: 'Ready', status: 'True' as const, reason: 'Healthy', message: 'Fine.' }];
  const at = (second: number): EnvironmentStatus => ({
    conditions: conditions.map((each) => ({ ...each, lastTransitionTime: `2026-01-01T00:00:0${second}Z` })),
  });
  const refused = await writerOf();
  refused.fail(new WeavefluxError('REJECTED', 'The Kubernetes API refused environment/shop: too long.'));
  const dropped = await writerOf({ keeps: () => ({ url: 'only this' }) });
  for (const { writer, writes, want, pass } of [refused, dropped]) {
    for (let second = 0; second < 5; second++) {
      want(at(second));
      writer.soon();
      await pass(1_000);
    }
    assert.deepEqual(writes(), ['PATCH']);
  }
});

test('an Environment that a policy lets nobody make is asked for once in a while', async () => {
  const { writer, writes, warnings, fail, pass } = await writerOf({ missing: true });
  fail(new WeavefluxError('REJECTED', 'The Kubernetes API refused environment/shop: no.'));
  for (let each = 0; each < 5; each++) {
    writer.promptly();
    await pass(10_000);
  }
  assert.deepEqual(writes(), ['POST']);
  assert.equal(warnings.length, 1);
});

test('where the namespace is not there yet, the object is made soon after it is', async () => {
  const { writer, writes, fail, pass } = await writerOf({ missing: true });
  fail(new WeavefluxError('NOT_FOUND', 'There is no namespace weaveflux.'));
  writer.promptly();
  await pass(100);
  assert.deepEqual(writes(), ['POST']);
  fail(undefined);
  await pass(10_000);
  assert.deepEqual(writes(), ['POST', 'POST', 'PATCH']);
});
