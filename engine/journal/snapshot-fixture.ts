import type { StateImage } from '../contract/machine.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { SnapshotPage } from './snapshot-file.ts';
import type { Snapshot, SnapshotStore } from './snapshot-store.ts';
import { openSnapshotStore } from './snapshot-store.ts';

// What the tests of the snapshots share.

export const DIGEST = '0123456789abcdef0123456789abcdef';

/** An image whose content follows from a seed: pages of several sizes, the largest 64 KiB. */
export function image(seed: number, pages = 5): StateImage & { abandoned: boolean } {
  let next = 0;
  return {
    header: Buffer.from(`header ${seed}`),
    pageCount: pages,
    abandoned: false,
    next: () =>
      next < pages ? { page: next, bytes: Buffer.alloc([65_536, 0, 1, 9000][next % 4]!, seed + next++) } : undefined,
    abandon() {
      this.abandoned = true;
    },
  };
}

export function contentOf(seed: number, pages = 5): string {
  const source = image(seed, pages);
  const all: SnapshotPage[] = [];
  for (let page = source.next(); page !== undefined; page = source.next()) all.push(page);
  return describeContent(source.header, all);
}

function describeContent(header: Uint8Array, pages: Iterable<SnapshotPage>): string {
  const lines = Array.from(
    pages,
    ({ page, bytes }) => `${page}: ${bytes.length} x ${bytes[0] ?? '-'} ${new Set(bytes).size}`,
  );
  return [Buffer.from(header).toString(), ...lines].join('\n');
}

export const read = (snapshot: Snapshot | undefined): string | undefined =>
  snapshot && describeContent(snapshot.header, snapshot.pages);

export function openStore(disk: SimulatedDisk, skipped: string[] = [], shard = 3): SnapshotStore {
  return openSnapshotStore({ dir: 's', shard, disk, skipped: (file, why) => skipped.push(`${file}: ${why}`) });
}

export async function save(store: SnapshotStore, lsn: number, pages = 5, position = lsn * 10): Promise<void> {
  const writer = store.begin({ lsn, position, digest: DIGEST }, image(lsn, pages));
  while (!writer.step(2));
  await writer.finish();
}

export const name = (lsn: number, position = lsn * 10): string =>
  `shard-00003-${String(lsn).padStart(15, '0')}-${String(position).padStart(15, '0')}.snapshot`;
