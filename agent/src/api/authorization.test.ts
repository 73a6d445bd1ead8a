import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, describe, type TestContext, test } from 'node:test';
import { errorResponseSchema } from '@weaveflux/shared';
import { createApiClient } from '@weaveflux/shared/node';
import { type Authorizer, unauthorized, type Verb } from './authorizer.ts';
import { HttpError } from './http-error.ts';
import type { ApiServer } from './listener.ts';
import { startPeopleApi } from './people.ts';
import { createMemoryService, type MemoryService } from './testing/memory-service.ts';

const ADA = { name: 'Ada' };

/** Lets in whoever names itself, and lets it do what `rights` say; remembers what was asked for. */
function createGate() {
  const state = {
    rights: new Set<Verb>(),
    asked: [] as (readonly Verb[])[],
    /** When the token ends, by `performance.now()`. */
    end: Number.POSITIVE_INFINITY,
    trouble: undefined as HttpError | undefined,
    looks: 0,
  };
  const authorizer: Authorizer = {
    async authenticate(header) {
      state.looks += 1;
      if (state.trouble !== undefined) throw state.trouble;
      if (header !== 'Bearer me') throw unauthorized('Who are you?');
      return {
        remaining: () => state.end - performance.now(),
        async require(verbs) {
          state.asked.push(verbs);
          const missing = verbs.filter((verb) => !state.rights.has(verb));
          if (missing.length > 0) throw new HttpError(403, 'FORBIDDEN', `You may not ${missing.join()}.`);
        },
      };
    },
  };
  return { ...state, state, authorizer };
}

