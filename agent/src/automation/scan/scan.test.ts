import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, type Tag, WeavefluxError } from '@weaveflux/shared';
import type { ImageRepository, Registry, Scan } from '../../registry/types.ts';
import { subjectIn, workloadText } from '../testing.ts';
import { createScanner } from './scan.ts';

const AUTOMATED = { 'weaveflux.dev/automated': 'true' };
const SUBJECT = subjectIn(workloadText('web', 'example.org/web:a', AUTOMATED));
const DATED: Readonly<Record<string, Tag>> = {
  a: { tag: 'a', created: '2026-01-01T00:00:00Z', digest: 'sha256:a' },
  b: { tag: 'b', created: '2026-01-02T00:00:00Z', digest: 'sha256:b' },
};

test('tags are described until the policy can decide; one that cannot be read takes no part', async () => {
  const asked: string[][] = [];
  const registry = registryWith({
    scan: { tags: [{ tag: 'a' }, { tag: 'b' }, { tag: 'broken' }], scannedAt: 'now' },
    describe: (tags) => asked.push([...tags]),
  });
  const [decided] = await decide(registry, async () => ['{}']);
  assert.equal(decided?.decision.state, 'update');
  assert.equal(decided?.decision.to, 'example.org/web:b');
  assert.deepEqual(
    asked.map((tags) => tags.sort()),
    [['a', 'b', 'broken']],
  );
});

test('a tag of which only its platforms cannot be read is asked about once, and is not released', async () => {
  const asked: string[][] = [];
  const registry = registryWith({
    scan: { tags: Object.values(DATED), scannedAt: 'now' },
    describe: (tags) => asked.push([...tags]),
  });
  const annotations = { ...AUTOMATED, 'weaveflux.dev/platform.app': 'linux/arm64' };
  const subject = subjectIn(workloadText('web', 'example.org/web:a', annotations));
  const scanner = createScanner({ target: noSecrets(), now }, registry);
  const [decided] = await scanner.decideAll([subject], [], AbortSignal.timeout(10_000));
  assert.equal(decided?.decision.state, 'no-match');
  assert.deepEqual(asked, [['b', 'a']]);
});

test('a registry that was never reached is named as the reason, with why credentials are missing', async () => {
  const problem = failure('REGISTRY_AUTH', 'example.org refuses.');
  const registry = registryWith({ scan: { tags: [], scannedAt: 'now', problem } });
  const [decided] = await decide(registry, async () => {
    throw new WeavefluxError('FORBIDDEN', 'Secrets may not be read.');
  });
  assert.equal(decided?.decision.state, 'not-scanned');
  assert.equal(decided?.decision.reason, 'example.org refuses. Secrets may not be read.');
});

test('what was deleted in the registry is never chosen', async () => {
  const tags = [DATED.a, DATED.b].filter((tag) => tag !== undefined);
  const gone = { tags, scannedAt: 'now', deleted: new Map([['b', 'now']]) };
  const registry = registryWith({ scan: gone });
  const [decided] = await createScanner({ target: noSecrets(), now }, registry).decideKnown([SUBJECT], []);
  assert.equal(decided?.decision.state, 'current');
});

test('what no policy may change is asked nothing about, and is decided anew when another list is known', async () => {
  let asked = 0;
  let scan: Scan | undefined;
  const registry: Registry = {
    ...registryWith({ scan: { tags: [], scannedAt: 'never' } }),
    async scan() {
      asked += 1;
      return { tags: [], scannedAt: 'now' };
    },
    known: () => scan,
  };
  const plain = subjectIn(workloadText('web', 'example.org/web:1.0.0', {}));
  const scanner = createScanner({ target: noSecrets(), now }, registry);
  const chosen = async () => {
    const [decided] = await scanner.decideAll([plain], [], AbortSignal.timeout(10_000));
    return decided?.decision.chosen?.tag;
  };
  assert.equal(await chosen(), undefined);
  scan = { tags: [{ tag: '1.0.0' }, { tag: '1.1.0' }], scannedAt: '1' };
  assert.equal(await chosen(), '1.1.0');
  assert.equal(await chosen(), '1.1.0');
  scan = { tags: [{ tag: '1.2.0' }], scannedAt: '2' };
  assert.equal(await chosen(), '1.2.0');
  assert.equal(asked, 0);
});

function decide(registry: Registry, pullSecrets: () => Promise<readonly string[]>) {
  const scanner = createScanner({ target: noSecrets(pullSecrets), now }, registry);
  return scanner.decideAll([SUBJECT], [], AbortSignal.timeout(10_000));
}

function noSecrets(pullSecrets: () => Promise<readonly string[]> = async () => []) {
  return { pullSecrets } as unknown as Parameters<typeof createScanner>[0]['target'];
}

function now(): Date {
  return new Date('2026-06-01T00:00:00Z');
}

function registryWith(facts: { scan: Scan; describe?: (tags: readonly string[]) => void }): Registry {
  return {
    requests: { total: 0, rateLimitWaits: 0 },
    scan: async (_: ImageRepository) => facts.scan,
    async describe(_, tags) {
      facts.describe?.(tags);
      return tags.map((tag) => DATED[tag] ?? { tag });
    },
    known: () => facts.scan,
  };
}
