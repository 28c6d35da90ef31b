import { shortDate } from '../tower/words.ts';
import type { ActName, Stage, Work, WorkState } from './next-acts.ts';
import type { ShortReason } from './picks.ts';

export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  queued: 'New',
  accepted: 'To pick',
  picking: 'Picking',
  picked: 'To pack',
  packed: 'To send',
  'ready-for-pickup': 'For pickup',
};

export const STATE_WORDS: Readonly<Record<WorkState, string>> = {
  queued: 'New',
  accepted: 'Accepted',
  picking: 'Being picked',
  picked: 'Picked',
  packed: 'Packed',
  'ready-for-pickup': 'Ready for pickup',
  shipped: 'Shipped',
  delivered: 'Delivered',
  collected: 'Collected',
  rejected: 'Given back',
  'pulled-back': 'Taken back',
};

export const ACT_WORDS: Readonly<Record<ActName, string>> = {
  accept: 'Accept',
  start: 'Start picking',
  pick: 'Picked',
  pack: 'Packed',
  ship: 'Ship',
  ready: 'Ready for pickup',
  collect: 'Hand over',
  deliver: 'Delivered',
  receive: 'It has come',
  reject: 'Cannot do it',
};

export const SHORT_WORDS: Readonly<Record<ShortReason, string>> = {
  'not-found': 'Not found',
  damaged: 'Damaged',
  'too-busy': 'Too busy',
  closing: 'Closing',
  other: 'Other',
};

export const SHORT_REASONS = Object.keys(SHORT_WORDS) as readonly ShortReason[];

export interface Due {
  readonly words: string;
  readonly tone: 'late' | 'soon' | 'calm';
}

/** Nearer than this is soon, in ms. */
const SOON_MS = 3_600_000;
/** Nearer than this somebody must look at new work, in ms. */
const ACCEPT_SOON_MS = 30 * 60_000;
/** Further than this is told by its date, in ms. */
const FAR_MS = 48 * 3_600_000;

/** When it must have left or be ready; while it waits for its customer, until when it is kept. Undefined: nothing was promised. */
export function dueOf({ state, dueAt, collectBy }: Work, nowMs: number): Due | undefined {
  if (state === 'ready-for-pickup') {
    return collectBy === undefined ? undefined : { words: `kept until ${shortDate(collectBy)}`, tone: 'calm' };
  }
  if (dueAt === undefined) return undefined;
  const leftMs = dueAt - nowMs;
  if (leftMs < 0) return { words: `${spanOf(-leftMs)} late`, tone: 'late' };
  if (leftMs >= FAR_MS) return { words: `due ${shortDate(dueAt)}`, tone: 'calm' };
  return { words: `due in ${spanOf(leftMs)}`, tone: leftMs < SOON_MS ? 'soon' : 'calm' };
}

/** How long there is to accept it; undefined: for ever, or it is accepted. */
export function acceptBefore({ state, acceptBy }: Work, nowMs: number): Due | undefined {
  if (state !== 'queued' || acceptBy === undefined) return undefined;
  const leftMs = acceptBy - nowMs;
  if (leftMs <= 0) return { words: 'time to accept is over', tone: 'late' };
  return { words: `accept within ${spanOf(leftMs)}`, tone: leftMs < ACCEPT_SOON_MS ? 'soon' : 'calm' };
}

/** 59_000 -> "1 min"; 8_000_000 -> "2 h 13 min"; 200_000_000 -> "2 d 7 h": what is left is never said too long. */
export function spanOf(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

export function sizeOf({ lines }: Work): string {
  const units = lines.reduce((sum, line) => sum + line.units, 0);
  return lines.length === units
    ? countWords(units, 'item')
    : `${countWords(lines.length, 'line')}, ${countWords(units, 'unit')}`;
}

/** How it leaves, for people; `placeOf` names another node. */
export function methodWords({ method, node, pickupNode, from }: Work, nameOf: (node: string) => string): string {
  switch (method) {
    case 'ship':
      return 'Ship to the customer';
    case 'pickup':
      return 'Customer collects here';
    case 'ship-to-store':
      if (from !== undefined) return `Comes packed from ${nameOf(from)}, customer collects here`;
      return pickupNode === undefined || pickupNode === node
        ? 'Customer collects here'
        : `Ship to ${nameOf(pickupNode)} for pickup`;
    default:
      return method satisfies never;
  }
}

/** Most urgent first: by priority, then by when it is due, then by age. */
export function byUrgency(a: Work, b: Work): number {
  const due = (work: Work): number => work.dueAt ?? Infinity;
  if (a.priority !== b.priority) return a.priority - b.priority;
  return due(a) === due(b) ? a.offeredAt - b.offeredAt : due(a) < due(b) ? -1 : 1;
}
