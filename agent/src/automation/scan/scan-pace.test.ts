import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, type Problem, WeavefluxError } from '@weaveflux/shared';
import type { Registry } from '../../registry/types.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { createScanner } from './scan.ts';

const SUBJECT = subjectIn(workloadText('web', 'example.org/web:1.0.0', { 'weaveflux.dev/automated': 'true' }));
const MINUTE = 60_000;

/** A scanner that passes once a minute, of a registry that has two tags and this problem. */
function scannerOf(problem: Problem | undefined) {
  let minute = 0;
  let asked = 0;
  const scan = { tags: [{ tag: '1.0.0' }, { tag: '1.1.0' }], scannedAt: 'before', ...(problem && { problem }) };
  const registry: Registry = {
    requests: { total: 0, rateLimitWaits: 0 },
    async scan() {
      asked += 1;
      return scan;
    },
    describe: async (_, tags) => tags.map((tag) => ({ tag })),
    known: () => scan,
  };
  const pullSecrets = async () => {
    throw new WeavefluxError('FORBIDDEN', 'Secrets may not be read.');
  };
  const target = { pullSecrets } as unknown as Parameters<typeof createScanner>[0]['target'];
  const now = () => new Date(minute * MINUTE);
  const scanner = createScanner({ target, now }, registry, { interval: MINUTE });
  return {
    scanner,
    async pass() {
      const [decided] = await scanner.decideAll([SUBJECT], [], AbortSignal.timeout(10_000));
      minute += 1;
      return { asked, message: decided?.problem?.message, tags: decided?.tags().length };
    },
  };
}

test('a repository that is left alone for a while keeps its tags and the same reason, until somebody tells of news', async () => {
  const { scanner, pass } = scannerOf(failure('REGISTRY_FAILED', 'example.org answered 500.'));
  const message = 'example.org answered 500. Secrets may not be read.';
  const passes = [await pass(), await pass(), await pass(), await pass(), await pass()];
  assert.deepEqual(
    passes,
    [1, 2, 2, 3, 3].map((asked) => ({ asked, message, tags: 2 })),
  );
  scanner.hasten(['example.org/web']);
  assert.equal((await pass()).asked, 4);
});

test('a repository that answers is asked each pass', async () => {
  const { pass } = scannerOf(undefined);
  await pass();
  await pass();
  assert.deepEqual(await pass(), { asked: 3, message: undefined, tags: 2 });
});

test('nothing is chosen before all tags could be read, where the host stops to answer in between', async () => {
  const subject = subjectIn(
    workloadText('web', 'example.org/web:a', { 'weaveflux.dev/automated': 'true', 'weaveflux.dev/tag.app': 'newest:' }),
  );
  const problem = failure('REGISTRY_RATE_LIMIT', 'example.org allows no more requests until 17:05 UTC.');
  const scan = { tags: [{ tag: 'a' }, { tag: 'b' }, { tag: 'c' }], scannedAt: 'now' };
  const registry: Registry = {
    requests: { total: 0, rateLimitWaits: 0 },
    scan: async () => scan,
    describe: async (_, tags) =>
      tags.map((tag) =>
        tag === 'c' ? { tag } : { tag, digest: tag, created: `2026-01-0${tag === 'a' ? 1 : 2}T00:00:00Z` },
      ),
    known: () => ({ ...scan, problem }),
  };
  const target = { pullSecrets: async () => [] } as unknown as Parameters<typeof createScanner>[0]['target'];
  const scanner = createScanner({ target, now: () => new Date(0) }, registry);
  const [decided] = await scanner.decideAll([subject], [], AbortSignal.timeout(10_000));
  assert.equal(decided?.decision.to, undefined);
  assert.equal(decided?.problem?.message, problem.message);
});
