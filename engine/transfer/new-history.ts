import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StateImage } from '../contract/machine.ts';
import { nodeDisk, type Disk } from '../journal/disk.ts';
import type { Folder } from '../journal/folder.ts';
import type { Journal } from '../journal/journal.ts';
import { openSegmentJournal } from '../journal/segment-journal.ts';
import { openSnapshotStore, type SnapshotPoint } from '../journal/snapshot-store.ts';
import type { Partition } from '../shard/partition.ts';
import { TurnRecords } from '../shard/turn-records.ts';
import type { FactLine, ShardState } from './lines.ts';
import { type Image, States } from './states.ts';

/** Facts of one journal time that share a commit at most. */
const COMMIT_FACTS_MAX = 1_000;
/** Nothing counts before the whole import does, so nothing is synced before: a commit then takes µs instead of a disk's time. */
const unsynced: Disk = {
  ...nodeDisk,
  open: (path, mode) => Object.assign(nodeDisk.open(path, mode), { sync: () => undefined }),
  syncDir: () => undefined,
};

/** Journal and snapshots of a new folder, written from the lines of an export, and the states they come to. */
export class NewHistory {
  readonly #folder: Folder;
  readonly #states: States;
  readonly #journal: Journal;
  readonly #records = new TurnRecords();
  #waiting = 0;
  #next: number;
  #atMs = -Infinity;

  constructor(folder: Folder, partition: Partition, first: number) {
    this.#folder = folder;
    this.#states = new States(partition);
    this.#next = first;
    // Positions stay what they were. A journal that does not begin with the first is one whose beginning is gone.
    const { journalDir: dir, epoch } = folder;
    this.#journal = openSegmentJournal({ dir, epoch, disk: unsynced, durableTo: first - 1, acceptLoss: first > 1 });
    rmSync(join(dir, 'lost'), { recursive: true, force: true });
  }

  /** Undefined when it restores to its digest, otherwise why not. */
  async begin(image: Image): Promise<string | undefined> {
    const why = this.#states.restore(image);
    if (why !== undefined) return why;
    const pages = image.pages.values();
    await this.#write(image.shard, image, {
      header: image.header,
      pageCount: image.pages.length,
      next: () => pages.next().value,
      abandon: () => undefined,
    });
    return undefined;
  }

  /** Undefined when it follows and applies, otherwise why not. */
  add(line: FactLine): string | undefined {
    if (line.position !== this.#next) return `position ${line.position} stands where ${this.#next} belongs`;
    if (line.at < this.#atMs) return `journal time ${line.at} follows ${this.#atMs}`;
    const why = this.#states.apply(line);
    if (why !== undefined) return why;
    if (line.at !== this.#atMs || this.#waiting >= COMMIT_FACTS_MAX) this.#commit();
    this.#atMs = line.at;
    try {
      this.#records.add(line.shard, line.lsn, line.fact);
    } catch (error) {
      // A machine looks only at what it needs of a fact; bytes are made of all of it.
      return `this fact cannot be written: ${String(error)}`;
    }
    this.#waiting += 1;
    this.#next += 1;
    return undefined;
  }

  states(): readonly ShardState[] {
    return this.#states.all();
  }

  /** The journal is closed, and each shard has a snapshot: the first start replays nothing. */
  async finish(): Promise<void> {
    this.#commit();
    const position = this.#next - 1;
    for (const { number, lsn, machine } of this.#states.shards) {
      if (lsn > 0) await this.#write(number, { lsn, position, digest: machine.digest() }, machine.beginImage());
    }
  }

  close(): void {
    this.#journal.close();
  }

  #commit(): void {
    for (const { records } of this.#records.take()) this.#journal.append([records], this.#atMs);
    this.#waiting = 0;
  }

  async #write(shard: number, { lsn, position, digest }: SnapshotPoint, image: StateImage): Promise<void> {
    const store = openSnapshotStore({ dir: this.#folder.snapshotsDir, shard });
    const writer = store.begin({ lsn, position, ...(digest !== undefined && { digest }) }, image);
    while (!writer.step(1_000));
    await writer.finish();
  }
}
