import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAME_BYTES_MAX, SECTOR_BYTES, frameBytes, isZero, parseFrame, writeFrame } from './frame.ts';
import { EPOCH, someRecords } from './some-records.ts';
import { encodeRecords } from './records.ts';

const head = {
  previous: 0xdead_beef,
  count: 3,
  epoch: EPOCH,
  first: 2 ** 40 + 1,
  atMs: 1_764_000_000_000.25,
  durable: 2 ** 40,
};

function frame(records = encodeRecords(someRecords(3)), dirt = 0xff): Buffer {
  // Dirty memory, as the reused buffer has: nothing of an earlier frame may show through.
  const bytes = Buffer.alloc(frameBytes(records.length), dirt);
  writeFrame(bytes, head, [records.subarray(0, 20), records.subarray(20)]);
  return bytes;
}

describe('a frame', () => {
  test('parses to what was written, at any sector', () => {
    const records = encodeRecords(someRecords(3));
    const bytes = Buffer.concat([Buffer.alloc(2 * SECTOR_BYTES), frame(records)]);
    const parsed = parseFrame(bytes, 2 * SECTOR_BYTES, EPOCH);
    expect(parsed).toMatchObject({ kind: 'frame', frame: { ...head, bytes: SECTOR_BYTES } });
    expect(parsed.kind === 'frame' && Buffer.from(records).equals(parsed.frame.records)).toBe(true);
  });

  test('is a whole number of sectors with its head and records', () => {
    expect([0, 4032, 4033, 8128, 8129].map(frameBytes)).toEqual([1, 1, 2, 2, 3].map((n) => n * SECTOR_BYTES));
  });

  test('does not depend on what the memory held before', () => {
    expect(frame(undefined, 0x00).equals(frame(undefined, 0xff))).toBe(true);
  });

  test('[reliability 2] with any one bit flipped is no frame, in the padding too', () => {
    const bytes = frame();
    const taken: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const { kind } = parseFrame(bytes, 0, EPOCH);
      if (kind === 'frame' || kind === 'empty') taken.push(bit);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
    expect(taken).toEqual([]);
    expect(parseFrame(bytes, 0, EPOCH).kind).toBe('frame');
  });

  test('[reliability 2] random bytes with the right beginning are no frame and ask for bounded memory', () => {
    const beginning = frame().subarray(0, 4);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: SECTOR_BYTES, maxLength: 2 * SECTOR_BYTES }), (random) => {
        const bytes = Buffer.from(random);
        bytes.set(beginning, 0);
        const parsed = parseFrame(bytes, 0, EPOCH);
        expect(parsed.kind === 'bad' || (parsed.kind === 'more' && parsed.bytes <= FRAME_BYTES_MAX)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('of another folder says whose it is', () => {
    expect(parseFrame(frame(), 0, 'other002')).toEqual({
      kind: 'bad',
      why: `frame has epoch ${EPOCH}, the folder other002`,
    });
  });

  test('zeros are empty, less than a sector or than the frame asks for more', () => {
    expect(parseFrame(Buffer.alloc(SECTOR_BYTES), 0, EPOCH)).toEqual({ kind: 'empty' });
    expect(parseFrame(Buffer.alloc(SECTOR_BYTES - 1), 0, EPOCH)).toEqual({ kind: 'more', bytes: SECTOR_BYTES });
    const large = frame(encodeRecords(someRecords(3, 1, 4000)));
    expect(parseFrame(large.subarray(0, SECTOR_BYTES), 0, EPOCH)).toEqual({ kind: 'more', bytes: 3 * SECTOR_BYTES });
  });
});

test.each([
  [[], true],
  [[0], true],
  [[0, 0, 0], true],
  [[1], false],
  [[0, 0, 1], false],
  [[1, 1, 1], false],
])('%j is all zeros: %s', (bytes, zero) => {
  expect(isZero(Uint8Array.from(bytes))).toBe(zero);
});
