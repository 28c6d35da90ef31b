import { Report } from '../check/report.ts';
import { soundSnapshots, type SnapshotFile } from '../check/snapshot-files.ts';
import { existsSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { nodeDisk } from '../journal/disk.ts';
import type { Folder } from '../journal/folder.ts';
import { readHead, readPages } from '../journal/snapshot-file.ts';
import { type ImageLine, type PageLine, TransferError } from './lines.ts';
import type { Image } from './states.ts';

/**
 * Where the archive no longer reaches back to the first fact: the oldest sound snapshot of each shard from which the
 * facts that are left go on, the daily ones kept for the past included. The further back, the more can be asked of an
 * import. Throws TransferError when a shard has none.
 */
export function* baseImages(
  folder: Folder,
  snapshots: readonly SnapshotFile[],
  { first, shards }: { readonly first: number; readonly shards: number },
): Generator<Image> {
  const anchors = join(dirname(folder.snapshotsDir), 'anchors');
  const all = existsSync(anchors) ? [...soundSnapshots(anchors, new Report()), ...snapshots] : snapshots;
  for (let shard = 0; shard < shards; shard++) {
    const usable = all.filter((each) => each.shard === shard && each.position >= first - 1);
    const [oldest] = usable.toSorted((a, b) => a.position - b.position);
    if (oldest?.digest === undefined) {
      throw new TransferError(
        `shard ${shard} has no sound snapshot from position ${first - 1} on, and older facts are gone`,
      );
    }
    yield imageOf(oldest, oldest.digest);
  }
}

function imageOf({ path, shard, lsn, position, header }: SnapshotFile, digest: string): Image {
  const file = nodeDisk.open(path, 'read');
  try {
    return { shard, lsn, position, digest, header, pages: [...readPages(file, readHead(file))] };
  } finally {
    file.close();
  }
}

export function* imageLines({ shard, lsn, position, digest, header, pages }: Image): Generator<ImageLine | PageLine> {
  yield { image: { shard, lsn, position, digest, pages: pages.length, header: base64(header) } };
  for (const { page, bytes } of pages) yield { page, bytes: base64(bytes) };
}

const base64 = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('base64');
