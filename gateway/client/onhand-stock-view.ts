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
  readonly lang: string;
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
      return state satisfies never;
  }
}

function knownView(stock: StockState, link: Link, show: Shown): StockView {
  const following = isFollowing(link.state);
  const units =
    stock.units === undefined || stock.units === 0
      ? undefined
      : `${unitsInWords(stock.units, show.scale, show.lang)}${show.unit === '' ? '' : ` ${show.unit}`} ${show.compact ? 'left' : 'available'}`;
  return {
    kind: following ? 'live' : 'kept',
    band: stock.band,
    headline: BAND_WORDS[stock.band],
    ...(units !== undefined && { units }),
    note: following ? liveNote(stock, link, show.nowMs) : keptNote(link, show.lang),
    ...(stock.pickup !== undefined && { pickup: stock.pickup }),
  };
}

function liveNote(stock: StockState, link: Link, nowMs: number): string {
  if (stock.asOf === null) return 'No store has reported this item yet';
  const age = `Updated ${ageInWords(nowMs - stock.asOf)}`;
  if (stock.stale === true) return `${age} · our stores have not reported since`;
  return link.lateMs === undefined ? age : `${age} · numbers may be late`;
}

function keptNote(link: Link, lang: string): string {
  const since = clockTime(link.followedMs ?? link.sinceMs, lang);
  if (link.state === 'refused') return `Last known at ${since}. Reload the page for the current number.`;
  return `Reconnecting · last known at ${since}`;
}

function pendingNote({ state }: Link): string {
  if (state === 'waiting') return 'No connection yet · trying again';
  return state === 'refused' ? 'Live stock is not available right now' : 'One moment';
}

function clockTime(ms: number, lang: string): string {
  return new Date(ms).toLocaleTimeString(lang, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
}
