import { crc32 } from 'node:zlib';
import type { Disk, DiskFile } from '../../journal/disk.ts';
import { SECTOR_BYTES, frameBytes, parseFrame } from '../../journal/frame.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import { countRecords } from '../../journal/records.ts';
import type { SimulatedDisk } from '../../journal/simulated-disk.ts';
import { HostedShard } from '../../shard/hosted-shard.ts';
import { kindOf } from '../../shard/partition.ts';
import type { Planted } from './planted.ts';
import { inMachines } from './with-machine.ts';

/** Bugs in what is written, when it counts, and what a restart makes of it (promises 1 to 3, 8, 9). */
export const DURABILITY_BUGS: readonly Planted[] = [
  { name: 'output leaves before it is durable', outputBeforeDurable: true },
  { name: 'requests leave before they are durable', requestsBeforeDurable: true },
  { name: 'a refused write counts as durable', journal: (journal) => deafTo(journal) },
  { name: 'a commit is dated earlier than its facts', journal: (journal) => behind(journal) },
  { name: 'nothing is synced', disk: (disk) => withoutSync(disk) },
  { name: 'a torn frame is accepted', beforeRecovery: (disk) => mendFrames(disk) },
  { name: 'recovery skips the tail', head: (head) => Math.max(0, head - 1) },
  {
    name: 'a fact is lost in replay and the gap is ignored',
    shard: (hosted, partition) => {
      return kindOf(partition, hosted.number) === 'stock' ? new Gappy(hosted.number, hosted.machine) : hosted;
    },
  },
  { name: 'a snapshot lacks a page, and its digest is not looked at', ...lackingPage() },
  { name: 'the journal lets go of what a snapshot still needs', kept: (position) => position + 50 },
  { name: 'what has no answer is not asked again after a restart', forgetsOutstanding: true },
  { name: 'time runs backwards after a restart', forgetsTime: true },
];

const LAG_MS = 30 * 60_000;

/** Goes on after an error as if the commit had been made. */
function deafTo(journal: Journal): Journal {
  let unwritten = 0;
  return {
    get head() {
      return journal.head + unwritten;
    },
    get first() {
      return journal.first;
    },
    get segments() {
      return journal.segments;
    },
    append(batches, atMs) {
      const first = journal.head + unwritten + 1;
      try {
        journal.append(batches, atMs);
      } catch {
        for (const batch of batches) unwritten += countRecords(batch);
      }
      return first;
    },
    seal: () => {},
    read: (from) => journal.read(from),
    releaseBefore: () => [],
    close: () => journal.close(),
  };
}

/** The clock of the journal lags: by what a leap was held off that a shard thread has followed. */
function behind(journal: Journal): Journal {
  return {
    get head() {
      return journal.head;
    },
    get first() {
      return journal.first;
    },
    get segments() {
      return journal.segments;
    },
    append: (batches, atMs) => journal.append(batches, atMs - LAG_MS),
    seal: () => journal.seal(),
    read: (from) => journal.read(from),
    releaseBefore: (position) => journal.releaseBefore(position),
    close: () => journal.close(),
  };
}

function withoutSync(disk: Disk): Disk {
  const deaf = (file: DiskFile): DiskFile => ({
    get size() {
      return file.size;
    },
    read: (into, at) => file.read(into, at),
    write: (bytes, at) => file.write(bytes, at),
    sync: () => {},
    writeLater: (bytes, at) => file.writeLater(bytes, at),
    syncLater: async () => {},
    close: () => file.close(),
  });
  return {
    open: (path, mode) => deaf(disk.open(path, mode)),
    list: (dir) => disk.list(dir),
    makeDir: (dir) => disk.makeDir(dir),
    rename: (from, to) => disk.rename(from, to),
    remove: (path) => disk.remove(path),
    removeLater: (path) => disk.removeLater(path),
    syncDir: (dir) => disk.syncDir(dir),
    syncDirLater: (dir) => disk.syncDirLater(dir),
  };
}

/** Gives every frame whose checksum is wrong the one that its bytes have: nobody checks any more. */
function mendFrames(disk: SimulatedDisk): void {
  for (const name of disk.list('j').filter((each) => each.endsWith('.seg'))) {
    disk.edit(`j/${name}`, (bytes) => {
      for (let at = SECTOR_BYTES; at < bytes.length; at += SECTOR_BYTES) {
        const parsed = parseFrame(bytes, at, 'simulate');
        const end = at + frameBytes(bytes.readUInt32LE(at + 12));
        if (parsed.kind !== 'bad' || bytes.toString('latin1', at, at + 4) !== 'OFM1' || end > bytes.length) continue;
        bytes.writeUInt32LE(crc32(bytes.subarray(at + 8, end)), at + 4);
      }
    });
  }
}

class Gappy extends HostedShard {
  override replay(record: JournalRecord): number | undefined {
    if (record.lsn % 11 !== 0 || record.lsn !== this.lsn + 1) return super.replay(record);
    this.lsn = record.lsn;
    return 0;
  }
}

function lackingPage(): Pick<Planted, 'shard'> {
  return inMachines('stock', (inner) => ({
    digest: () => '0'.repeat(32),
    beginImage() {
      const image = inner.beginImage();
      const lost = image.pageCount >> 2;
      return {
        header: image.header,
        pageCount: image.pageCount - 1,
        abandon: () => image.abandon(),
        next() {
          const page = image.next();
          return page !== undefined && page.page >> 20 === lost ? image.next() : page;
        },
      };
    },
  }));
}
