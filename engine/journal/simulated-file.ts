import type { DiskFile } from './disk.ts';
import { SECTOR_BYTES as SECTOR } from './frame.ts';

// A file in memory with two images, see simulated-disk.ts.

export interface SimulatedNode {
  /** What readers see. */
  written: Buffer;
  /** What a power cut leaves at least. */
  synced: Buffer;
  /** Sectors the next sync takes to the synced image. */
  dirty: Set<number>;
}

/** What a power cut makes of one thing that was not synced. `garbage` is for sectors only. */
export type Fate = 'old' | 'new' | 'garbage';

/** Asked before the file changes; says how it goes wrong. */
interface Changes {
  readonly write: () => 'error' | 'short' | 'lost' | undefined;
  readonly sync: () => 'error' | 'short' | 'lost' | undefined;
  readonly close: () => void;
}

export class SimulatedFile implements DiskFile {
  readonly #node: SimulatedNode;
  readonly #change: Changes;

  constructor(node: SimulatedNode, change: Changes) {
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

  close(): void {
    this.#change.close();
  }
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
export function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.alloc(bytes.length);
  bytes.copy(copy);
  return copy;
}

function copySector(from: Buffer, to: Buffer, sector: number): void {
  from.copy(to, sector * SECTOR, sector * SECTOR, Math.min((sector + 1) * SECTOR, from.length));
}

/** Sectors in which two images differ. */
export function differing(written: Buffer, synced: Buffer): number[] {
  const sectors: number[] = [];
  for (let at = 0; at < written.length; at += SECTOR) {
    const now = written.subarray(at, at + SECTOR);
    if (!now.equals(synced.subarray(at, at + SECTOR))) sectors.push(at / SECTOR);
  }
  return sectors;
}

/** What a power cut leaves of a file. */
export function settle(node: SimulatedNode, path: string, fate: (what: string) => Fate): SimulatedNode {
  const written = copyOf(node.synced);
  const next: SimulatedNode = { written, synced: written, dirty: new Set() };
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
