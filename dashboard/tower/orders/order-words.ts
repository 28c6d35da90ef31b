import type { QueueName, OrderStatusName, PieceStateName } from '../../../gateway/protocol/order-bodies.ts';

// Orders in an operator's words.

export interface Look {
  readonly text: string;
  /** Class of `.mark`. */
  readonly tone: 'good' | 'warn' | 'bad' | 'none';
}

export const STATUS_LOOKS: Readonly<Record<OrderStatusName, Look>> = {
  received: { text: 'Received', tone: 'none' },
  'on-hold': { text: 'On hold', tone: 'warn' },
  backordered: { text: 'Backordered', tone: 'warn' },
  unfillable: { text: 'Unfillable', tone: 'bad' },
  processing: { text: 'In work', tone: 'good' },
  'ready-for-pickup': { text: 'Ready for pickup', tone: 'good' },
  'partly-shipped': { text: 'Partly shipped', tone: 'good' },
  shipped: { text: 'Shipped', tone: 'good' },
  delivered: { text: 'Delivered', tone: 'good' },
  collected: { text: 'Collected', tone: 'good' },
  cancelled: { text: 'Cancelled', tone: 'none' },
  returned: { text: 'Returned', tone: 'none' },
  refused: { text: 'Refused', tone: 'bad' },
};

/** In the order an operator works them off. */
export const QUEUES: readonly (readonly [queue: QueueName, label: string, empty: string])[] = [
  ['unfillable', 'Unfillable', 'Every order found its units.'],
  ['stuck', 'Stuck', 'Nothing waits for an answer that does not come.'],
  ['rejected', 'Rejected', 'No node has given work back too often.'],
  ['late', 'Late', 'Nothing promised is overdue.'],
  ['on-hold', 'On hold', 'Nothing is held.'],
];

export const PIECE_LOOKS: Readonly<Record<PieceStateName, Look>> = {
  asked: { text: 'stock is asked', tone: 'none' },
  unplaced: { text: 'promised, no node yet', tone: 'warn' },
  backordered: { text: 'waits for supply', tone: 'warn' },
  allocated: { text: 'allocated', tone: 'good' },
  released: { text: 'in work', tone: 'good' },
  'in-transit': { text: 'on its way to the store', tone: 'good' },
  ready: { text: 'ready for pickup', tone: 'good' },
  shipped: { text: 'shipped', tone: 'good' },
  delivered: { text: 'delivered', tone: 'good' },
  collected: { text: 'collected', tone: 'good' },
  cancelled: { text: 'cancelled', tone: 'none' },
  returned: { text: 'came back', tone: 'none' },
  refused: { text: 'could not be promised', tone: 'bad' },
};

/** Why a node was out of a decision (rule OR6). */
const OUT_WORDS: Readonly<Record<string, string>> = {
  excluded: 'failed these units before',
  'not-in-group': 'does not serve the channel',
  'switched-off': 'switched off',
  'cannot-ship': 'does not ship',
  'cannot-pick-up': 'hands nothing out',
  'not-a-candidate': 'not among the step’s nodes',
  'too-far': 'too far away',
  'no-carrier': 'no carrier goes there',
  stale: 'its stock is not heard of',
  'capacity-reached': 'takes no more work today',
  'too-late': 'would be late',
  'no-units': 'has none',
};

export function outWords(because: string): string {
  return OUT_WORDS[because] ?? because.replaceAll('-', ' ');
}

/** 123456, "USD" -> "$1,234.56"; a currency nobody knows keeps its letters. */
export function money(minor: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
    return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${(minor / 100).toFixed(2)} ${currency}`;
  }
}

/** "3 units", "1 unit". */
export function count(amount: number, one: string): string {
  return `${amount.toLocaleString('en-US')} ${one}${amount === 1 ? '' : 's'}`;
}

/** An act's code as it stands on a button and in the timeline: "pull-back" -> "Pull back". */
export function sentence(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
