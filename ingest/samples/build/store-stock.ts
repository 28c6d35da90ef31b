import { dayOf, momentOf } from '../local-time.ts';
import type { Demand } from './tills.ts';
import { chance, draw } from './seeded.ts';

// One store position's year: opening stock, trucks, counts, damage, by the rule README.md states in words.

/** Absolute on-hand at a moment, before anything that happens later. */
export interface Level {
  readonly at: number;
  readonly quantity: number;
}

export interface Position {
  readonly opening: number;
  /** Units a truck brought, by the local day it arrived. */
  readonly trucks: ReadonlyMap<number, number>;
  readonly counts: readonly Level[];
  readonly book: Level | undefined;
  /** One unit set aside as damaged, at the truck of that day. */
  readonly damagedOn: number | undefined;
}

/** Weekdays a store is delivered, as days since Sunday 1 January 2017 modulo 7: Tue Thu Sat or Mon Wed Fri. */
function isTruckDay(node: string, day: number): boolean {
  const even = chance(`trucks ${node}`) < 0.5;
  return day >= 2 && day <= 363 && (even ? [2, 4, 6] : [1, 3, 5]).includes(day % 7);
}

/** When that day's truck is booked in: 5:00 to 6:30, the same minute all year. */
export function truckAt(node: string, day: number): number {
  return momentOf(day, draw(`truck minute ${node}`, 300, 390));
}

/** The month-end after which the ledger sends a store's balances: ten stores a month. */
export const bookDayOf = (rank: number): number => MONTH_ENDS[rank % 12] as number;
const MONTH_ENDS = [31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 363];
/** 4:37: nothing else is booked then, and what the tills sent until 4:30 is. */
export const BOOK_MINUTE = 277;

/** No absolute within this time of a movement of its position: a replay that rounds times must not change their order. */
const APART_MS = 15 * 60_000;

type Step = { readonly at: number } & (
  | { readonly what: Demand['kind']; readonly units: number; readonly postedAt: number }
  | { readonly what: 'review' | 'count' | 'book' }
);

export function liveYear(node: string, sku: string, demand: readonly Demand[], bookDay: number): Position {
  const about = `${node} ${sku}`;
  const sales = demand.filter((one) => one.kind === 'sale');
  const total = sales.reduce((sum, one) => sum + one.units, 0);
  const largest = sales.reduce((most, one) => Math.max(most, one.units), 0);
  const shelf = Math.max(draw(`shelf ${about}`, 4, 12), 2 * largest + 1, Math.ceil(total / 10));
  return walk(about, node, shelf, steps(about, node, total, demand, bookDay), openingOf(about, shelf, demand));
}

/** 3 % of positions start empty, 9 % nearly so, the rest between half and the whole shelf. */
function openingOf(about: string, shelf: number, demand: readonly Demand[]): number {
  const share = chance(`opening ${about}`);
  const wished =
    share < 0.03 ? 0 : share < 0.12 ? draw(`few ${about}`, 1, 2) : draw(`most ${about}`, Math.ceil(shelf / 2), shelf);
  // Before the first truck, what a till sold was there.
  let early = 0;
  for (const one of demand) if (dayOf(one.at) <= 3 && one.kind === 'sale') early += one.units;
  return early === 0 ? wished : Math.max(wished, early + 1);
}

function steps(about: string, node: string, total: number, demand: readonly Demand[], bookDay: number): Step[] {
  const found: Step[] = demand.map((one) => ({ at: one.at, what: one.kind, units: one.units, postedAt: one.postedAt }));
  // One position in eight is left to run down: only a truck that must have come before a sale refills it.
  const watched = total >= 12 || chance(`watched ${about}`) >= (chance(`opening ${about}`) < 0.12 ? 0.7 : 0.06);
  // Fast sellers are looked at on every truck day of every week, slow ones once in a quarter.
  const weeks = total >= 12 ? 1 : total >= 4 ? 4 : 13;
  for (let week = draw(`phase ${about}`, 0, weeks - 1); watched && week < 52; week += weeks) {
    for (let day = week * 7; day < week * 7 + 7; day++) {
      if (!isTruckDay(node, day)) continue;
      found.push({ at: truckAt(node, day), what: 'review' });
      if (weeks > 1) break;
    }
  }
  if (chance(`counted ${about}`) < 0.08) {
    found.push({ at: countAt(about, draw(`count day ${about}`, 5, 360)), what: 'count' });
  }
  found.push({ at: momentOf(bookDay, BOOK_MINUTE), what: 'book' });
  return found.toSorted((a, b) => a.at - b.at);
}

