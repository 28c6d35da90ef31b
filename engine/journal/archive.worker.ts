import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { crc32, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { basename, dirname } from 'node:path';
import { nodeDisk } from './disk.ts';

/**
 * Task of a pool thread: replaces a released segment by its compressed form. The original is removed only after the
 * compressed bytes, read back from the file, give the same checksum, and both file and name are durable. A crash
 * anywhere leaves the original; a second run begins anew. Returns the new path.
 */
export default async function compressSegment(path: string): Promise<string> {
  const aside = `${path}.zst.tmp`;
  const before = { crc: 0 };
  await pipeline(
    createReadStream(path, { highWaterMark: 1024 * 1024 }),
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        before.crc = crc32(chunk, before.crc);
        yield chunk;
      }
    },
    createZstdCompress(),
    createWriteStream(aside, { mode: 0o600, flush: true }),
  );
  return replace(path, { aside, crc: before.crc });
}

/** Puts the compressed form in the original's place, unless it does not give the same bytes back. */
export async function replace(path: string, made: { readonly aside: string; readonly crc: number }): Promise<string> {
  const target = `${path}.zst`;
  const after = await checksumOf(made.aside);
  if (after !== made.crc) throw new Error(`${basename(path)}: compressed and read back, the checksum differs`);
  nodeDisk.rename(made.aside, target);
  nodeDisk.syncDir(dirname(target));
  nodeDisk.remove(path);
  nodeDisk.syncDir(dirname(target));
  return target;
}

async function checksumOf(path: string): Promise<number> {
  let crc = 0;
  await pipeline(createReadStream(path), createZstdDecompress(), async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) crc = crc32(chunk, crc);
  });
  return crc;
}
