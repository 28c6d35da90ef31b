import type { Disk, DiskFile, OpenMode } from './disk.ts';

// A disk in memory that can lose power. It keeps two images: what was written, which every reader sees, and what was
// synced, which a power cut leaves. In between each 4 KiB sector may survive or not, and so may each name.

export const SECTOR = 4096;

interface Node {
  /** What readers see. */
  written: Buffer;
  /** What a power cut leaves at least. */
  synced: Buffer;
  /** Sectors the next sync takes to the synced image. */
  dirty: Set<number>;
}

/** What a power cut makes of one thing that was not synced. `garbage` is for sectors only. */
export type Fate = 'old' | 'new' | 'garbage';

export interface Fault {
  readonly call: 'write' | 'sync' | 'syncDir' | 'rename' | 'open' | 'remove';
  /** Counts calls of that kind from 1. */
  readonly nth: number;
  /** `short`: a write that takes only half. `lost`: a sync that fails, after which the kernel calls the pages clean. */
  readonly how: 'error' | 'short' | 'lost';
}

/** Thrown where the process is to die: nothing after it happens. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

export class SimulatedDisk implements Disk {
  /** Names as every process sees them, and as a power cut would leave them. */
  readonly #names = new Map<string, Node>();
  #durableNames = new Map<string, Node>();
  readonly #calls = new Map<string, number>();
  readonly #faults: readonly Fault[];
  /** Calls that change something, until power is cut. */
  cutAfter = Infinity;
  /** Changing calls so far. */
  changes = 0;

  constructor(faults: readonly Fault[] = []) {
    this.#faults = faults;
  }

  open(path: string, mode: OpenMode): DiskFile {
    if (mode === 'create') {
      this.#change('open', path);
      if (this.#names.has(path)) throw new Error(`EEXIST: ${path}`);
      this.#names.set(path, { written: Buffer.alloc(0), synced: Buffer.alloc(0), dirty: new Set() });
    }
    const node = this.#node(path);
    return new SimulatedFile(node, {
      write: () => this.#change('write', path),
      sync: () => this.#change('sync', path),
    });
  }

  list(dir: string): readonly string[] {
    const prefix = `${dir}/`;
    const names = [...this.#names.keys()].filter((path) => path.startsWith(prefix));
    return names
      .map((path) => path.slice(prefix.length))
      .filter((name) => !name.includes('/'))
      .toSorted();
  }

  makeDir(): void {}

  rename(from: string, to: string): void {
    this.#change('rename', from);
    this.#names.set(to, this.#node(from));
    this.#names.delete(from);
  }

  remove(path: string): void {
    this.#change('remove', path);
    this.#node(path);
    this.#names.delete(path);
  }

  async removeLater(path: string): Promise<void> {
    this.remove(path);
  }

  syncDir(dir: string): void {
    this.#change('syncDir', dir);
    const inside = (path: string): boolean => path.startsWith(`${dir}/`) && !path.slice(dir.length + 1).includes('/');
    for (const path of this.#durableNames.keys())
      if (inside(path) && !this.#names.has(path)) this.#durableNames.delete(path);
    for (const [path, node] of this.#names) if (inside(path)) this.#durableNames.set(path, node);
  }

  async syncDirLater(dir: string): Promise<void> {
    this.syncDir(dir);
  }

  /** The process died, the machine did not: everything written is there. */
  afterCrash(): SimulatedDisk {
    const next = new SimulatedDisk();
    for (const [path, node] of this.#names) next.#names.set(path, node);
    next.#durableNames = new Map(this.#durableNames);
    return next;
  }

  /** The machine died: what was not synced is old, new or garbage, as `fate` says for each sector and each name. */
  afterPowerCut(fate: (what: string) => Fate): SimulatedDisk {
    const next = new SimulatedDisk();
    const nodes = new Map<Node, Node>();
    const settled = (node: Node, path: string): Node => {
      const known = nodes.get(node) ?? settle(node, path, fate);
      nodes.set(node, known);
      return known;
    };
    for (const path of new Set([...this.#durableNames.keys(), ...this.#names.keys()])) {
      const before = this.#durableNames.get(path);
      const after = this.#names.get(path);
      const node = before === after || fate(`name ${path}`) === 'old' ? before : after;
      if (node === undefined) continue;
      next.#names.set(path, settled(node, path));
      next.#durableNames.set(path, settled(node, path));
    }
    return next;
  }

  /** Sectors of a file that a power cut may still lose. */
  unsynced(path: string): readonly number[] {
    const { written, synced } = this.#node(path);
    return differing(written, synced);
  }

  /** Sectors of a file that differ from an earlier state of the disk. */
  changedSince(before: SimulatedDisk, path: string): readonly number[] {
    return differing(this.#node(path).written, before.#node(path).written);
  }

  /** Bytes of a file, for looking and for damaging: changes both images. */
  edit(path: string, change: (bytes: Buffer) => Buffer | void): void {
    const node = this.#node(path);
    node.written = copyOf(change(node.written) ?? node.written);
    node.synced = copyOf(node.written);
  }

  clone(): SimulatedDisk {
    const next = new SimulatedDisk();
    const copies = new Map<Node, Node>();
    const copy = (node: Node): Node => {
      const known = copies.get(node) ?? {
        written: copyOf(node.written),
        synced: copyOf(node.synced),
        dirty: new Set(node.dirty),
      };
      copies.set(node, known);
      return known;
    };
    for (const [path, node] of this.#names) next.#names.set(path, copy(node));
    for (const [path, node] of this.#durableNames) next.#durableNames.set(path, copy(node));
    return next;
  }

  #node(path: string): Node {
    const node = this.#names.get(path);
    if (node === undefined) throw new Error(`ENOENT: ${path}`);
    return node;
  }

  #change(call: Fault['call'], path: string): Fault['how'] | undefined {
    if (this.changes >= this.cutAfter) throw new PowerCut(`before ${call} of ${path}`);
    this.changes++;
    const nth = (this.#calls.get(call) ?? 0) + 1;
    this.#calls.set(call, nth);
    const how = this.#faults.find((fault) => fault.call === call && fault.nth === nth)?.how;
    if (how === 'error') throw new Error(`EIO: ${call} of ${path}`);
    return how;
  }
}

/** Asked before the file changes; says how it goes wrong. */
interface Changes {
  readonly write: () => Fault['how'] | undefined;
  readonly sync: () => Fault['how'] | undefined;
}

class SimulatedFile implements DiskFile {
  readonly #node: Node;
  readonly #change: Changes;

  constructor(node: Node, change: Changes) {
    this.#node = node;
    this.#change = change;
  }

  get size(): number {
    return this.#node.written.length;
  }

  read(into: Uint8Array, at: number): number {
    return at >= this.size ? 0 : this.#node.written.copy(into, 0, at, Math.min(at + into.length, this.size));
  }

  write(bytes: Uint8Array, at: number): number {
    const taken = this.#change.write() === 'short' ? Math.floor(bytes.length / 2) : bytes.length;
    const node = this.#node;
    node.written = atLeast(node.written, at + taken);
    node.written.set(bytes.subarray(0, taken), at);
    for (let sector = Math.floor(at / SECTOR); sector * SECTOR < at + taken; sector++) node.dirty.add(sector);
    return taken;
  }

  sync(): void {
    const node = this.#node;
    if (this.#change.sync() === 'lost') {
      node.dirty.clear();
      throw new Error('EIO: sync, and the kernel calls the pages clean');
    }
    node.synced = atLeast(node.synced, node.written.length);
    for (const sector of node.dirty) copySector(node.written, node.synced, sector);
    node.dirty.clear();
  }

  async writeLater(bytes: Uint8Array, at: number): Promise<number> {
    return this.write(bytes, at);
  }

  async syncLater(): Promise<void> {
    this.sync();
  }

  close(): void {}
}

/** Grows within its own memory as long as that reaches, so a large file is not copied for each page. */
function atLeast(bytes: Buffer, length: number): Buffer {
  if (bytes.length >= length) return bytes;
  if (bytes.buffer.byteLength >= length) return Buffer.from(bytes.buffer, 0, length);
  const larger = Buffer.alloc(Math.max(length, 2 * bytes.length));
  bytes.copy(larger);
  return larger.subarray(0, length);
}

/** With memory of its own and nothing behind its end, as `atLeast` needs it. */
function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.alloc(bytes.length);
  bytes.copy(copy);
  return copy;
}

function copySector(from: Buffer, to: Buffer, sector: number): void {
  from.copy(to, sector * SECTOR, sector * SECTOR, Math.min((sector + 1) * SECTOR, from.length));
}

function differing(written: Buffer, synced: Buffer): number[] {
  const sectors: number[] = [];
  for (let at = 0; at < written.length; at += SECTOR) {
    const now = written.subarray(at, at + SECTOR);
    if (!now.equals(synced.subarray(at, at + SECTOR))) sectors.push(at / SECTOR);
  }
  return sectors;
}

function settle(node: Node, path: string, fate: (what: string) => Fate): Node {
  const written = copyOf(node.synced);
  const next: Node = { written, synced: written, dirty: new Set() };
  for (const sector of differing(node.written, node.synced)) {
    const chosen = fate(`sector ${sector} of ${path}`);
    if (chosen === 'old') continue;
    const end = Math.min((sector + 1) * SECTOR, node.written.length);
    next.written = atLeast(next.written, end);
    if (chosen === 'new') copySector(node.written, next.written, sector);
    else next.written.fill(`garbage ${sector} `, sector * SECTOR, end);
  }
  next.synced = copyOf(next.written);
  return next;
}
