import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { ClusterAccess } from './cluster-access.ts';
import { createClusterClient } from './cluster-client.ts';
import { openForward } from './port-forward.ts';

const TO = { namespace: 'weaveflux', pod: 'agent', port: 3030 };
const { signal } = new AbortController();

/** What a real kubelet does not do on demand: the other side of one WebSocket, frame by frame. */
interface Kubelet {
  readonly socket: Duplex;
  send(opcode: number, payload: Uint8Array, final?: boolean): void;
  /** A message on a channel. */
  say(channel: number, text: string | Uint8Array): void;
  /** The next frame of the client, unmasked. */
  next(): Promise<{ opcode: number; payload: Buffer }>;
}

async function connected(t: TestContext): Promise<{ stream: Duplex; kubelet: Kubelet }> {
  const accepted = Promise.withResolvers<Duplex>();
  const server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    accepted.resolve(socket);
  });
  await once(server, 'listening');
  const client = createClusterClient(accessTo(server.address() as AddressInfo));
  const stream = await openForward(client, TO, signal);
  stream.on('error', () => undefined);
  const socket = await accepted.promise;
  t.after(async () => {
    stream.destroy();
    socket.destroy();
    await client.close();
    server.close();
  });
  return { stream, kubelet: kubeletOn(socket) };
}

function accessTo({ port }: AddressInfo): ClusterAccess {
  return {
    server: `http://127.0.0.1:${port}`,
    ca: undefined,
    serverName: undefined,
    insecure: false,
    namespace: undefined,
    credentials: async () => ({ headers: { authorization: 'Bearer me' } }),
  };
}

