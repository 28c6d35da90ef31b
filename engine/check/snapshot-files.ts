import { join } from 'node:path';
import { nodeDisk } from '../journal/disk.ts';
import { readHead, readPages, SnapshotFault, type SnapshotHead } from '../journal/snapshot-file.ts';
import { parseSnapshotName, type SnapshotName } from '../journal/snapshot-store.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import { LAYOUT_VERSION } from '../stock/stock-image.ts';
import type { Report } from './report.ts';

export interface SnapshotFile extends SnapshotHead {
  readonly path: string;
}

/** The snapshots whose bytes are what was written, by shard and lsn; the others are reported. Changes nothing. */
export function soundSnapshots(dir: string, report: Report): readonly SnapshotFile[] {
  const sound: SnapshotFile[] = [];
  for (const name of nodeDisk.list(dir)) {
    const named = parseSnapshotName(name);
    if (named === undefined) {
      if (name.endsWith('.tmp')) report.note(`${join(dir, name)} was never finished; a start removes it`);
      continue;
    }
    const head = checkBytes(join(dir, name), named, report);
    if (head === undefined) continue;
    const path = join(dir, name);
    if (isOfAnotherLayout(head)) report.note(`${path} was written by another version; a start passes it over`);
    else sound.push({ ...head, path });
  }
  return sound;
}

/** A stock shard's header begins with its layout; other shards have none. */
function isOfAnotherLayout({ header }: SnapshotHead): boolean {
  const layout = /^\{"layout":(\d+)/.exec(Buffer.from(header.subarray(0, 32)).toString())?.[1];
  return layout !== undefined && Number(layout) !== LAYOUT_VERSION;
}

function checkBytes(path: string, named: SnapshotName, report: Report): SnapshotHead | undefined {
  const file = nodeDisk.open(path, 'read');
  try {
    const start = readHead(file);
    const { shard, lsn, position } = start.head;
    if (shard !== named.shard || lsn !== named.lsn || position !== named.position) {
      throw new SnapshotFault(`it is of shard ${shard}, lsn ${lsn}, position ${position}`, 0);
    }
    for (const page of readPages(file, start)) void page;
    return start.head;
  } catch (error) {
    if (!(error instanceof SnapshotFault)) throw error;
    report.fault(error.message, { file: path, offset: error.offset, position: 0 });
    return undefined;
  } finally {
    file.close();
  }
}

/** Restores a snapshot into an empty shard; false when the state is not the one that was written. */
export function restoreSnapshot(into: HostedShard, snapshot: SnapshotFile, report: Report): boolean {
  const place = { file: snapshot.path, offset: 0, position: snapshot.position };
  const file = nodeDisk.open(snapshot.path, 'read');
  try {
    into.machine.restore(snapshot.header, readPages(file, readHead(file)));
  } catch (error) {
    report.fault(`it does not restore: ${error instanceof Error ? error.message : String(error)}`, place);
    return false;
  } finally {
    file.close();
  }
  into.lsn = snapshot.lsn;
  const digest = into.machine.digest();
  if (snapshot.digest === undefined || snapshot.digest === digest) return true;
  report.fault(`it restores to ${digest}, written was ${snapshot.digest}`, place);
  return false;
}
