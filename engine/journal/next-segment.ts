import type { Disk } from './disk.ts';
import { createSegment, createSegmentLater } from './segment.ts';

/**
 * The segment after the current one, made while the current one still fills. At most one at a time. When it is needed
 * before it is ready (a thread that never gives way), it is made on the spot: slower, never wrong.
 */
export class NextSegment {
  readonly #disk: Disk;
  readonly #shape: { readonly dir: string; readonly epoch: string; readonly bytes: number };
  #making: number | undefined;
  #ready: number | undefined;
  readonly #failed: (error: unknown) => void;
  #stopped = false;

  /** `failed`: a disk that cannot take zeros will not take facts. */
  constructor(
    disk: Disk,
    shape: { readonly dir: string; readonly epoch: string; readonly bytes: number },
    failed: (error: unknown) => void,
  ) {
    this.#disk = disk;
    this.#shape = shape;
    this.#failed = failed;
  }

  /** Begins to make it, unless that was begun before. */
  prepare(index: number): void {
    if (this.#making !== undefined || this.#ready === index) return;
    this.#making = index;
    const wanted = (): boolean => this.#making === index && !this.#stopped;
    createSegmentLater(this.#disk, { ...this.#shape, index }, wanted).then(
      (made) => this.#finish(index, made),
      (error: unknown) => {
        if (!this.#stopped) this.#failed(error);
      },
    );
  }

  /** On return the segment is there, whole and durable. */
  take(index: number): void {
    if (this.#ready !== index) createSegment(this.#disk, { ...this.#shape, index });
    this.#making = undefined;
    this.#ready = undefined;
  }

  stop(): void {
    this.#stopped = true;
  }

  #finish(index: number, made: boolean): void {
    if (made) this.#ready = index;
    if (this.#making === index) this.#making = undefined;
  }
}
