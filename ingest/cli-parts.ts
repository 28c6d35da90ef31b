import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';

// A file as the bodies that are sent: whole, or cut between rows where rows stand alone.

export interface FilePart {
  readonly body: Uint8Array;
  /** Bytes of the file this part covers, for the progress bar. */
  readonly bytes: number;
  /** Line of the file on which the body's first row stands, from 1; 1 for a whole file. */
  readonly firstLine: number;
  /** Lines of the body that are repeated in each part: a CSV's header. */
  readonly headLines: number;
}

/** Bytes of a part: below the size that the server hands to its pool, so parts flow one after the other. */
const PART_BYTES_MAX = 512 * 1024;
/** A file that must be sent whole, at most; larger ones would meet the server's own limit. */
const WHOLE_BYTES_MAX = 64 * 1024 * 1024;

/** One row, at most: beyond it the file has no rows, and memory an end. */
const ROW_BYTES_MAX = 8 * 1024 * 1024;

const LINE_FORMATS = new Set(['.ndjson', '.jsonl']);

export async function* partsOf(
  file: string,
  partBytes = PART_BYTES_MAX,
  csv: 'rows' | 'whole' = 'rows',
): AsyncGenerator<FilePart> {
  const ending = extname(file).toLowerCase();
  const { size } = await stat(file);
  if (LINE_FORMATS.has(ending)) yield* cutLines(file, partBytes, 0);
  else if (csv === 'rows' && ending === '.csv' && size > partBytes) yield* cutLines(file, partBytes, 1);
  else yield* whole(file, size);
}

async function* whole(file: string, size: number): AsyncGenerator<FilePart> {
  if (size > WHOLE_BYTES_MAX) {
    const limit = WHOLE_BYTES_MAX / 1024 / 1024;
    throw new Error(
      `${file} has ${Math.ceil(size / 1024 / 1024)} MiB; a file of this format is sent whole, up to ${limit} MiB. Split it`,
    );
  }
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file)) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  yield { body, bytes: body.length, firstLine: 1, headLines: 0 };
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;

/** Whole rows up to `partBytes`; a longer row makes a longer part. In CSV a line break inside quotes ends no row. */
async function* cutLines(file: string, partBytes: number, headLines: 0 | 1): AsyncGenerator<FilePart> {
  let head: Buffer | undefined;
  let rest = Buffer.alloc(0);
  let line = 1;
  const part = (rows: Buffer): FilePart => {
    const body = head === undefined ? rows : Buffer.concat([head, rows]);
    const made = { body, bytes: rows.length, firstLine: line, headLines: head === undefined ? 0 : 1 };
    line += countOf(rows, NEWLINE);
    return made;
  };
  for await (const chunk of createReadStream(file, { highWaterMark: partBytes })) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    if (rest.length > ROW_BYTES_MAX)
      throw new Error(`${file}: line ${line} is longer than any row; is this ${extname(file)}?`);
    if (headLines === 1 && head === undefined) {
      const end = lastRowEnd(rest, 1);
      if (end === 0) continue;
      head = rest.subarray(0, end);
      rest = rest.subarray(end);
      line += countOf(head, NEWLINE);
    }
    const end = lastRowEnd(rest, headLines === 1 ? Infinity : undefined);
    if (end === 0 || rest.length < partBytes) continue;
    yield part(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
  if (rest.length > 0) yield part(rest);
  else if (head !== undefined && line === 2) yield { body: head, bytes: head.length, firstLine: 1, headLines: 0 };
}

/**
 * Index behind the last row that ends in these bytes, or behind row number `rows`; 0 when none ends.
 * Without `rows` every line break ends a row; with it one inside quotes does not.
 */
function lastRowEnd(bytes: Buffer, rows: number | undefined): number {
  if (rows === undefined) return bytes.lastIndexOf(NEWLINE) + 1;
  let quoted = false;
  let end = 0;
  let found = 0;
  for (let at = 0; at < bytes.length && found < rows; at += 1) {
    if (bytes[at] === QUOTE) quoted = !quoted;
    else if (bytes[at] === NEWLINE && !quoted) {
      end = at + 1;
      found += 1;
    }
  }
  return end;
}

function countOf(bytes: Uint8Array, byte: number): number {
  let count = 0;
  for (const one of bytes) if (one === byte) count += 1;
  return count;
}
