import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { sendRequest, sendUpgrade } from './http.ts';
import { HttpConnections, systemConnections } from './http-connections.ts';

async function serve(t: TestContext, listener: RequestListener) {
  const sockets: Socket[] = [];
  const server = createServer(listener).listen(0, '127.0.0.1');
  server.on('connection', (socket) => sockets.push(socket));
  await once(server, 'listening');
  const agent = systemConnections();
  t.after(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?query=1`);
  return { server, sockets, request: { method: 'GET', url, headers: {}, agent } };
}

test('a body that is sent and one that is answered arrive whole, over one connection after another', async (t) => {
  const { sockets, request } = await serve(t, (asked, response) => void asked.pipe(response));
  for (const body of ['ünlaut', 'x'.repeat(1_000_000)]) {
    const answer = await sendRequest({ ...request, method: 'POST', body });
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), body);
  }
  assert.equal(sockets.length, 1);
});

test('an answer that is left does not keep the connection from the next request', async (t) => {
  const { sockets, request } = await serve(t, (_, response) => void response.end('x'.repeat(100_000)));
  const left = await sendRequest(request);
  left.leave();
  const ended = once(sockets[0] as Socket, 'close').then(() => 'closed');
  const next = sendRequest(request).then((answer) => answer.text());
  assert.equal((await Promise.race([next, ended])).length, 100_000);
});

test('who does not begin to answer, or falls silent, has taken too long', async (t) => {
  const { request } = await serve(t, (asked, response) => {
    if (asked.method === 'POST') response.write('begun');
  });
  await assert.rejects(sendRequest({ ...request, deadline: 20 }), { code: 'ETIMEDOUT' });
  const begun = await sendRequest({ ...request, method: 'POST', body: '', silence: 20 });
  await assert.rejects(begun.text(), { code: 'ETIMEDOUT' });
});

test('a signal ends a request whose connection is never opened, and one whose answer is being read', async (t) => {
  const { request } = await serve(t, (_, response) => void response.write('begun'));
  const never = new HttpConnections(() => new Promise<Duplex>(() => undefined));
  const opening = new AbortController();
  const waiting = sendRequest({ ...request, agent: never, signal: opening.signal });
  opening.abort(new Error('enough'));
  await assert.rejects(waiting, { message: 'enough' });

  const reading = new AbortController();
  const answer = await sendRequest({ ...request, signal: reading.signal });
  const text = answer.text();
  reading.abort();
  await assert.rejects(text, { code: 'ECONNRESET' });
});

test('any stream serves as a connection, again and again', async (t) => {
  const { request } = await serve(t, () => undefined);
  let opened = 0;
  const agent = new HttpConnections(async () => {
    opened += 1;
    const stream = new Duplex({
      read: () => undefined,
      write(_chunk, _encoding, done) {
        done();
        stream.push('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      },
    });
    return stream;
  });
  for (let time = 0; time < 3; time++) assert.equal(await (await sendRequest({ ...request, agent })).text(), 'ok');
  assert.equal(opened, 1);
  agent.destroy();
});

test('a connection that goes on with another protocol outlives the signal and the connections of its request', async (t) => {
  const { server, request } = await serve(t, () => undefined);
  server.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\nfirst');
    socket.on('data', (chunk: Buffer) => socket.write(chunk));
  });
  const controller = new AbortController();
  const upgraded = await sendUpgrade({ ...request, signal: controller.signal });
  assert.ok('socket' in upgraded);
  controller.abort();
  request.agent.destroy();
  assert.equal(String((await once(upgraded.socket, 'data'))[0]), 'first');
  upgraded.socket.write('second');
  assert.equal(String((await once(upgraded.socket, 'data'))[0]), 'second');
  upgraded.socket.destroy();
});

test('an answer in place of another protocol can be read', async (t) => {
  const { request } = await serve(t, (_, response) => void response.writeHead(403).end('no'));
  const refused = await sendUpgrade(request);
  assert.ok('status' in refused);
  assert.equal(refused.status, 403);
  assert.equal(await refused.text(), 'no');
});
