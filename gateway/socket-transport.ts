import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { joinedFrames } from './frame.ts';
import type { Transport } from './session.ts';

/** How a connection ends: a websocket, or what stands for one. */
export type WireEnd = Pick<WebSocket, 'readyState' | 'close' | 'terminate'>;

/** Where whole frames are written. */
export type RawEnd = Pick<Duplex, 'writableLength'> & {
  write(frames: Buffer, done?: () => void): unknown;
};

/** Of one large write it is seen only that it has ended, so beyond `closeBytes` it has a second more for each so many bytes. */
const BYTES_PER_SEC_MIN = 8_192;

/** WebSocket.OPEN. */
const OPEN = 1;

export interface SlowBounds {
  readonly skipBytes: number;
  readonly closeBytes: number;
  readonly silentWriteMs: number;
}

/**
 * The sending half of one socket. Frames go to the raw socket that the HTTP `upgrade` handed over, all of a flush in
 * one write. `bufferedAmount` says nothing until some 4 MB sit in the kernel, so slowness is judged by what the
 * kernel has not taken *and* by the time since it last took something.
 *
 * A write to a socket that holds nothing is given no callback: node then spends no tick on its end, a fifth of what a
 * write costs. What the kernel took is seen once a second (`isSlow`) by what is left.
 */
export class SocketTransport implements Transport {
  readonly #ws: WireEnd;
  readonly #raw: RawEnd;
  readonly #bounds: SlowBounds;
  readonly #now: () => number;
  /** Called once, in the midst of a write: the peer lets too much pile up. */
  onSlow: () => void = () => undefined;
  #open = true;
  /** Size of the write that was begun with room: a large answer to a willing reader is not slowness. */
  #granted = 0;
  readonly #waiters: (() => void)[] = [];
  /** Bytes written, and how many of them the kernel had taken at the last look. */
  #written = 0;
  #taken = 0;
  #lastWriteMs: number;
  #lastDoneMs: number;

  constructor(ws: WireEnd, raw: RawEnd, bounds: SlowBounds, now: () => number) {
    this.#ws = ws;
    this.#raw = raw;
    this.#bounds = bounds;
    this.#now = now;
    this.#lastWriteMs = this.#lastDoneMs = now();
  }

  get hasRoom(): boolean {
    return this.#raw.writableLength <= this.#bounds.skipBytes;
  }

  get unsentBytes(): number {
    return this.#raw.writableLength;
  }

  /** Ms since something was sent. */
  idleMs(nowMs: number): number {
    return nowMs - this.#lastWriteMs;
  }

  /** It holds more than it may, or the kernel has taken nothing for too long. */
  isSlow(nowMs: number): boolean {
    const taken = this.#written - this.#raw.writableLength;
    if (taken > this.#taken) {
      this.#taken = taken;
      this.#lastDoneMs = nowMs;
    }
    const stuck = this.#raw.writableLength > 0 && nowMs - this.#lastDoneMs >= this.#patienceMs;
    return stuck || this.#holdsTooMuch;
  }

  /** Resolves when there is room, or nobody to write to any more. Waiters are few: commands one by one, and each log that is read. */
  whenRoom(): Promise<void> {
    if (this.hasRoom || !this.#open) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  write(frames: readonly Buffer[]): void {
    // After a close frame, ours or the answer to the peer's, no data may follow.
    if (!this.#open || this.#ws.readyState !== OPEN) return;
    this.#lastWriteMs = this.#now();
    const bytes = joinedFrames(frames);
    const unsent = this.#raw.writableLength;
    this.#written += bytes.length;
    if (unsent === 0) this.#lastDoneMs = this.#lastWriteMs;
    if (unsent <= this.#bounds.skipBytes) this.#granted = bytes.length;
    // Nobody waits for room that such a write could take away.
    if (unsent === 0 && bytes.length <= this.#bounds.skipBytes) this.#raw.write(bytes);
    else {
      this.#raw.write(bytes, this.#done);
      if (this.#holdsTooMuch) this.onSlow();
    }
  }

  /** A close frame behind what was written. ws cuts the connection when the peer does not answer. */
  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#ws.close(code, reason.slice(0, 120));
    // Who does not read will not read the close frame either, and must not hold memory until a timeout.
    if (!this.hasRoom) this.#ws.terminate();
  }

  cut(): void {
    this.#open = false;
    this.#ws.terminate();
  }

  ended(): void {
    this.#open = false;
    this.#wake();
  }

  /** One function per socket, not one per write. */
  readonly #done = (): void => {
    this.#lastDoneMs = this.#now();
    if (this.hasRoom) this.#wake();
  };

  get #patienceMs(): number {
    const { silentWriteMs, closeBytes } = this.#bounds;
    return silentWriteMs + (Math.max(0, this.#raw.writableLength - closeBytes) * 1000) / BYTES_PER_SEC_MIN;
  }

  get #holdsTooMuch(): boolean {
    return this.#raw.writableLength - this.#granted >= this.#bounds.closeBytes;
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }
}
