import type { Band, PickupState, StockState } from '../protocol/wire.ts';
import { ageInWords } from './age.ts';
import { BAND_WORDS, unitsInWords } from './band-words.ts';
import type { Link } from './link.ts';
import { isFollowing } from './link-life.ts';
import type { KeyState } from './subscription-table.ts';

/** What the element shows, computed from what is known: no markup, so it can be tested as a table. */
export interface StockView {
  /** `kept`: the last number, while nobody follows it. */
  readonly kind: 'connecting' | 'live' | 'kept' | 'unknown' | 'refused';
  readonly band?: Band;
  readonly headline: string;
  /** Exact units, when the server gives them. */
  readonly units?: string;
  /** Age of the number, or what is the matter. */
  readonly note: string;
  readonly pickup?: readonly PickupState[];
}

export interface Shown {
  readonly nowMs: number;
  readonly scale: number;
  readonly unit: string;
  /** In a list, where room is short. */
  readonly compact: boolean;
}

export function viewOf(state: KeyState<StockState>, link: Link, show: Shown): StockView {
  switch (state.phase) {
    case 'unknown':
      return { kind: 'unknown', headline: 'Not stocked', note: 'This item is not in our range.' };
    case 'refused':
      return { kind: 'refused', headline: 'Stock not shown', note: state.message };
    case 'pending':
      return { kind: 'connecting', headline: 'Checking stock', note: pendingNote(link) };
    case 'known':
      return knownView(state.entry.d, link, show);
    default:
      return unreachable(state);
  }
}

function knownView(stock: StockState, link: Link, show: Shown): StockView {
  const following = isFollowing(link.state);
  const units =
    stock.units === undefined || stock.units === 0
      ? undefined
      : `${unitsInWords(stock.units, show.scale)}${show.unit === '' ? '' : ` ${show.unit}`} ${show.compact ? 'left' : 'available'}`;
  return {
    kind: following ? 'live' : 'kept',
    band: stock.band,
    headline: BAND_WORDS[stock.band].text,
    ...(units !== undefined && { units }),
    note: following ? liveNote(stock, link, show.nowMs) : keptNote(link),
    ...(stock.pickup !== undefined && { pickup: stock.pickup }),
  };
}

function liveNote(stock: StockState, link: Link, nowMs: number): string {
  if (stock.asOf === null) return 'No store has reported this item yet';
  const age = `Updated ${ageInWords(nowMs - stock.asOf)}`;
  if (stock.stale === true) return `${age} · our stores have not reported since`;
  return link.lateMs === undefined ? age : `${age} · numbers may be late`;
}

function keptNote(link: Link): string {
  const since = clockTime(link.followedMs ?? link.sinceMs);
  if (link.state === 'refused') return `Last known at ${since}. Reload the page for the current number.`;
  return `Reconnecting · last known at ${since}`;
}

function pendingNote(link: Link): string {
  switch (link.state) {
    case 'waiting':
      return 'No connection yet · trying again';
    case 'refused':
      return 'Live stock is not available right now';
    case 'idle':
    case 'connecting':
    case 'greeting':
    case 'authorizing':
    case 'live':
    case 'draining':
      return 'One moment';
    default:
      return unreachable(link.state);
  }
}

function clockTime(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit', second: '2-digit' });
}

function unreachable(value: never): never {
  throw new Error(`not a state: ${JSON.stringify(value)}`);
}
