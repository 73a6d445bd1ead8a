import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { createApiClient, type StreamItem } from '@weaveflux/shared/node';
import { createTokenAuthorizer } from './authorizer.ts';
import type { ApiServer } from './listener.ts';
import { startPeopleApi } from './people.ts';
import { createMemoryService, type MemoryService } from './testing/memory-service.ts';

const TOKEN = 'a-token-for-tests';

function start(service: MemoryService, listen = '127.0.0.1:0'): Promise<ApiServer> {
  return startPeopleApi({ service, listen, authorizer: createTokenAuthorizer(TOKEN), version: '0.1.0', heartbeat: 20 });
}

/** Opens a stream and gives its text as it comes. */
async function open(api: ApiServer, lastEventId?: string) {
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const request = get({ host: '127.0.0.1', port: api.port, path: '/api/v1/events', headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const until = async (pattern: RegExp) => {
    const signal = AbortSignal.timeout(30_000);
    while (!pattern.test(text)) {
      await once(response, 'data', { signal }).catch(() => assert.fail(`waited for ${pattern}, got ${text}`));
    }
    return text;
  };
  return { response, until, end: () => request.destroy() };
}

/** The ids and resets of a stream's text, in order. */
function told(text: string): string[] {
  return [...text.matchAll(/^(?:id: (\S+)\nevent: (?!reset)|.*event: (reset))/gm)].map(
    ([, id, reset]) => id ?? reset ?? '',
  );
}

test('a new reader is told to read the status, then hears what happens', async () => {
  const service = createMemoryService();
  service.controls.emit({ message: 'before' });
  const api = await start(service);
  const stream = await open(api);
  assert.equal(stream.response.headers['content-type'], 'text/event-stream');
  await stream.until(/event: reset/);
  service.controls.emit({ message: 'two\nlines' });
  const text = await stream.until(/boot-2/);
  assert.doesNotMatch(text, /before/);
  assert.deepEqual(told(text), ['reset', 'boot-2']);
  assert.match(text, /^id: boot-2\nevent: object-configured\ndata: \{.*"message":"two\\nlines"\}\n\n/m);
  stream.end();
  await api.close(0);
});

test('a reader that knows the last event gets those since, once each; one that knows an unknown event starts over', async () => {
  const service = createMemoryService({ retained: 3 });
  for (let n = 0; n < 5; n += 1) service.controls.emit({});
  const api = await start(service);
  const resumed = await open(api, 'boot-3');
  await resumed.until(/boot-5/);
  service.controls.emit({});
  assert.deepEqual(told(await resumed.until(/boot-6/)), ['boot-4', 'boot-5', 'boot-6']);
  for (const forgotten of ['boot-1', 'other-4']) {
    const stream = await open(api, forgotten);
    assert.deepEqual(told(await stream.until(/reset/)), ['reset']);
    stream.end();
  }
  resumed.end();
  await api.close(0);
});

test('a silent stream shows that it lives', async () => {
  const api = await start(createMemoryService());
  const stream = await open(api);
  await stream.until(/(: alive\n\n){2}/);
  stream.end();
  await api.close(0);
});

test('who asks for JSON gets the events kept', async () => {
  const service = createMemoryService();
  service.controls.emit({ message: 'first' });
  const api = await start(service);
  const client = createApiClient({ url: `http://${api.address}`, token: async () => TOKEN });
  assert.deepEqual(
    (await client.recentEvents()).map(({ message }) => message),
    ['first'],
  );
  await api.close(0);
});

test('the client follows across a restart of the agent and misses nothing', async () => {
  const service = createMemoryService();
  service.controls.emit({});
  let api = await start(service);
  const stop = new AbortController();
  const lost: string[] = [];
  const client = createApiClient({ url: `http://${api.address}`, token: async () => TOKEN });
  const items = client.events({ signal: stop.signal, lastEventId: 'boot-1', onLost: (error) => lost.push(error.code) });
  const next = async (): Promise<StreamItem | undefined> => (await items.next()).value ?? undefined;
  service.controls.emit({});
  const first = await next();
  assert.equal(first?.kind === 'event' && first.event.id, 'boot-2');
  const { address } = api;
  await api.close(0);
  service.controls.emit({});
  const pending = next();
  api = await start(service, address);
  const second = await pending;
  assert.equal(second?.kind === 'event' && second.event.id, 'boot-3');
  stop.abort();
  assert.equal((await items.next()).done, true);
  await api.close(0);
});

test('the client says that the agent forgot it, and ends when its token is refused', async () => {
  const service = createMemoryService();
  const api = await start(service);
  const stop = new AbortController();
  const connection = { url: `http://${api.address}`, token: async () => TOKEN };
  const items = createApiClient(connection).events({ signal: stop.signal, lastEventId: 'other-1' });
  assert.deepEqual((await items.next()).value, { kind: 'reset' });
  stop.abort();
  await items.next();
  const refused = createApiClient({ ...connection, token: async () => 'old' }).events({
    signal: new AbortController().signal,
  });
  await assert.rejects(refused.next(), { code: 'UNAUTHORIZED' });
  await api.close(0);
});
