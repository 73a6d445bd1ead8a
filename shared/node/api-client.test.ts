import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { WeavefluxError } from '../src/errors.ts';
import { createApiClient } from './api-client.ts';
import { HttpConnections } from './http-connections.ts';

/** Serves what an agent would not: the other half of a broken line. */
async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { client: createApiClient({ url, token: async () => 'secret-token' }), url, stop };
}

const JOB = { id: 'job-1', kind: 'changes', state: 'succeeded', outcomes: [], problems: [] };
const CHANGES = { requestedBy: { name: 'Ada' }, changes: [{ kind: 'unpin' as const, workload: 'web' }] };

test('a change whose answer was lost is sent again with the same key', async () => {
  const keys: unknown[] = [];
  const { client, stop } = await serve((request, response) => {
    keys.push(request.headers['idempotency-key']);
    if (keys.length === 1) request.socket.destroy();
    else response.end(JSON.stringify(JOB));
  });
  assert.equal((await client.changes(CHANGES)).id, 'job-1');
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.match(String(keys[0]), /^[\w-]{36}$/);
  await stop();
});

test('a sync whose answer was lost is not sent again', async () => {
  let count = 0;
  const { client, stop } = await serve((request) => {
    count += 1;
    request.socket.destroy();
  });
  await assert.rejects(client.sync({}), { code: 'API_UNREACHABLE' });
  assert.equal(count, 1);
  await stop();
});

test("the agent's own error arrives with its code and place", async () => {
  const error = { severity: 'error', code: 'INVALID_POLICY', message: 'No such policy.', file: 'web.yaml', line: 7 };
  const { client, stop } = await serve((_, response) => response.writeHead(422).end(JSON.stringify({ error })));
  await assert.rejects(client.changes(CHANGES), (thrown: Error & { code?: string; about?: unknown }) => {
    assert.deepEqual([thrown.code, thrown.message], ['INVALID_POLICY', 'No such policy.']);
    assert.deepEqual(thrown.about, { object: undefined, file: 'web.yaml', line: 7 });
    return true;
  });
  await stop();
});

test('images that are as before are the same value, and others another one', async () => {
  const answers = ['[]', '[]', '[ ]'];
  const { client, stop } = await serve((_, response) => void response.end(answers.shift()));
  const first = await client.images();
  assert.equal(await client.images(), first);
  const other = await client.images();
  assert.notEqual(other, first);
  assert.deepEqual(other, first);
  await stop();
});

test('who is no agent is not believed', async () => {
  const { client, stop } = await serve((request, response) => {
    if (request.url?.endsWith('/images')) response.writeHead(502, { 'content-type': 'text/html' }).end('<html>');
    else response.end('{"hello": "world"}');
  });
  await assert.rejects(client.images(), { code: 'API_UNREACHABLE', message: /HTTP 502.*no Weaveflux agent/ });
  await assert.rejects(client.status(), { code: 'NOT_SUPPORTED', message: /use the same version/ });
  await stop();
});

test('an agent that is not there is named by its address, never with the token', async () => {
  const { client, url, stop } = await serve(() => undefined);
  await stop();
  await assert.rejects(client.status(), (thrown: Error & { code?: string }) => {
    assert.equal(thrown.code, 'API_UNREACHABLE');
    assert.equal(thrown.message, `The agent at ${url} does not answer (ECONNREFUSED); is it running?`);
    return true;
  });
});

test('a call ends when its signal is aborted', async () => {
  const controller = new AbortController();
  const { client, stop } = await serve(() => controller.abort());
  await assert.rejects(client.status(controller.signal), { code: 'CANCELLED' });
  await stop();
});

