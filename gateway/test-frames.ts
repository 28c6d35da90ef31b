/** Reads back what textFrame wrote, frame by frame. */
export function textsIn(bytes: Uint8Array): string[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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

/** Parsed messages of some frames. */
export function messagesIn(frames: readonly Uint8Array[]): Readonly<Record<string, unknown>>[] {
  return frames.flatMap(textsIn).map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
}
