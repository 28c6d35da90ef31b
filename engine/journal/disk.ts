import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';

// All the journal and the snapshots ask of a disk, so that tests can put one in its place that fails, tears writes
// and forgets what was not synced.

/** `create` fails when the file exists; `update` and `read` fail when it does not. */
export type OpenMode = 'create' | 'update' | 'read';

export interface DiskFile {
  readonly size: number;
  /** Bytes read, 0 at the end. */
  read(into: Uint8Array, at: number): number;
  /** Bytes written: may be fewer than given, see `writeWhole`. */
  write(bytes: Uint8Array, at: number): number;
  /** Data and what is needed to find it again are durable on return. */
  sync(): void;
  /** The same two without blocking this thread. */
  writeLater(bytes: Uint8Array, at: number): Promise<number>;
  syncLater(): Promise<void>;
  close(): void;
}

export interface Disk {
  open(path: string, mode: OpenMode): DiskFile;
  /** Names in a folder, sorted by code units. */
  list(dir: string): readonly string[];
  /** Does nothing when the folder exists. */
  makeDir(dir: string): void;
  rename(from: string, to: string): void;
  remove(path: string): void;
  removeLater(path: string): Promise<void>;
  /** Created, renamed and removed names are durable on return. */
  syncDir(dir: string): void;
  syncDirLater(dir: string): Promise<void>;
}

/** Node's write may write less than asked without throwing. What the rest would do is unknown, so that is an error. */
export function writeWhole(file: DiskFile, bytes: Uint8Array, at: number): void {
  requireWhole(file.write(bytes, at), bytes.length, at);
}

export async function writeWholeLater(file: DiskFile, bytes: Uint8Array, at: number): Promise<void> {
  requireWhole(await file.writeLater(bytes, at), bytes.length, at);
}

function requireWhole(written: number, asked: number, at: number): void {
  if (written !== asked) throw new Error(`short write: ${written} of ${asked} bytes at byte ${at}; is the disk full?`);
}

/** Fills `into` as far as the file reaches; the length that was read. */
export function readWhole(file: DiskFile, into: Uint8Array, at: number): number {
  let read = 0;
  while (read < into.length) {
    const more = file.read(into.subarray(read), at + read);
    if (more === 0) break;
    read += more;
  }
  return read;
}

export const nodeDisk: Disk = {
  open: (path, mode) => new NodeFile(openSync(path, { create: 'wx+', update: 'r+', read: 'r' }[mode], 0o600)),
  list: (dir) => readdirSync(dir).toSorted(),
  makeDir: (dir) => void mkdirSync(dir, { recursive: true, mode: 0o700 }),
  rename: renameSync,
  remove: (path) => rmSync(path),
  removeLater: (path) => rm(path),
  syncDir: (dir) => withDir(dir, fsyncSync),
  async syncDirLater(dir) {
    const fd = openSync(dir, 'r');
    try {
      await promisify(fsync)(fd);
    } finally {
      closeSync(fd);
    }
  },
};

class NodeFile implements DiskFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  get size(): number {
    return fstatSync(this.#fd).size;
  }

  read(into: Uint8Array, at: number): number {
    return readSync(this.#fd, into, 0, into.length, at);
  }

  write(bytes: Uint8Array, at: number): number {
    return writeSync(this.#fd, bytes, 0, bytes.length, at);
  }

  sync(): void {
    fdatasyncSync(this.#fd);
  }

  async writeLater(bytes: Uint8Array, at: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    write(this.#fd, bytes, 0, bytes.length, at, (error, written) =>
      error === null ? resolve(written) : reject(error),
    );
    return promise;
  }

  async syncLater(): Promise<void> {
    await promisify(fdatasync)(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function withDir(dir: string, use: (fd: number) => void): void {
  const fd = openSync(dir, 'r');
  try {
    use(fd);
  } finally {
    closeSync(fd);
  }
}
