import type { SourceId } from '../contract/ids.ts';
import type { WhenSilent } from '../contract/reference.ts';
import { silenceMs, type Silence } from '../contract/silence.ts';
import { afterOpenMs, openMs, type Place } from '../contract/opening-hours.ts';

/** What decides whether a node is stale (rule AV5). */
export interface Listening {
  readonly source: SourceId;
  /** When the source was heard last, ms since the epoch. */
  readonly since: number;
  /** > 0. */
  readonly freshMs: number;
  readonly whenSilent: WhenSilent;
  readonly place: Place;
}

/**
 * What holds at a moment; null while the node is not stale. 12 units at most, 1 for every 10 minutes, 47 minutes of open
 * time without a word -> 4 units are kept back.
 */
export function silenceAt({ source, since, freshMs, whenSilent, place }: Listening, atMs: number): Silence | null {
  const silent = openMs(place, since, atMs);
  if (silent < silenceMs(freshMs)) return null;
  const { widen, switchOff = false } = whenSilent;
  const steps = widen === undefined ? 0 : Math.floor(silent / widen.everyMs);
  const widenUnits = widen === undefined ? 0 : Math.min(widen.maxUnits, steps * widen.units);
  return { source, since, widenUnits, switchedOff: switchOff };
}

/** The first moment after `fromMs` at which something else holds, if nobody is heard; Infinity when never. */
export function nextTurnAt(listening: Listening, fromMs: number): number {
  const { since, freshMs, place, whenSilent } = listening;
  const now = silenceAt(listening, fromMs);
  if (now === null) return afterOpenMs(place, since, silenceMs(freshMs));
  const { widen } = whenSilent;
  if (widen === undefined || widen.units === 0 || now.widenUnits >= widen.maxUnits) return Infinity;
  const steps = Math.floor(openMs(place, since, fromMs) / widen.everyMs);
  return afterOpenMs(place, since, (steps + 1) * widen.everyMs);
}
