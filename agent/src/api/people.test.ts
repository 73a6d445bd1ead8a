import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { errorResponseSchema, type WeavefluxError } from '@weaveflux/shared';
import { createTokenAuthorizer } from './authorizer.ts';
import type { ApiServer } from './listener.ts';
import { startPeopleApi } from './people.ts';
import { createMemoryService, type MemoryService } from './testing/memory-service.ts';

const TOKEN = 'a-token-for-tests';
const ADA = { name: 'Ada', email: 'ada@example.com' };

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | object;
  readonly token?: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** node:http, because it sends any Host header that it is told. */
async function ask(api: ApiServer, path: string, sent: Sent = {}): Promise<Answer> {
  const token = 'token' in sent ? sent.token : TOKEN;
  const body = typeof sent.body === 'object' ? JSON.stringify(sent.body) : sent.body;
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...sent.headers,
  };
  const request = httpRequest({ host: '127.0.0.1', port: api.port, path, method: sent.method ?? 'GET', headers });
  request.end(body);
  const [response] = await once(request, 'response', { signal: AbortSignal.timeout(30_000) });
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

function errorOf(answer: Answer) {
  return errorResponseSchema.parse(JSON.parse(answer.text)).error;
}

describe('the API for people', () => {
  let service: MemoryService;
  let api: ApiServer;
  /** Waits for nobody for long: what is asked there may be cut off wherever the machine is slow. */
  let hurried: ApiServer;
  const unforeseen: WeavefluxError[] = [];

  before(async () => {
    service = createMemoryService();
    const options = {
      service,
      listen: '127.0.0.1:0',
      authorizer: createTokenAuthorizer(TOKEN),
      version: '0.1.0',
      onError: (error: WeavefluxError) => unforeseen.push(error),
    };
    api = await startPeopleApi(options);
    hurried = await startPeopleApi({ ...options, deadline: 300, limits: { headers: 300, receive: 600 } });
  });
  after(() => Promise.all([api.close(0), hurried.close(0)]));

  describe('who may ask', () => {
    const cases: [string, Sent, number][] = [
      ['no token', { token: undefined }, 401],
      ['a wrong token', { token: 'another-token' }, 401],
      ['the start of the token', { token: TOKEN.slice(0, -1) }, 401],
      ['an empty token', { token: '' }, 401],
      ['the token by another scheme', { token: undefined, headers: { authorization: `Basic ${TOKEN}` } }, 401],
      ['the token', {}, 200],
      ['the name localhost', { headers: { host: 'localhost:3030' } }, 200],
      ['the name [::1]', { headers: { host: '[::1]:3030' } }, 200],
      ['a name rebound to loopback', { headers: { host: 'evil.example.com' } }, 403],
      ['a name that begins like loopback', { headers: { host: '127.0.0.1.evil.example.com' } }, 403],
    ];
    for (const [name, sent, status] of cases) {
      test(`${name}: ${status}`, async () => {
        assert.equal((await ask(api, '/api/v1/status', sent)).status, status);
      });
    }

    test('the token in the address is not taken', async () => {
      assert.equal((await ask(api, `/api/v1/status?token=${TOKEN}`, { token: undefined })).status, 401);
    });

    test('without the token a path that exists looks like one that does not', async () => {
      const known = await ask(api, '/api/v1/jobs/job-1', { token: undefined });
      const unknown = await ask(api, '/nothing', { token: undefined });
      assert.deepEqual([known.status, known.text], [unknown.status, unknown.text]);
    });

    test('only Flux v1’s notify of a program on this machine needs no token', async () => {
      const sent: Sent = { method: 'POST', token: undefined, body: '{"Kind":"git","Source":{}}' };
      const told = await ask(api, '/api/flux/v11/notify', sent);
      assert.deepEqual([told.status, JSON.parse(told.text)], [202, { images: [], git: true }]);
      for (const [path, headers, status] of [
        ['/api/v1/notify', {}, 401],
        ['/api/flux/v11/notify', { origin: 'https://evil.example.com' }, 401],
        ['/api/flux/v11/notify', { 'x-forwarded-for': '203.0.113.9' }, 401],
        ['/api/flux/v11/notify', { host: 'evil.example.com' }, 403],
      ] as const) {
        assert.equal((await ask(api, path, { ...sent, headers })).status, status, JSON.stringify([path, headers]));
      }
    });

    test('no page of another origin is let in', async () => {
      const answer = await ask(api, '/api/v1/status', {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example.com', 'access-control-request-method': 'GET' },
      });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    });
  });

  describe('what it takes', () => {
    const change = { requestedBy: ADA, changes: [{ kind: 'release', workload: 'web' }] };
    const cases: [string, string, Sent, number, RegExp][] = [
      ['an unknown path', '/api/v1/nothing', {}, 404, /nothing at \/api\/v1\/nothing/],
      ['a wrong method', '/api/v1/status', { method: 'DELETE' }, 405, /takes GET, not DELETE/],
      ['an unknown query', '/api/v1/status?verbose=1', {}, 400, /unknown fields: verbose/],
      ['a missing query', '/api/v1/explain', {}, 400, /subject/],
      ['a query twice', '/api/v1/history?limit=1&limit=2', {}, 400, /"limit" twice/],
      ['a number out of bounds', '/api/v1/history?limit=0', {}, 400, /limit/],
      ['a broken duration', '/api/v1/jobs/job-1?wait=soon', {}, 400, /"soon" is no duration/],
      ['a broken percent sign', '/api/v1/objects/%E0%A4', {}, 400, /percent sign/],
      ['a job that is not there', '/api/v1/jobs/job-999', {}, 404, /no job job-999/],
      ['an object that is not there', '/api/v1/objects/absent', {}, 404, /no object absent/],
      ['no JSON', '/api/v1/changes', { method: 'POST', body: '{' }, 400, /not JSON/],
      [
        'another type',
        '/api/v1/sync',
        { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } },
        415,
        /JSON/,
      ],
      ['no wish', '/api/v1/changes', { method: 'POST', body: { requestedBy: ADA, changes: [] } }, 400, /changes/],
      [
        'an unknown kind',
        '/api/v1/changes',
        { method: 'POST', body: { ...change, changes: [{ kind: 'explode', workload: 'web' }] } },
        400,
        /changes\.0\.kind/,
      ],
      [
        'a misspelt option',
        '/api/v1/changes',
        { method: 'POST', body: { ...change, dryrun: true } },
        400,
        /unknown fields: dryrun/,
      ],
      [
        'a misspelt option deep inside',
        '/api/v1/changes',
        { method: 'POST', body: { ...change, changes: [{ ...change.changes[0], Tag: '1' }] } },
        400,
        /changes\.0\.Tag/,
      ],
      [
        'a revision and documents',
        '/api/v1/plan',
        { method: 'POST', body: { revision: 'main', documents: {} } },
        400,
        /documents/,
      ],
      [
        'a body over a mebibyte',
        '/api/v1/changes',
        { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) },
        413,
        /too large/,
      ],
      [
        'a key with a line break',
        '/api/v1/changes',
        { method: 'POST', body: change, headers: { 'idempotency-key': 'a b' } },
        400,
        /Idempotency-Key/,
      ],
    ];
    for (const [name, path, sent, status, message] of cases) {
      test(`${name}: ${status}`, async () => {
        const answer = await ask(api, path, sent);
        assert.equal(answer.status, status, answer.text);
        assert.match(errorOf(answer).message, message);
      });
    }

    test('a body of unknown length is cut off at the limit too', async () => {
      const request = httpRequest({
        host: '127.0.0.1',
        port: api.port,
        path: '/api/v1/changes',
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      });
      request.on('error', () => undefined);
      for (let sent = 0; sent < 24; sent += 1) request.write('x'.repeat(64 * 1024));
      request.end();
      const [response] = await once(request, 'response', { signal: AbortSignal.timeout(30_000) });
      assert.equal(response.statusCode, 413);
      response.destroy();
    });

    test('a body that counts its objects is taken where whole repositories are sent', async () => {
      const documents = { 'a.yaml': `# ${'x'.repeat(2 * 1024 * 1024)}\n` };
      assert.equal((await ask(api, '/api/v1/plan', { method: 'POST', body: { documents } })).status, 200);
    });
  });

  describe('what it answers', () => {
    test('an object whose key has slashes and an empty group', async () => {
      for (const path of ['%2FConfigMap%2Fshop%2Fsettings', '/ConfigMap/shop/settings']) {
        const answer = await ask(api, `/api/v1/objects/${path}`);
        assert.equal(JSON.parse(answer.text).key, '/ConfigMap/shop/settings');
      }
    });

    test('nothing, with 204, where there is nothing to say', async () => {
      const answer = await ask(api, '/api/v1/resume', { method: 'POST', body: { requestedBy: ADA } });
      assert.deepEqual([answer.status, answer.text], [204, '']);
    });

    test('a retry with the same key gets the first job', async () => {
      const body = { requestedBy: ADA, changes: [{ kind: 'release', workload: 'web' }] };
      const post = (key: string) =>
        ask(api, '/api/v1/changes', { method: 'POST', body, headers: { 'idempotency-key': key } });
      const [first, again, other] = [await post('one'), await post('one'), await post('two')];
      assert.equal(first.status, 202);
      assert.equal(JSON.parse(again.text).id, JSON.parse(first.text).id);
      assert.notEqual(JSON.parse(other.text).id, JSON.parse(first.text).id);
    });

    test('a description of every route, whose references all lead somewhere', async () => {
      const { text } = await ask(api, '/api/v1/openapi.json');
      const description = JSON.parse(text);
      assert.equal(description.openapi, '3.1.0');
      assert.deepEqual(Object.keys(description.paths).sort(), [
        '/api/v1/adopt',
        '/api/v1/changes',
        '/api/v1/events',
        '/api/v1/explain',
        '/api/v1/history',
        '/api/v1/identity',
        '/api/v1/images',
        '/api/v1/images/explain',
        '/api/v1/images/tags',
        '/api/v1/jobs/{id}',
        '/api/v1/objects/{key}',
        '/api/v1/openapi.json',
        '/api/v1/plan',
        '/api/v1/resume',
        '/api/v1/status',
        '/api/v1/suspend',
        '/api/v1/sync',
      ]);
      for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
        assert.ok(description.components.schemas[name], `${name} is described`);
      }
      assert.doesNotMatch(text, /"\$defs"|"\$id"/);
    });

    test('an error that was not foreseen is told to the log and not to the caller', async () => {
      const answer = await ask(api, '/api/v1/objects/broken');
      assert.equal(answer.status, 500);
      assert.equal(errorOf(answer).code, 'INTERNAL');
      assert.doesNotMatch(answer.text, /hunter2/);
      assert.match(unforeseen.at(-1)?.message ?? '', /hunter2/);
    });

    test('what never comes is given up at the deadline', async () => {
      const answer = await ask(hurried, '/api/v1/objects/slow');
      assert.equal(answer.status, 504);
      assert.equal(errorOf(answer).code, 'TIMEOUT');
    });
  });

  test('a client that sends its headers too slowly is cut off', async () => {
    const socket = connect(hurried.port, '127.0.0.1');
    socket.write('GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\n');
    const [data] = await once(socket, 'data', { signal: AbortSignal.timeout(30_000) });
    assert.match(String(data), /^HTTP\/1\.1 408 /);
    socket.destroy();
  });

  test('a client that connects and says nothing is cut off', async () => {
    const socket = connect(hurried.port, '127.0.0.1');
    await once(socket.resume(), 'end', { signal: AbortSignal.timeout(30_000) });
    socket.destroy();
  });

  test('a client that sends its body too slowly is cut off', async () => {
    const socket = connect(hurried.port, '127.0.0.1');
    const head = `POST /api/v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${TOKEN}\r\n`;
    socket.write(`${head}Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{`);
    const [data] = await once(socket, 'data', { signal: AbortSignal.timeout(30_000) });
    assert.match(String(data), /^HTTP\/1\.1 408 /);
    socket.destroy();
  });
});

