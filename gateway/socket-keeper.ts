import { SessionWalk } from './session-walk.ts';
import type { Session } from './session.ts';
import type { SocketTransport } from './socket-transport.ts';
import type { ViewMemo } from './stock-view.ts';

export interface KeeperBounds {
  readonly connectMs: number;
  readonly heartbeatMs: number;
  readonly heartbeatGraceMs: number;
  readonly socketAgeMs: number;
  readonly drainMsMax: number;
  readonly acceptsPerSec: number;
}

interface Kept {
  readonly session: Session;
  readonly transport: SocketTransport;
  /** Absent: the peer cannot answer; that it takes what is written is its life. */
  readonly ping: (() => void) | undefined;
  readonly connectBy: number;
  readonly renewAt: number;
  heardAt: number;
  /** Undefined: it was heard since. */
  pingedAt: number | undefined;
}

/** A turn is due each second. One that comes later finds what peers said meanwhile unread. */
const LATE_MS = 2_000;

/** Looks after every open socket once a second: heartbeats, silence, slow readers, deleted keys, age; and closes all in a drain. */
export class SocketKeeper {
  readonly #bounds: KeeperBounds;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #kept = new Set<Kept>();
  readonly #following = new SessionWalk();
  readonly #telling = new SessionWalk();
  #turnedAt: number;

  constructor(bounds: KeeperBounds, now: () => number, random: () => number) {
    this.#bounds = bounds;
    this.#now = now;
    this.#random = random;
    this.#turnedAt = now();
  }

  keep(
    session: Session,
    transport: SocketTransport,
    ping: (() => void) | undefined,
  ): { heard(): void; forget(): void } {
    const now = this.#now();
    const { connectMs, socketAgeMs } = this.#bounds;
    const kept: Kept = {
      session,
      transport,
      ping,
      connectBy: now + connectMs,
      // ± 10 %, so sockets that came together do not go together.
      renewAt: now + socketAgeMs * (0.9 + 0.2 * this.#random()),
      heardAt: now,
      pingedAt: undefined,
    };
    this.#kept.add(kept);
    return {
      heard: () => {
        kept.heardAt = this.#now();
        kept.pingedAt = undefined;
      },
      forget: () => this.#kept.delete(kept),
    };
  }

  /** Once a second. */
  turn(): void {
    const now = this.#now();
    const isLate = now - this.#turnedAt >= LATE_MS;
    this.#turnedAt = now;
    for (const kept of this.#kept) this.#look(kept, now, isLate);
  }

  #look(kept: Kept, now: number, isLate: boolean): void {
    const { session, transport, heardAt, pingedAt } = kept;
    const { heartbeatMs, heartbeatGraceMs } = this.#bounds;
    if (transport.isSlow(now)) return session.close(4001, 'too slow a reader', 'slow-reader');
    // The grace is the peer's from the ping on, and a turn that comes late must not send away who has answered.
    const isSilent = pingedAt !== undefined && now - pingedAt >= heartbeatGraceMs;
    if (isSilent && !isLate && kept.ping !== undefined) return session.close(4002, 'nothing heard', 'silence');
    if (now >= kept.renewAt) return session.close(4003, 'sockets are renewed', 'socket-age');
    if (now >= kept.connectBy) session.stopWaiting();
    session.checkKey();
    // Browsers answer a ping by themselves; the frame is for scripts, which cannot see pings.
    if (now - heardAt >= heartbeatMs && pingedAt === undefined) {
      kept.pingedAt = now;
      kept.ping?.();
    }
    if (transport.idleMs(now) >= heartbeatMs) session.heartbeat();
  }

  /** Reference data changed: every session looks whether it shows another topic now. */
  followReference(): void {
    const views: ViewMemo = new Map();
    this.#following.start(this.#sessions(), (session) => session.follow(views));
  }

  /** Sources fell silent or were heard again: every session looks whether that concerns it. */
  followSilence(): void {
    this.#telling.start(this.#sessions(), (session) => session.sayStatus());
  }

  #sessions(): Session[] {
    return Array.from(this.#kept, ({ session }) => session);
  }

  /**
   * Tells each client its own moment to come back, then closes it with 1012 at that moment. The moments are spread so
   * that the next server can accept all: sockets / accepts per second, within drainMsMax.
   */
  async drain(wait: (ms: number) => Promise<unknown>): Promise<void> {
    const { acceptsPerSec, drainMsMax } = this.#bounds;
    const windowMs = Math.min(drainMsMax, (this.#kept.size / acceptsPerSec) * 1000);
    const leaving = [...this.#kept].map((kept) => ({ kept, atMs: Math.round(windowMs * this.#random()) }));
    leaving.sort((a, b) => a.atMs - b.atMs);
    for (const { kept, atMs } of leaving) kept.session.announceDrain(atMs, 'restart');
    const start = this.#now();
    for (const { kept, atMs } of leaving) {
      const waitMs = start + atMs - this.#now();
      if (waitMs > 0) await wait(waitMs);
      kept.session.close(1012, 'restart');
    }
  }

  /** Ends what has not closed by itself. */
  cutAll(): void {
    for (const { transport } of this.#kept) transport.cut();
  }

  unsentBytes(): number {
    let bytes = 0;
    for (const { transport } of this.#kept) bytes += transport.unsentBytes;
    return bytes;
  }

  get size(): number {
    return this.#kept.size;
  }
}
