import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { request } from 'undici';
import type { ApiServer } from '../listener.ts';
import { startMachineApi } from '../machine.ts';
import { createMemoryService, type MemoryService } from '../testing/memory-service.ts';

const SECRET = 'a-secret-of-hooks';

const service: MemoryService = createMemoryService();
let secret: string | undefined;
let works: boolean;
let api: ApiServer;

before(async () => {
  const door = {
    ...service,
    secret: async () => secret,
    noticed: (notice: Parameters<MemoryService['noticed']>[0]) => (works ? service.noticed(notice) : undefined),
  };
  api = await startMachineApi({ service: door, listen: '127.0.0.1:0' });
});
after(() => api.close(0));
beforeEach(() => {
  secret = SECRET;
  works = true;
  service.controls.calls.length = 0;
});

async function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await request(`http://${api.address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.statusCode, text: await response.body.text() };
}

const KNOWN = { authorization: `Bearer ${SECRET}` };
const PUSH = {
  events: [
    { action: 'push', target: { repository: 'shop/cart', tag: '1.5.0' }, request: { host: 'registry:5000' } },
    { action: 'push', target: { repository: 'shop/layers', digest: 'sha256:1' } },
    { action: 'pull', target: { repository: 'shop/other', tag: '1' } },
  ],
};

const noticed = () => service.controls.calls.map(({ request: notice }) => notice);

test('a push that the registry tells of is looked up, pulls and layers are not', async () => {
  const type = { 'content-type': 'application/vnd.docker.distribution.events.v1+json' };
  const { status, text } = await post('/hooks/registry', PUSH, { ...KNOWN, ...type });
  assert.deepEqual([status, JSON.parse(text)], [202, { images: ['registry.example.com/shop/cart'], git: false }]);
  assert.deepEqual(noticed(), [{ images: [{ repository: 'shop/cart' }], git: false }]);
});

test('images are named as they are written, tags are left aside', async () => {
  await post('/api/v1/notify', { images: ['ghcr.io/you/cart:1.5.0', 'nginx'], git: true });
  const images = [
    { registry: 'ghcr.io', repository: 'you/cart' },
    { registry: 'index.docker.io', repository: 'library/nginx' },
  ];
  assert.deepEqual(noticed(), [{ images, git: true }]);
});

for (const [name, body, notice] of [
  ['git', { Kind: 'git', Source: { URL: 'git@x:y', Branch: 'main' } }, { images: [], git: true }],
  [
    'an image by name',
    { Kind: 'image', Source: { Name: 'quay.io/you/cart' } },
    { images: [{ registry: 'quay.io', repository: 'you/cart' }], git: false },
  ],
  [
    'an image in parts',
    { Kind: 'image', Source: { Name: { Domain: 'quay.io', Image: 'you/cart' } } },
    { images: [{ registry: 'quay.io', repository: 'you/cart' }], git: false },
  ],
] as const) {
  test(`Flux v1's notify tells of ${name}`, async () => {
    assert.equal((await post('/api/flux/v11/notify', body)).status, 202);
    assert.deepEqual(noticed(), [notice]);
  });
}

test('Flux v1’s client does not say that it sends JSON; no other message, and no page, may leave that out', async () => {
  const untyped = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const body = Buffer.from('{"Kind":"git"}');
    const response = await request(`http://${api.address}${path}`, { method: 'POST', headers, body });
    await response.body.dump();
    return response.statusCode;
  };
  assert.equal(await untyped('/api/flux/v11/notify'), 202);
  assert.equal(await untyped('/api/flux/v11/notify', { origin: 'https://evil.example.com' }), 401);
  assert.equal(await untyped('/api/v1/notify'), 415);
  assert.equal(await untyped('/hooks/registry', KNOWN), 415);
});

test('a registry must know the secret; who notifies from this machine need not', async () => {
  assert.equal((await post('/hooks/registry', PUSH)).status, 401);
  assert.equal((await post('/hooks/registry', PUSH, { authorization: 'Bearer wrong' })).status, 401);
  assert.equal((await post('/api/v1/notify', { git: true })).status, 202);
  assert.equal((await post('/api/v1/notify', { git: true }, { 'x-forwarded-for': '203.0.113.9' })).status, 401);
  assert.equal(noticed().length, 1);
});

test('without a secret nobody outside is let in, and the answer says what to do', async () => {
  secret = undefined;
  const { status, text } = await post('/hooks/registry', PUSH, KNOWN);
  assert.equal(status, 403);
  assert.match(text, /--hook-secret-file/);
  assert.equal((await post('/hooks/registry', PUSH, { authorization: 'Bearer ' })).status, 403);
});

test('what is no message is refused in one sentence', async () => {
  for (const [path, body, says] of [
    ['/hooks/registry', '{"events":', /not JSON/],
    ['/hooks/registry', { events: {} }, /not what is expected here: events/],
    ['/api/v1/notify', { images: ['no image!'] }, /names no image; send it as/],
    ['/api/v1/notify', { image: 'typing error' }, /not what is expected here: images and git/],
    ['/api/flux/v11/notify', { Kind: 'chart' }, /Kind .*git.*image/],
  ] as const) {
    const { status, text } = await post(path, body, KNOWN);
    assert.equal(status, 400, text);
    assert.match(text, says);
  }
  assert.equal((await post('/hooks/registry', `{"events":[${' '.repeat(2 ** 20)}]}`, KNOWN)).status, 413);
  assert.deepEqual(noticed(), []);
});

test('a standby asks to be told again', async () => {
  works = false;
  assert.equal((await post('/hooks/registry', PUSH, KNOWN)).status, 503);
});
