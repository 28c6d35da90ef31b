import type { Disk, DiskFile, OpenMode } from '../journal/disk.ts';
import type { Chance } from './chance.ts';

/** A call that gave its thread back: the disk does it when it likes. */
interface Later {
  readonly run: () => void;
}

/**
 * A disk whose calls behind the thread's back (snapshots, the next segment) happen only when the scheduler says so, in
 * any order between files and in their own order within one. Everything else passes through.
 */
export class ScheduledDisk implements Disk {
  readonly #disk: Disk;
  /** By path: calls of one file keep their order. */
  readonly #waiting = new Map<string, Later[]>();
  #ended = false;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Nothing is done any more, whoever still asks. */
  end(): void {
    this.#waiting.clear();
    this.#ended = true;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Does one of the calls that wait. */
  work(chance: Chance): void {
    const path = chance.pick([...this.#waiting.keys()]);
    const calls = this.#waiting.get(path) as Later[];
    const call = calls.shift() as Later;
    if (calls.length === 0) this.#waiting.delete(path);
    call.run();
  }

  open(path: string, mode: OpenMode): DiskFile {
    return new ScheduledFile(this.#disk.open(path, mode), (act) => this.#later(path, act));
  }

  list(dir: string): readonly string[] {
    return this.#disk.list(dir);
  }
  makeDir(dir: string): void {
    this.#disk.makeDir(dir);
  }
  rename(from: string, to: string): void {
    this.#disk.rename(from, to);
  }
  remove(path: string): void {
    this.#disk.remove(path);
  }
  removeLater(path: string): Promise<void> {
    return this.#later(path, () => this.#disk.remove(path));
  }
  syncDir(dir: string): void {
    this.#disk.syncDir(dir);
  }
  syncDirLater(dir: string): Promise<void> {
    return this.#later(dir, () => this.#disk.syncDir(dir));
  }

  #later<T>(path: string, act: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#ended) return promise;
    const run = (): void => {
      try {
        resolve(act());
      } catch (error) {
        reject(error);
      }
    };
    const calls = this.#waiting.get(path);
    if (calls === undefined) this.#waiting.set(path, [{ run }]);
    else calls.push({ run });
    return promise;
  }
}

class ScheduledFile implements DiskFile {
  readonly #file: DiskFile;
  readonly #later: <T>(act: () => T) => Promise<T>;

  constructor(file: DiskFile, later: <T>(act: () => T) => Promise<T>) {
    this.#file = file;
    this.#later = later;
  }

  get size(): number {
    return this.#file.size;
  }
  read(into: Uint8Array, at: number): number {
    return this.#file.read(into, at);
  }
  write(bytes: Uint8Array, at: number): number {
    return this.#file.write(bytes, at);
  }
  sync(): void {
    this.#file.sync();
  }
  writeLater(bytes: Uint8Array, at: number): Promise<number> {
    return this.#later(() => this.#file.write(bytes, at));
  }
  syncLater(): Promise<void> {
    return this.#later(() => this.#file.sync());
  }
  close(): void {
    this.#file.close();
  }
}