function kubeletOn(socket: Duplex): Kubelet {
  const send = (opcode: number, payload: Uint8Array, final = true) => {
    const size = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
    socket.write(Buffer.concat([Buffer.of((final ? 0x80 : 0) | opcode, ...size), payload]));
  };
  const say = (channel: number, text: string | Uint8Array) =>
    send(2, Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
  let held = Buffer.alloc(0);
  const take = async (length: number) => {
    const until = AbortSignal.timeout(30_000);
    while (held.length < length) {
      const chunk = socket.read();
      if (chunk === null) await once(socket, 'readable', { signal: until });
      else held = Buffer.concat([held, chunk]);
    }
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    return taken;
  };
  const next = async () => {
    const [first = 0, second = 0] = await take(2);
    const short = second & 0x7f;
    const length =
      short === 127
        ? Number((await take(8)).readBigUInt64BE())
        : short === 126
          ? (await take(2)).readUInt16BE()
          : short;
    const mask = await take(4);
    const payload = Buffer.from((await take(length)).map((byte, index) => byte ^ (mask[index & 3] ?? 0)));
    return { opcode: first & 0x0f, payload };
  };
  return { socket, send, say, next };
}

function failureOf(stream: Duplex): Promise<Error> {
  return new Promise((resolve) => stream.once('error', resolve));
}

const PORT = Buffer.of(TO.port & 0xff, TO.port >> 8);

test('data flows both ways, without the port that each channel begins with', async (t) => {
  const { stream, kubelet } = await connected(t);
  kubelet.say(0, PORT.subarray(0, 1));
  kubelet.say(0, Buffer.concat([PORT.subarray(1), Buffer.from('hel')]));
  kubelet.say(1, PORT);
  kubelet.send(2, Buffer.from([0, ...Buffer.from('lo ')]), false);
  kubelet.send(0, Buffer.from('wor'), false);
  kubelet.send(9, Buffer.from('alive?'));
  kubelet.send(0, Buffer.from('ld'));
  kubelet.send(8, Buffer.of(3, 232));
  assert.equal((await buffer(stream)).toString(), 'hello world');
  assert.deepEqual(await kubelet.next(), { opcode: 10, payload: Buffer.from('alive?') });
});

test('what is written arrives in messages of its channel, in order, and ending it ends the connection', async (t) => {
  const { stream, kubelet } = await connected(t);
  const sent = Buffer.alloc(200_000, 'abcdefg');
  stream.end(sent);
  const got: Buffer[] = [];
  for (;;) {
    const { opcode, payload } = await kubelet.next();
    if (opcode === 8) break;
    assert.deepEqual([opcode, payload[0]], [2, 0]);
    got.push(payload.subarray(1));
  }
  assert.deepEqual(Buffer.concat(got), sent);
});

test('who does not read makes the other side wait, and still gets everything', async (t) => {
  const { stream, kubelet } = await connected(t);
  kubelet.say(0, PORT);
  const message = Buffer.alloc(60_000, 1);
  let count = 0;
  while (!kubelet.socket.writableNeedDrain || kubelet.socket.writableLength < 4 * 1024 * 1024) {
    kubelet.say(0, message);
    count += 1;
    await new Promise(setImmediate);
    assert.ok(count < 5_000, 'nobody ever has to wait');
  }
  assert.ok(stream.readableLength < 1024 * 1024, `${stream.readableLength} bytes are held`);
  kubelet.socket.end();
  assert.equal((await buffer(stream)).length, count * message.length);
});

test('who writes faster than the other side reads has to wait', async (t) => {
  const { stream } = await connected(t);
  let written = 0;
  while (stream.write(Buffer.alloc(256 * 1024)) || stream.writableLength === 0) {
    written += 1;
    await new Promise(setImmediate);
    assert.ok(written < 1_000, 'nobody ever has to wait');
  }
  assert.ok(stream.writableNeedDrain);
});

test('what the kubelet says on the error channel is the error', async (t) => {
  const { stream, kubelet } = await connected(t);
  kubelet.say(0, PORT);
  kubelet.say(1, PORT);
  const failed = failureOf(stream);
  kubelet.say(1, 'failed to connect to localhost:3030: dial tcp4 127.0.0.1:3030: connect: connection refused');
  const error = await failed;
  assert.match(
    error.message,
    /^Port 3030 of pod agent in namespace weaveflux cannot be reached: nothing listens there\.$/,
  );
  assert.ok(error.cause instanceof Error && 'code' in error.cause && error.cause.code === 'ECONNREFUSED');
});

test('a connection that is cut off ends, and one that breaks the protocol fails', async (t) => {
  const cut = await connected(t);
  cut.stream.resume();
  const ended = once(cut.stream, 'end', { signal: AbortSignal.timeout(30_000) });
  cut.kubelet.socket.destroy();
  await ended;
  const broken = await connected(t);
  const failed = failureOf(broken.stream);
  broken.kubelet.socket.write('HTTP/1.1 500 Oops\r\n\r\n');
  assert.match((await failed).message, /cannot be reached: a frame of no agreed form/);
});

test('an answer that is no upgrade is told in words', async (t) => {
  let status = 403;
  const server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (_, socket) => {
    const why = status === 400 ? 'pod agent does not have a host assigned' : 'the\nkubelet is away.';
    const body = JSON.stringify({ message: why });
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  });
  await once(server, 'listening');
  const client = createClusterClient(accessTo(server.address() as AddressInfo));
  t.after(async () => {
    await client.close();
    server.close();
  });
  const cases: [number, string, RegExp][] = [
    [403, 'FORBIDDEN', /^You may not forward ports of pods .* ask for the role weaveflux-view there\.$/],
    [404, 'NOT_FOUND', /^Pod agent in namespace weaveflux is gone/],
    [401, 'UNAUTHORIZED', /does not accept your login/],
    [400, 'API_UNREACHABLE', /cannot be reached: the pod waits for a node\.$/],
    [500, 'API_UNREACHABLE', /cannot be reached: the kubelet is away\.$/],
  ];
  for (const [code, expected, message] of cases) {
    status = code;
    await assert.rejects(openForward(client, TO, signal), { code: expected, message });
  }
});