describe('waiting for a job', () => {
  test('the answer comes when the job ends, and at the end of the wait when it does not', async () => {
    const service = createMemoryService({ running: true });
    const api = await startPeopleApi({
      service,
      listen: '127.0.0.1:0',
      authorizer: createTokenAuthorizer(TOKEN),
      version: '0.1.0',
    });
    const { id } = service.sync({});
    const early = await ask(api, `/api/v1/jobs/${id}?wait=10ms`);
    assert.equal(JSON.parse(early.text).state, 'running');
    const waiting = ask(api, `/api/v1/jobs/${id}?wait=30s`);
    service.controls.finish(id, { state: 'succeeded' });
    assert.equal(JSON.parse((await waiting).text).state, 'succeeded');
    await api.close(0);
  });

  test('closing answers who waits and then frees the port', async () => {
    const service = createMemoryService({ running: true });
    const api = await startPeopleApi({
      service,
      listen: '127.0.0.1:0',
      authorizer: createTokenAuthorizer(TOKEN),
      version: '0.1.0',
    });
    const { id } = service.sync({});
    const waiting = ask(api, `/api/v1/jobs/${id}?wait=30s`);
    await ask(api, '/api/v1/status');
    await api.close();
    assert.equal((await waiting).status, 503);
    const next = await startPeopleApi({
      service,
      listen: api.address,
      authorizer: createTokenAuthorizer(TOKEN),
      version: '0.1.0',
    });
    await next.close(0);
  });

  test('an address that is taken or is none is said by its flag', async () => {
    const service = createMemoryService();
    const start = (listen: string) =>
      startPeopleApi({ service, listen, authorizer: createTokenAuthorizer(TOKEN), version: '0.1.0' });
    const api = await start('127.0.0.1:0');
    await assert.rejects(start(api.address), /Cannot listen on .*EADDRINUSE.*--listen/);
    await assert.rejects(start('nonsense'), /--listen got "nonsense"; it takes a loopback address/);
    await assert.rejects(start('0.0.0.0:0'), /--listen got "0\.0\.0\.0:0"; it takes a loopback address/);
    await assert.rejects(start('127.0.0.1:70000'), /--listen got "127\.0\.0\.1:70000"; it takes host:port/);
    await api.close(0);
  });
});
