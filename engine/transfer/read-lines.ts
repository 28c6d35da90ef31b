import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TransferError } from './lines.ts';

/** Longest line, in characters: a large state's header is some ten MB; more is no line of ours. */
const LINE_CHARS_MAX = 256 * 1024 * 1024;

/** Lines of a file without their line feed, unpacked when its name ends in .gz. A line without line feed at the end counts. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const source = createReadStream(path, { highWaterMark: 1024 * 1024 });
  const bytes = path.endsWith('.gz') ? unpacked(source) : source;
  let parts: string[] = [];
  let chars = 0;
  for await (const chunk of bytes.setEncoding('utf8') as AsyncIterable<string>) {
    const pieces = chunk.split('\n');
    for (const [i, piece] of pieces.entries()) {
      if (i > 0) {
        yield parts.join('');
        parts = [];
        chars = 0;
      }
      chars += piece.length;
      if (chars > LINE_CHARS_MAX) throw new TransferError(`a line has more than ${LINE_CHARS_MAX} characters`);
      parts.push(piece);
    }
  }
  if (chars > 0) yield parts.join('');
}

/** What is damaged shows as an error of the reader. */
function unpacked(source: Readable): Readable {
  const out = new PassThrough();
  pipeline(source, createGunzip(), out).catch((error: unknown) => {
    out.destroy(new TransferError('the file cannot be unpacked', { cause: error }));
  });
  return out;
}