test('an event that a newer agent tells of is passed over, and events cut anywhere are put together', async () => {
  const event = { id: 'b-2', time: 't', type: 'warning', environment: 'e', severity: 'info', message: 'ünlaut' };
  const stream = Buffer.from(
    `: hello\n\nid: b-1\nevent: later-invention\ndata: {"id":"b-1"}\n\nid: b-2\ndata: ${JSON.stringify(event)}\n\n`,
  );
  const { client, stop } = await serve(async (_, response) => {
    for (const byte of stream) if (!response.write(Buffer.from([byte]))) await once(response, 'drain');
  });
  const controller = new AbortController();
  const first = await client.events({ signal: controller.signal }).next();
  assert.deepEqual(first.value, { kind: 'event', event });
  controller.abort();
  await stop();
});

test('who follows the events hears when the stream is lost and when it flows again', async () => {
  const event = { id: 'b-1', time: 't', type: 'warning', environment: 'e', severity: 'info', message: 'm' };
  let count = 0;
  const { client, stop } = await serve((request, response) => {
    count += 1;
    if (count === 2) request.socket.destroy();
    else response.end(count === 1 ? '' : `id: b-1\ndata: ${JSON.stringify(event)}\n\n`);
  });
  const heard: string[] = [];
  const controller = new AbortController();
  const items = client.events({
    signal: controller.signal,
    onOpen: () => heard.push('open'),
    onLost: ({ code }) => heard.push(code),
  });
  assert.deepEqual((await items.next()).value, { kind: 'event', event });
  assert.deepEqual(heard, ['open', 'API_UNREACHABLE', 'open']);
  controller.abort();
  await stop();
});

test('reading and acting are told apart when a token is asked for', async () => {
  const job = JSON.stringify(JOB);
  const { url, stop } = await serve((request, response) => {
    if (request.url?.endsWith('/plan')) response.end('{"objects": [], "problems": []}');
    else response.end(request.method === 'POST' ? job : '[]');
  });
  const uses: string[] = [];
  const client = createApiClient({
    url,
    token: async (_signal, use) => {
      uses.push(use);
      return 'token';
    },
  });
  await client.images();
  await client.plan({ revision: 'main' });
  await client.plan({ documents: {} });
  await client.sync({});
  assert.deepEqual(uses, ['read', 'read', 'act', 'act']);
  await stop();
});

test('a token that is refused is asked for once more, and a request is never sent a third time', async () => {
  const sent: unknown[] = [];
  const error = { severity: 'error', code: 'UNAUTHORIZED', message: 'That is old.' };
  const { url, stop } = await serve((request, response) => {
    sent.push(request.headers.authorization);
    if (request.headers.authorization === 'Bearer new') response.end('[]');
    else response.writeHead(401).end(JSON.stringify({ error }));
  });
  const withTokens = (...tokens: [string, string]) =>
    createApiClient({ url, token: async (_signal, _use, refused) => tokens[refused ? 1 : 0] });
  await withTokens('old', 'new').images();
  assert.deepEqual(sent.splice(0), ['Bearer old', 'Bearer new']);
  await assert.rejects(withTokens('old', 'older').images(), { code: 'UNAUTHORIZED', message: 'That is old.' });
  assert.equal(sent.splice(0).length, 2);
  await assert.rejects(withTokens('old', 'old').images(), { code: 'UNAUTHORIZED' });
  assert.equal(sent.length, 1);
  await stop();
});

test('an act that nobody heard is sent again to whom the next connection leads', async () => {
  const { url, stop } = await serve((_, response) => response.end(JSON.stringify(JOB)));
  const refused = () =>
    new WeavefluxError('API_UNREACHABLE', 'Nothing listens there.', {
      cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    });
  let failures = 1;
  const connections = new HttpConnections(async () => {
    if (failures-- > 0) throw refused();
    return connect(Number(new URL(url).port), '127.0.0.1');
  });
  const client = createApiClient({ url, connections, name: 'the agent', token: async () => 'token' });
  assert.equal((await client.sync({})).id, 'job-1');
  connections.destroy();
  const never = new HttpConnections(() => Promise.reject(refused()));
  await assert.rejects(createApiClient({ url, connections: never, token: async () => 'token' }).sync({}), {
    message: 'Nothing listens there.',
  });
  await stop();
});
