import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WeavefluxError } from '@weaveflux/shared';
import type { RegistryClient } from './client.ts';
import { parsePlace } from './place.ts';
import { type Before, listTags } from './tag-list.ts';
import type { Answer } from './transport.ts';

const TARGET = { place: parsePlace('r.io/team/app'), credentials: [] };
const COLD: Before = { count: 0, etag: undefined, checkEnd: true };

function tagsUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `t${String(index).padStart(6, '0')}`);
}

/** A registry that gives at most `cap` tags whatever is asked for, and says nothing of there being more. */
function cutting(tags: readonly string[], cap: number, ignores: readonly ('n' | 'last')[] = []) {
  let requests = 0;
  const client: RegistryClient = {
    async ask({ target }) {
      requests += 1;
      const url = new URL(String(target), 'https://r.io');
      const n = ignores.includes('n') ? cap : Math.min(cap, Number(url.searchParams.get('n')));
      const last = ignores.includes('last') ? '' : (url.searchParams.get('last') ?? '');
      const page = tags.filter((tag) => tag > last).slice(0, n);
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ tags: page })), url } satisfies Answer;
    },
  };
  async function list(before: Before) {
    requests = 0;
    const found = await listTags(client, TARGET, before, AbortSignal.timeout(10_000));
    return { found: found?.tags.size, requests };
  }
  return list;
}

const whole: [what: string, tags: number, cap: number, before: Before, requests: number][] = [
  ['a page that is not full', 37, 1000, COLD, 1],
  ['a registry that cuts at 100', 250, 100, COLD, 4],
  ['a registry that cuts at 1000', 2500, 1000, COLD, 4],
  [
    'a registry that cuts at 1000 and has more than that was known',
    2500,
    1000,
    { ...COLD, count: 2500, checkEnd: false },
    3,
  ],
  ['one tag more than the cut, at the check', 101, 100, { ...COLD, count: 100 }, 2],
  ['a cut of an odd size, once more was known', 260, 77, { ...COLD, count: 200, checkEnd: false }, 4],
  ['a registry that gives all that is asked for', 1500, 100_000, { ...COLD, count: 1500, checkEnd: false }, 1],
];

for (const [what, tags, cap, before, requests] of whole) {
  test(`all tags are listed without Link: ${what}`, async () => {
    const list = cutting(tagsUpTo(tags), cap);
    assert.deepEqual(await list(before), { found: tags, requests });
  });
}

test('a registry that ignores n and last gives all at once, and is asked on once', async () => {
  const list = cutting(tagsUpTo(1000), 1000, ['n', 'last']);
  assert.deepEqual(await list(COLD), { found: 1000, requests: 2 });
});

test('tags that were deleted are found to be by asking once for what may have been cut', async () => {
  const list = cutting(tagsUpTo(30), 1000);
  assert.deepEqual(await list({ ...COLD, count: 40, checkEnd: false }), { found: 30, requests: 2 });
});

test('a registry that refuses to go on where it named no next page has given all', async () => {
  const tags = tagsUpTo(100);
  const client: RegistryClient = {
    async ask({ target }) {
      const url = new URL(String(target), 'https://r.io');
      if (url.searchParams.has('last')) throw new WeavefluxError('INVALID_REQUEST', 'no');
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ tags })), url };
    },
  };
  const found = await listTags(client, TARGET, COLD, AbortSignal.timeout(10_000));
  assert.equal(found?.tags.size, 100);
});

/** A registry whose one page is what `tags` holds when it is asked, and how often it was. */
function holding(tags: string[], headers: Record<string, string> = {}) {
  const asked: string[] = [];
  const client: RegistryClient = {
    async ask({ target }) {
      asked.push(String(target));
      const url = new URL(String(target), 'https://r.io');
      const last = url.searchParams.get('last');
      const page = tags.filter((tag) => tag > (last ?? ''));
      return {
        status: 200,
        headers: last === null ? headers : {},
        body: Buffer.from(JSON.stringify({ tags: page })),
        url,
      };
    },
  };
  return { asked, list: (before: Before) => listTags(client, TARGET, before, AbortSignal.timeout(10_000)) };
}

test('a page that is what it was is no news, and one that has another tag is', async () => {
  const tags = ['1', '2'];
  const { list, asked } = holding(tags);
  const found = await list({ count: 0, etag: undefined, checkEnd: false });
  const before: Before = { count: 2, etag: undefined, page: found?.page, checkEnd: false };
  assert.deepEqual([await list(before), asked.length], [undefined, 2]);
  tags.push('3');
  assert.deepEqual([...((await list(before))?.tags ?? [])], ['1', '2', '3']);
});

test('a page that is what it was, but may have been cut, is asked on for', async () => {
  const tags = tagsUpTo(100);
  const { list, asked } = holding(tags);
  const found = await list(COLD);
  asked.length = 0;
  assert.equal((await list({ count: 100, etag: undefined, page: found?.page, checkEnd: true }))?.tags.size, 100);
  assert.equal(asked.length, 2);
});

test('a page that is what it was, but names a next one, is followed', async () => {
  const { list } = holding(['1', '2']);
  const found = await list({ count: 0, etag: undefined, checkEnd: false });
  const linked = holding(['1', '2'], { link: '</v2/team/app/tags/list?last=2>; rel="next"' });
  await linked.list({ count: 2, etag: undefined, page: found?.page, checkEnd: false });
  assert.equal(linked.asked.length, 2);
});
