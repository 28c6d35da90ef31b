/**
 * One unmasked, final text frame (RFC 6455 §5.2), ready for the raw socket:
 *
 *   0x81 | length < 126                | text
 *   0x81 | 126 | length, 2 bytes       | text
 *   0x81 | 127 | length, 8 bytes       | text
 *
 * Built once per version of a topic and written to every socket that watches it. Valid only while permessage-deflate
 * is off and nobody sends in fragments, both of which socket-door.ts sees to.
 */
export function textFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const head = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + bytes);
  frame[0] = 0x81;
  if (head === 2) {
    frame[1] = bytes;
  } else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  frame.write(text, head);
  return frame;
}

let joinedLast: readonly Buffer[] = [];
let bytesLast = Buffer.alloc(0);

/** All frames of a flush as one buffer. Sockets that share a list (frame-list.ts) come one after the other: the last is kept. */
export function joinedFrames(frames: readonly Buffer[]): Buffer {
  if (frames.length === 1) return frames[0]!;
  if (frames !== joinedLast) {
    joinedLast = frames;
    bytesLast = Buffer.concat(frames);
  }
  return bytesLast;
}

/** The texts of whole frames that textFrame made, for a peer that is not sent websocket frames. */
export function textsIn(frames: Uint8Array): string[] {
  const view = Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength);
  const texts: string[] = [];
  for (let at = 0; at < view.length;) {
    if (view[at] !== 0x81) throw new Error(`byte ${at} is ${view[at]}, not the head of a final text frame`);
    const short = view[at + 1]!;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length =
      short < 126 ? short : short === 126 ? view.readUInt16BE(at + 2) : Number(view.readBigUInt64BE(at + 2));
    texts.push(view.toString('utf8', at + head, at + head + length));
    at += head + length;
  }
  return texts;
}
