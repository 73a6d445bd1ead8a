import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createFrameReader, encodeFrame, type Frame, OPCODE } from './websocket-frames.ts';

/** A frame as a server sends it, with its size written as RFC 6455 section 5.2 has it. */
function serverFrame({ opcode, final, payload }: Frame): Buffer {
  const { length } = payload;
  const size =
    length < 126
      ? Buffer.of(length)
      : length < 65_536
        ? Buffer.of(126, length >> 8, length & 0xff)
        : Buffer.of(127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff);
  return Buffer.concat([Buffer.of((final ? 0x80 : 0) | opcode), size, payload]);
}

const LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];
const frames = fc.array(
  fc.record({
    opcode: fc.constantFrom(OPCODE.continuation, OPCODE.binary, OPCODE.close, OPCODE.ping, OPCODE.pong),
    final: fc.boolean(),
    payload: fc
      .tuple(fc.constantFrom(...LENGTHS), fc.integer({ min: 0, max: 255 }))
      .map(([length, byte]) => Buffer.alloc(length, byte)),
  }),
  { maxLength: 5 },
);

test('frames are the same however their bytes are cut', () => {
  fc.assert(
    fc.property(
      frames,
      fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 10 }),
      (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(serverFrame));
        const read = createFrameReader(100_000);
        const got: Frame[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const length = cuts[turn % cuts.length] ?? 1;
          got.push(...read(bytes.subarray(at, at + length)));
          at += length;
        }
        assert.deepEqual(
          got,
          sent.map((frame) => ({ ...frame })),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('what is sent is masked, and is what was meant without the mask', () => {
  const mask = Buffer.of(0x37, 0xfa, 0x21, 0x3d);
  // The example of RFC 6455, section 5.7.
  assert.deepEqual(
    encodeFrame(OPCODE.text, [Buffer.from('He'), Buffer.from('llo')], mask),
    Buffer.from('818537fa213d7f9f4d5158', 'hex'),
  );
  for (const length of LENGTHS) {
    const frame = encodeFrame(OPCODE.binary, [Buffer.alloc(length, 7)], mask);
    const start = frame.length - length;
    const unmasked = Buffer.from(frame.subarray(start).map((byte, index) => byte ^ (mask[index & 3] ?? 0)));
    const head = Buffer.from(frame.subarray(0, start - 4));
    head[1] = (head[1] ?? 0) & 0x7f;
    assert.deepEqual(createFrameReader(100_000)(Buffer.concat([head, unmasked])), [
      { opcode: OPCODE.binary, final: true, payload: Buffer.alloc(length, 7) },
    ]);
  }
});

test('what no server may send is refused', () => {
  for (const bytes of ['c200', 'a200', '9200', '828000000000'])
    assert.throws(() => createFrameReader(100)(Buffer.from(bytes, 'hex')), /no agreed form/, bytes);
  assert.throws(() => createFrameReader(100)(Buffer.of(0x82, 126, 0, 101)), /a frame of 101 bytes/);
  assert.throws(() => createFrameReader(100)(Buffer.from('827fffffffffffffffff', 'hex')), /a frame of/);
});
