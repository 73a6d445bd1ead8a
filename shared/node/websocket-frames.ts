/** The kinds of frames of a WebSocket (RFC 6455, section 5.2). */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame, unmasked. */
export interface Frame {
  readonly opcode: number;
  /** Whether it is the last of its message. */
  readonly final: boolean;
  readonly payload: Buffer;
}

/** A frame as a client sends it, masked with four random bytes. */
export function encodeFrame(opcode: number, parts: readonly Uint8Array[], mask: Uint8Array): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const sizes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = 2 + sizes + 4;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (sizes === 0 ? length : sizes === 2 ? 126 : 127);
  if (sizes === 2) frame.writeUInt16BE(length, 2);
  if (sizes === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.set(mask, 2 + sizes);
  let at = start;
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  for (let index = 0; index < length; index += 1)
    frame[start + index] = (frame[start + index] ?? 0) ^ (mask[index & 3] ?? 0);
  return frame;
}

/** Takes the bytes of a server as they come and gives the frames that are complete. Throws where they are no frames. */
export function createFrameReader(limit: number): (chunk: Uint8Array) => Frame[] {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const head = readHead(held, limit);
      if (head === undefined || held.length < head.start + head.length) return frames;
      const payload = held.subarray(head.start, head.start + head.length);
      frames.push({ opcode: head.opcode, final: head.final, payload });
      held = held.subarray(head.start + head.length);
    }
  };
}

interface Head {
  readonly opcode: number;
  readonly final: boolean;
  readonly start: number;
  readonly length: number;
}

function readHead(bytes: Buffer, limit: number): Head | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  if ((first & 0x70) !== 0 || (second & 0x80) !== 0) throw new Error('a frame of no agreed form');
  const short = second & 0x7f;
  const sizes = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 2 + sizes) return undefined;
  const length = sizes === 0 ? short : sizes === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (length > limit) throw new Error(`a frame of ${length} bytes`);
  return { opcode: first & 0x0f, final: (first & 0x80) !== 0, start: 2 + sizes, length };
}
