import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request } from 'undici';
import type { ApiServer } from './listener.ts';
import { startMachineApi } from './machine.ts';
import { createMemoryService } from './testing/memory-service.ts';

const service = createMemoryService();
let api: ApiServer;

before(async () => {
  api = await startMachineApi({
    service: { ...service, secret: async () => undefined, notReady: () => service.notReady() },
    listen: '127.0.0.1:0',
  });
});
after(() => api.close(0));

async function get(path: string, method: 'GET' | 'POST' = 'GET') {
  const response = await request(`http://${api.address}${path}`, { method });
  return { status: response.statusCode, text: await response.body.text(), type: response.headers['content-type'] };
}

test('it lives whatever it waits for', async () => {
  service.controls.notReady = ['Git was not reached for 10m.'];
  assert.equal((await get('/healthz')).status, 200);
});

test('it is ready when nothing speaks against it, and says what does', async () => {
  service.controls.notReady = [];
  assert.equal((await get('/readyz')).status, 200);
  service.controls.notReady = ['Git was not reached for 10m.', 'The loop has stood still for 5m.'];
  const { status, text } = await get('/readyz');
  assert.equal(status, 503);
  assert.equal(text, 'Git was not reached for 10m.\nThe loop has stood still for 5m.\n');
});

test('metrics come in the Prometheus text format, to pods that use any name', async () => {
  const response = await request(`http://${api.address}/metrics`, { headers: { host: '10.0.0.7:3031' } });
  assert.match(String(response.headers['content-type']), /^text\/plain; version=0\.0\.4/);
  assert.match(await response.body.text(), /^weaveflux_info/);
});

test('nothing of the API for people is here, and nothing can be changed', async () => {
  assert.equal((await get('/api/v1/status')).status, 404);
  assert.equal((await get('/__proto__')).status, 404);
  assert.equal((await get('/metrics', 'POST')).status, 405);
});
