import type { SourceId } from '../contract/ids.ts';
import type { SlowClock } from '../contract/slow-clock.ts';
import type { StockEvent } from '../contract/stock-event.ts';

// A source whose clock runs behind (rule FD10): what it sends bears times that are always long past. An event may be late
// for many reasons, but none arrives before it happened, so the least delay of many is what the clock is behind at most.

/** Width of a window, in ms; the one before counts too. */
const WINDOW_MS = 10 * 60_000;
/** Events behind one verdict: fewer may all be late by chance. */
export const EVENTS_MIN = 20;
/** Less is called punctual, in ms: as far ahead as a clock may be. */
export const BEHIND_MS_MIN = 5 * 60_000;

interface Window {
  events: number;
  leastMs: number;
}

const newWindow = (): Window => ({ events: 0, leastMs: Infinity });

/** A statistic of this process, no state of a shard: nothing is decided by it. */
export class SourceClocks {
  /** By source; only known ones are noted, so the reference data bound them. */
  readonly #sources = new Map<SourceId, { now: Window; before: Window; number: number }>();

  note(events: readonly StockEvent[], receivedAt: number, isKnown: (source: SourceId) => boolean): void {
    const number = Math.floor(receivedAt / WINDOW_MS);
    for (const event of events) {
      let known = this.#sources.get(event.source);
      if (known === undefined) {
        if (!isKnown(event.source)) continue;
        this.#sources.set(event.source, (known = { now: newWindow(), before: newWindow(), number }));
      }
      if (known.number !== number) {
        known.before = known.number === number - 1 ? known.now : newWindow();
        known.now = newWindow();
        known.number = number;
      }
      known.now.events++;
      known.now.leastMs = Math.min(known.now.leastMs, receivedAt - (event.postedAt ?? event.at));
    }
  }

  /** Those that are steadily behind. */
  slow(atMs: number): SlowClock[] {
    const number = Math.floor(atMs / WINDOW_MS);
    return [...this.#sources].flatMap(([source, known]) => {
      const windows =
        known.number === number ? [known.now, known.before] : known.number === number - 1 ? [known.now] : [];
      const events = windows.reduce((sum, each) => sum + each.events, 0);
      const behindMs = Math.round(Math.min(...windows.map(({ leastMs }) => leastMs)));
      return events >= EVENTS_MIN && behindMs >= BEHIND_MS_MIN ? [{ source, behindMs }] : [];
    });
  }
}