describe('what each request needs', () => {
  const gate = createGate();
  let service: MemoryService;
  let api: ApiServer;

  before(async () => {
    service = createMemoryService();
    api = await startPeopleApi({ service, listen: '127.0.0.1:0', authorizer: gate.authorizer, version: '0.1.0' });
  });
  after(() => api.close(0));

  async function ask(method: string, path: string, body?: object, accept?: string) {
    const response = await fetch(`${api.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: 'Bearer me',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(accept === undefined ? {} : { accept }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = response.status < 400 && accept === undefined ? '' : await response.text();
    await response.body?.cancel().catch(() => undefined);
    return { status: response.status, text };
  }

  const changes = (...wanted: object[]) => ({
    requestedBy: ADA,
    changes: wanted.map((change) => ({ workload: 'web', ...change })),
  });
  const cases: [string, string, string, object | undefined, readonly Verb[]][] = [
    ['the status', 'GET', 'status', undefined, ['get']],
    ['the images', 'GET', 'images', undefined, ['get']],
    ['an object', 'GET', 'objects/%2FConfigMap%2Fshop%2Fsettings', undefined, ['get']],
    ['the history', 'GET', 'history', undefined, ['get']],
    ['an explanation', 'GET', 'explain?subject=web', undefined, ['get']],
    ['the key', 'GET', 'identity', undefined, ['get']],
    ['the description', 'GET', 'openapi.json', undefined, ['get']],
    ['following events', 'GET', 'events', undefined, ['watch']],
    ['a sync', 'POST', 'sync', {}, ['sync']],
    ['an adoption', 'POST', 'adopt', { requestedBy: ADA, object: 'web' }, ['sync']],
    ['a suspension', 'POST', 'suspend', { requestedBy: ADA, reason: 'rest' }, ['suspend']],
    ['its end', 'POST', 'resume', { requestedBy: ADA }, ['suspend']],
    ['a plan of a revision', 'POST', 'plan', { revision: 'main' }, ['get']],
    ['a plan of documents', 'POST', 'plan', { documents: {} }, ['plan']],
    ['a release', 'POST', 'changes', changes({ kind: 'release' }), ['release']],
    ['an approval', 'POST', 'changes', changes({ kind: 'approve', tag: '2' }), ['release']],
    ['a rollback', 'POST', 'changes', changes({ kind: 'rollback' }), ['release']],
    ['a pin', 'POST', 'changes', changes({ kind: 'pin' }), ['policy']],
    ['a pin at another tag', 'POST', 'changes', changes({ kind: 'pin', tag: '2' }), ['policy', 'release']],
    ['the end of a pin', 'POST', 'changes', changes({ kind: 'unpin' }), ['policy']],
    ['automation', 'POST', 'changes', changes({ kind: 'automate' }), ['policy']],
    ['automation from now', 'POST', 'changes', changes({ kind: 'automate', fromNow: true }), ['policy', 'release']],
    ['no automation', 'POST', 'changes', changes({ kind: 'deautomate' }), ['policy']],
    ['a policy', 'POST', 'changes', changes({ kind: 'policy', container: 'web' }), ['policy']],
    ['both', 'POST', 'changes', changes({ kind: 'release' }, { kind: 'unpin' }), ['release', 'policy']],
  ];
  for (const [name, method, path, body, verbs] of cases) {
    test(`${name} needs ${verbs.join(' and ')}, each of it, before anything is done`, async () => {
      for (const missing of verbs) {
        gate.state.rights = new Set(verbs.filter((verb) => verb !== missing));
        const before = service.controls.calls.length;
        const { status, text } = await ask(method, path, body);
        assert.equal(status, 403);
        assert.equal(errorResponseSchema.parse(JSON.parse(text)).error.message, `You may not ${missing}.`);
        assert.equal(service.controls.calls.length, before);
      }
      gate.state.rights = new Set(verbs);
      const { status } = await ask(method, path, body);
      assert.ok(status < 300, `${status}`);
    });
  }

  test('the list of the last events needs get', async () => {
    gate.state.rights = new Set(['get']);
    assert.equal((await ask('GET', 'events', undefined, 'application/json')).status, 200);
  });

  test('the body of a stranger is not read', async () => {
    const request = httpRequest({ host: '127.0.0.1', port: api.port, path: '/api/v1/plan', method: 'POST' });
    request.on('error', () => undefined);
    // Not a byte of the body is sent, and still the answer comes.
    request.setHeader('content-length', String(1024 * 1024)).flushHeaders();
    const [response] = (await once(request, 'response', { signal: AbortSignal.timeout(30_000) })) as [IncomingMessage];
    assert.equal(response.statusCode, 401);
    assert.equal(response.headers['www-authenticate'], 'Bearer');
    request.destroy();
  });
});

describe('a stream of events', () => {
  async function open(t: TestContext, recheck: number, lifetime = Number.POSITIVE_INFINITY) {
    const gate = createGate();
    gate.state.rights = new Set(['watch']);
    gate.state.end = performance.now() + lifetime;
    const service = createMemoryService();
    const { authorizer } = gate;
    const api = await startPeopleApi({ service, listen: '127.0.0.1:0', authorizer, version: '0.1.0', recheck });
    const request = get(`${api.url}/api/v1/events`, { headers: { authorization: 'Bearer me' } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const ended = once(response.resume(), 'end', { signal: AbortSignal.timeout(30_000) });
    ended.catch(() => undefined);
    t.after(async () => {
      request.destroy();
      await api.close(0);
    });
    return { gate: gate.state, service, api, ended };
  }

  test('ends with the token, although nothing was asked again', async (t) => {
    const { ended, gate } = await open(t, 60_000, 200);
    await ended;
    assert.equal(gate.looks, 1);
  });

  test('ends when the right is taken away', async (t) => {
    const { gate, ended } = await open(t, 10);
    gate.rights = new Set();
    await ended;
  });

  test('ends when the token is no longer accepted', async (t) => {
    const { gate, ended } = await open(t, 10);
    gate.trouble = unauthorized('Who are you?');
    await ended;
  });

  test('goes on while nobody can say whether it may', async (t) => {
    const { gate, service, api } = await open(t, 5);
    const client = createApiClient({ url: api.url, token: async () => 'me' });
    const leaving = new AbortController();
    const items = client.events({ signal: leaving.signal });
    assert.deepEqual((await items.next()).value, { kind: 'reset' });
    gate.trouble = new HttpError(503, 'API_UNREACHABLE', 'The cluster is away.');
    const before = gate.looks;
    const next = items.next();
    while (gate.looks < before + 4) await new Promise((resolve) => setImmediate(resolve));
    service.controls.emit({ message: 'still here' });
    const { value } = await next;
    assert.equal(value?.kind === 'event' && value.event.message, 'still here');
    leaving.abort();
    await items.next();
  });
});