/** Shelves are counted between 21:40 and 22:50. */
function countAt(about: string, day: number): number {
  return momentOf(day, 1300) + draw(`count second ${about} ${day}`, 0, 70 * 60) * 1000;
}

function walk(about: string, node: string, shelf: number, steps: readonly Step[], opening: number): Position {
  const trucks = new Map<number, number>();
  const counts: Level[] = [];
  const unposted: { readonly postedAt: number; readonly units: number }[] = [];
  let todo = steps;
  let book: Level | undefined;
  let onHand = opening;
  let lastAt = 0;
  const bring = (day: number, units: number): void => {
    trucks.set(day, (trucks.get(day) ?? 0) + units);
    onHand += units;
  };
  // Bounded: each sale may add one count, and counts add nothing.
  for (let i = 0; i < todo.length; i++) {
    const step = todo[i] as Step;
    if ('units' in step) {
      const need = step.units + 1;
      const wanted = (step.what === 'sale' || step.what === 'promise') && onHand < need;
      const day = wanted ? truckBefore(node, step.at, lastAt) : undefined;
      // The till did sell it, so a truck had brought it. Now and then the book never heard of that truck.
      if (day !== undefined && chance(`heard ${about} ${i}`) < 0.94) bring(day, Math.max(shelf, need) - onHand);
      const units = SIGN[step.what] * step.units;
      onHand += units;
      unposted.push({ postedAt: step.postedAt, units });
      if (step.what === 'sale' && onHand < 0) todo = withCount(todo, i, countAt(about, dayOf(step.at) + 1));
      if (step.what === 'promise') continue;
    } else if (step.what === 'review') {
      if (onHand <= Math.ceil(shelf / 3)) bring(dayOf(step.at), shelf - onHand);
    } else if (step.what === 'count') {
      if (dayOf(step.at) > 364 || !isQuiet(todo, i)) continue;
      onHand = Math.max(0, onHand + drift(`drift ${about} ${i}`));
      counts.push({ at: step.at, quantity: onHand });
    } else {
      if (!isQuiet(todo, i) || (onHand === opening && trucks.size === 0)) continue;
      // The ledger knows what was posted to it, not what an offline store still holds back.
      const late = unposted.filter((one) => one.postedAt > step.at);
      book = { at: step.at, quantity: late.reduce((sum, one) => sum - one.units, onHand) };
    }
    lastAt = step.at;
  }
  const damaged = chance(`damaged ${about}`) < 0.06 ? [...trucks.keys()].toSorted((a, b) => a - b)[0] : undefined;
  return { opening, trucks, counts, book, damagedOn: damaged };
}

const SIGN: Readonly<Record<Demand['kind'], number>> = { sale: -1, mistake: -1, return: 1, void: 1, promise: 0 };

function truckBefore(node: string, at: number, after: number): number | undefined {
  const today = dayOf(at);
  for (let day = today; day >= Math.max(2, today - 3); day--) {
    if (!isTruckDay(node, day)) continue;
    const arrival = truckAt(node, day);
    if (arrival < at - APART_MS) return arrival > after + APART_MS ? day : undefined;
  }
  return undefined;
}

function withCount(todo: readonly Step[], from: number, at: number): Step[] {
  const late = todo.findIndex((step, index) => index > from && step.at > at);
  return todo.toSpliced(late === -1 ? todo.length : late, 0, { at, what: 'count' });
}

function isQuiet(todo: readonly Step[], i: number): boolean {
  const at = (todo[i] as Step).at;
  return todo.every((step, index) => index === i || step.what === 'promise' || Math.abs(step.at - at) > APART_MS);
}

/** What a counter finds beyond the book: mostly nothing, sometimes one gone, seldom one more. */
function drift(about: string): number {
  const share = chance(about);
  return share < 0.84 ? 0 : share < 0.95 ? -1 : 1;
}
