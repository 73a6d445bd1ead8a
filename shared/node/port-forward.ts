import { createHash, randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';
import { WeavefluxError } from '../src/errors.ts';
import { stringAt } from '../src/json.ts';
import type { ClusterClient } from './cluster-client.ts';
import { lacking } from './permissions.ts';
import { createFrameReader, encodeFrame, type Frame, OPCODE } from './websocket-frames.ts';

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** The kubelet's protocol: each message begins with the number of its channel. */
const PROTOCOL = 'v4.channel.k8s.io';
const DATA = 0;
const ERROR = 1;
/** Each channel begins with the port's number, in two bytes. */
const PREAMBLE = 2;
const LARGEST_SENT = 64 * 1024;
const LARGEST_TAKEN = 16 * 1024 * 1024;
/** What RFC 6455 has both sides mix into the key. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * A connection to a port of a pod, as a stream; each has a WebSocket of its own. The protocol knows no half-closed
 * connections: who ends writing ends both ways. Where nothing takes the connection in the pod, the stream fails with
 * API_UNREACHABLE whose cause has the code ECONNREFUSED. Errors: FORBIDDEN, NOT_FOUND where the pod is gone, those of the
 * client.
 */
export async function openForward(client: ClusterClient, to: PodPort, signal: AbortSignal): Promise<Duplex> {
  const key = randomBytes(16).toString('base64');
  const path = `/api/v1/namespaces/${encodeURIComponent(to.namespace)}/pods/${encodeURIComponent(to.pod)}/portforward?ports=${to.port}`;
  const answer = await client.upgrade(
    path,
    { 'sec-websocket-key': key, 'sec-websocket-version': '13', 'sec-websocket-protocol': PROTOCOL },
    signal,
  );
  if ('refusal' in answer) throw refused(to, answer.refusal.status, stringAt(answer.refusal.body, ['message']));
  const { socket, head } = answer;
  const accepted = createHash('sha1').update(`${key}${GUID}`).digest('base64');
  if (head['sec-websocket-accept'] !== accepted || head['sec-websocket-protocol'] !== PROTOCOL) {
    socket.destroy();
    throw unreachable(to, 'the cluster speaks another protocol for it');
  }
  return streamOver(socket, to);
}

function streamOver(socket: Duplex, to: PodPort): Duplex {
  const read = createFrameReader(LARGEST_TAKEN);
  const channels = createChannels();
  const send = (opcode: number, parts: readonly Uint8Array[], done?: () => void) =>
    socket.write(encodeFrame(opcode, parts, randomBytes(4)), done);

  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length; at += LARGEST_SENT)
        send(OPCODE.binary, [Uint8Array.of(DATA), chunk.subarray(at, at + LARGEST_SENT)]);
      if (socket.writableNeedDrain) socket.once('drain', done);
      else done();
    },
    final(done) {
      if (socket.writable) send(OPCODE.close, [Uint8Array.of(0x03, 0xe8)]);
      done();
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });

  let isOver = false;
  function finish(): void {
    if (isOver || stream.destroyed) return;
    isOver = true;
    stream.push(null);
  }

  function take(frame: Frame): void {
    if (frame.opcode === OPCODE.ping) send(OPCODE.pong, [frame.payload]);
    if (frame.opcode === OPCODE.close) finish();
    if (frame.opcode > OPCODE.binary || isOver) return;
    const { channel, payload } = channels(frame);
    if (payload.length === 0) return;
    if (channel === ERROR) stream.destroy(notTaken(to, payload.toString('utf8')));
    else if (channel === DATA && !stream.push(payload)) socket.pause();
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const frame of read(chunk)) if (!stream.destroyed) take(frame);
    } catch (error) {
      stream.destroy(unreachable(to, error instanceof Error ? error.message : 'it sends what is no frame'));
    }
  });
  socket.on('end', finish);
  socket.on('error', (error) => stream.destroy(error));
  // Not destroyed: what has come may not be read yet.
  socket.on('close', finish);
  return stream;
}

/** Sorts what comes by channel: a frame that goes on belongs to the channel of the one before. */
function createChannels(): (frame: Frame) => { readonly channel: number; readonly payload: Buffer } {
  const skipped = new Map([
    [DATA, 0],
    [ERROR, 0],
  ]);
  let channel = -1;
  return ({ opcode, payload }) => {
    const goesOn = opcode === OPCODE.continuation;
    if (!goesOn) channel = payload[0] ?? -1;
    const content = goesOn ? payload : payload.subarray(1);
    const before = skipped.get(channel) ?? PREAMBLE;
    const skip = Math.min(PREAMBLE - before, content.length);
    skipped.set(channel, before + skip);
    return { channel, payload: content.subarray(skip) };
  };
}

function refused(to: PodPort, status: number, said: string | undefined): WeavefluxError {
  if (status === 403)
    return lacking('forward ports of pods (get and create on pods/portforward)', 'view', to.namespace);
  if (status === 404)
    return new WeavefluxError(
      'NOT_FOUND',
      `Pod ${to.pod} in namespace ${to.namespace} is gone; try again in a moment.`,
    );
  if (said?.includes('does not have a host assigned') === true) return unreachable(to, 'the pod waits for a node');
  return unreachable(to, oneLine(said ?? `HTTP ${status}`));
}

/** What the kubelet tells of the pod's end. */
function notTaken(to: PodPort, said: string): WeavefluxError {
  const why = said.includes('connection refused') ? 'nothing listens there' : oneLine(said);
  const cause = Object.assign(new Error(said), { code: 'ECONNREFUSED' });
  return unreachable(to, why, cause);
}

function unreachable({ namespace, pod, port }: PodPort, why: string, cause?: Error): WeavefluxError {
  const message = `Port ${port} of pod ${pod} in namespace ${namespace} cannot be reached: ${why}.`;
  return new WeavefluxError('API_UNREACHABLE', message, { cause });
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 300)
    .replace(/\.$/, '');
}
