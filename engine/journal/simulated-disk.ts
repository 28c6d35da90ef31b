import type { Disk, DiskFile, OpenMode } from './disk.ts';
import type { Fate, SimulatedNode } from './simulated-file.ts';
import { SimulatedFile, copyOf, differing, settle } from './simulated-file.ts';

// A disk in memory that can lose power. It keeps two images: what was written, which every reader sees, and what was
// synced, which a power cut leaves. In between each 4 KiB sector may survive or not, and so may each name.

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
  readonly #names = new Map<string, SimulatedNode>();
  #durableNames = new Map<string, SimulatedNode>();
  readonly #calls = new Map<string, number>();
  readonly #faults: readonly Fault[];
  /** Calls that change something, until power is cut. */
  cutAfter = Infinity;
  openFiles = 0;
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
    this.openFiles++;
    return new SimulatedFile(node, {
      write: () => this.#change('write', path),
      sync: () => this.#change('sync', path),
      close: () => void this.openFiles--,
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
  afterCrash(faults: readonly Fault[] = []): SimulatedDisk {
    const next = new SimulatedDisk(faults);
    for (const [path, node] of this.#names) next.#names.set(path, node);
    next.#durableNames = new Map(this.#durableNames);
    return next;
  }

  /** The machine died: what was not synced is old, new or garbage, as `fate` says for each sector and each name. */
  afterPowerCut(fate: (what: string) => Fate, faults: readonly Fault[] = []): SimulatedDisk {
    const next = new SimulatedDisk(faults);
    const nodes = new Map<SimulatedNode, SimulatedNode>();
    const settled = (node: SimulatedNode, path: string): SimulatedNode => {
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
    const copies = new Map<SimulatedNode, SimulatedNode>();
    const copy = (node: SimulatedNode): SimulatedNode => {
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

  #node(path: string): SimulatedNode {
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
