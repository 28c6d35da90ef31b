import type { Chance } from './chance.ts';

/** What a websocket client puts on the wire, by the letter (RFC 6455 §5.2), so that each part can be wrong. */
interface FrameParts {
  readonly fin: boolean;
  /** The three reserved bits, 0 by the letter. */
  readonly reserved: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** What the head says; may differ from what follows. */
  readonly length: number | bigint;
  readonly payload: Uint8Array;
}

function frameBytes({ fin, reserved, opcode, masked, length, payload }: FrameParts): Buffer {
  const head = Buffer.alloc(14);
  head[0] = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  let at = 2;
  if (typeof length === 'number' && length < 126) head[1] = mask | length;
  else if (typeof length === 'number' && length < 65_536) {
    head[1] = mask | 126;
    at = head.writeUInt16BE(length, 2);
  } else {
    head[1] = mask | 127;
    at = head.writeBigUInt64BE(BigInt(length), 2);
  }
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head.subarray(0, at + (masked ? 4 : 0)), payload]);
}

export function textFrame(payload: Uint8Array): Buffer {
  return frameBytes({ fin: true, reserved: 0, opcode: 1, masked: true, length: payload.byteLength, payload });
}

/** A frame with one of its parts wrong, or several that are no message together. */
export function wrongFrame(payload: Uint8Array, chance: Chance): Buffer {
  const right: FrameParts = { fin: true, reserved: 0, opcode: 1, masked: true, length: payload.byteLength, payload };
  switch (chance.whole(8)) {
    case 0:
      return frameBytes({ ...right, reserved: 1 + chance.whole(7) });
    case 1:
      return frameBytes({ ...right, opcode: chance.pick([0, 2, 3, 7, 8, 9, 10, 11, 15]) });
    case 2:
      return frameBytes({ ...right, masked: false });
    case 3:
      return frameBytes({
        ...right,
        length: chance.pick<number | bigint>([0, 1, 125, 126, 65_535, 2 ** 31, 2n ** 63n, 2n ** 64n - 1n]),
      });
    case 4:
      // Control frames that are too long, or in parts.
      return frameBytes({ ...right, fin: chance.oneIn(2), opcode: chance.pick([8, 9, 10]), length: 126 });
    case 5: {
      // Parts that begin twice, or go on with what never began.
      const part = frameBytes({ ...right, fin: false, opcode: chance.pick([0, 1]) });
      return Buffer.concat(Array.from({ length: 1 + chance.whole(20) }, () => part));
    }
    case 6:
      // Text that is no UTF-8.
      return frameBytes({ ...right, length: 2, payload: Buffer.from([0xc0, 0x80]) });
    default:
      return Buffer.concat([Buffer.from([chance.whole(256), chance.whole(256)]), payload]);
  }
}
