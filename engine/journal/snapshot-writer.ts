import { assert } from '../contract/assert.ts';
import type { StateImage } from '../contract/machine.ts';
import type { Disk, DiskFile } from './disk.ts';
import { writeWhole } from './disk.ts';
import type { Sealed, SnapshotHead } from './snapshot-file.ts';
import { PAGE_BYTES_MAX, addToTotal, encodeHead, encodePage, encodeTrailer } from './snapshot-file.ts';

/** Written between two syncs: a gigabyte synced at once would hold up the journal's commits on the same disk. */
const SYNC_EVERY_BYTES = 16 * 1024 * 1024;

/**
 * Copies an image into a file, a few pages per turn of the shard. Pages go to the kernel at once, syncing happens off
 * the thread. The file is under its own name aside until `finish` has made it durable.
 */
export class SnapshotWriter {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #image: StateImage;
  readonly #file: DiskFile;
  readonly #finished: () => Promise<void>;
  #state: 'writing' | 'written' | 'ended' = 'writing';
  #at = 0;
  #pages = 0;
  #total = 0;
  #unsynced = 0;
  #syncing: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;

  /** `finished` runs after the file is durable under its name. */
  constructor(
    disk: Disk,
    path: string,
    source: { head: SnapshotHead; image: StateImage },
    finished: () => Promise<void>,
  ) {
    this.#disk = disk;
    this.#path = path;
    this.#image = source.image;
    this.#finished = finished;
    this.#file = disk.open(`${path}.tmp`, 'create');
    this.#put(encodeHead(source.head), { counts: true });
  }

  /** Writes up to so many pages; true when the image is out and `finish` may be called. */
  step(pagesMax: number): boolean {
    if (this.#state === 'written') return true;
    assert(this.#state === 'writing', () => 'this snapshot has ended');
    for (let i = 0; i < pagesMax; i++) {
      const page = this.#image.next();
      if (page === undefined) {
        this.#put(encodeTrailer(this.#pages, this.#total), { counts: false });
        this.#state = 'written';
        return true;
      }
      assert(page.bytes.length <= PAGE_BYTES_MAX, () => `page ${page.page} has ${page.bytes.length} bytes`);
      this.#put(encodePage(page), { counts: true });
      this.#pages++;
    }
    return false;
  }

  /** Resolves when the snapshot is durable and older ones than the newest two are gone. Rejects when the disk failed: the older ones are still there. */
  async finish(): Promise<void> {
    assert(this.#state === 'written', () => 'finish before step returned true');
    this.#state = 'ended';
    try {
      await this.#syncing;
      if (this.#failed !== undefined) throw this.#failed.error;
      await this.#file.syncLater();
    } catch (error) {
      this.#file.close();
      await this.#disk.removeLater(`${this.#path}.tmp`);
      throw error;
    }
    this.#file.close();
    this.#disk.rename(`${this.#path}.tmp`, this.#path);
    await this.#finished();
  }

  /** Gives up; nothing remains. */
  async abandon(): Promise<void> {
    if (this.#state === 'ended') return;
    if (this.#state === 'writing') this.#image.abandon();
    this.#state = 'ended';
    await this.#syncing;
    this.#file.close();
    await this.#disk.removeLater(`${this.#path}.tmp`);
  }

  #put({ bytes, crc }: Sealed, { counts }: { counts: boolean }): void {
    writeWhole(this.#file, bytes, this.#at);
    this.#at += bytes.length;
    if (counts) this.#total = addToTotal(this.#total, crc);
    this.#unsynced += bytes.length;
    if (this.#unsynced >= SYNC_EVERY_BYTES && this.#syncing === undefined) this.#syncBehind();
  }

  #syncBehind(): void {
    this.#unsynced = 0;
    this.#syncing = this.#file.syncLater().then(
      () => void (this.#syncing = undefined),
      (error: unknown) => void (this.#failed = { error }),
    );
  }
}
