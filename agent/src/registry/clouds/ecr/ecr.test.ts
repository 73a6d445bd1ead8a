import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePlace } from '../../place.ts';
import type { EcrApi } from './api.ts';
import { createEcr } from './ecr.ts';

const HOST = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const HOUR = 3_600_000;
const { signal } = new AbortController();

/** An API that may describe the images of these repositories only, and its registry at a time that `wait` moves. */
function open(allowed: Set<string>) {
  let now = 0;
  const asked: string[] = [];
  const api: EcrApi = {
    token: async () => assert.fail('no login is needed'),
    async images(_, repository) {
      asked.push(repository);
      if (!allowed.has(repository)) throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
      return { images: [{ tags: ['1.0.0'], digest: `sha256:${'0'.repeat(64)}` }], next: undefined };
    },
    close: () => undefined,
  };
  const scope = { regions: [], includeIds: [], excludeIds: [] };
  const ecr = createEcr(api, scope, { now: () => now, sleep: async () => undefined });
  return {
    asked,
    wait(milliseconds: number) {
      now += milliseconds;
    },
    list: async (repository: string) => (await ecr.list?.(parsePlace(`${HOST}/${repository}`), signal))?.tags.size,
  };
}

test('where the images of one repository may not be described, those of others are', async () => {
  const { list, asked } = open(new Set(['shop/search']));
  assert.deepEqual(
    [await list('shop/cart'), await list('shop/search'), await list('shop/cart')],
    [undefined, 1, undefined],
  );
  assert.deepEqual(asked, ['shop/cart', 'shop/search']);
});

test('a right that is given later counts within the hour', async () => {
  const allowed = new Set<string>();
  const { list, wait } = open(allowed);
  assert.equal(await list('shop/cart'), undefined);
  allowed.add('shop/cart');
  wait(HOUR);
  assert.equal(await list('shop/cart'), 1);
});
