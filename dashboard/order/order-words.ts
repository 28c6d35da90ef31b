import type { CustomerOrder, CustomerState, CustomerStep } from '../../gateway/protocol/customer-order.ts';

interface Headline {
  readonly words: string;
  readonly more: string;
}

/** How the order stands, as one would say it to the customer. */
export function headline(order: CustomerOrder): Headline {
  const { status, pickup } = order;
  const place = pickup?.name ?? 'the store';
  switch (status) {
    case 'received':
      return say('We have your order', 'We are checking that everything is there.');
    case 'on-hold':
      return say('We have your order', 'We are checking something before it goes on. There is nothing you need to do.');
    case 'backordered':
      return say('Waiting for stock', 'Your items are on their way to us. They are yours as soon as they arrive.');
    case 'unfillable':
      return say('We are looking for your items', 'Not everything was where it should be. We look elsewhere for you.');
    case 'processing':
      return underWay(order, place);
    case 'ready-for-pickup':
      return say('Ready for you', `Show the code at ${place}.`);
    case 'partly-shipped':
      return say('Part of your order is on its way', 'The rest follows.');
    case 'shipped':
      return say('Your order is on its way', 'The carrier has it.');
    case 'delivered':
      return say('Delivered', 'We hope you like it.');
    case 'collected':
      return say('Collected', 'Thank you for coming by.');
    case 'cancelled':
      return say('Cancelled', 'Nothing of this order will be sent.');
    case 'returned':
      return say('Returned', 'We have everything back.');
    case 'refused':
      return say('We could not take this order', 'None of its items was to be had.');
    default:
      return status satisfies never;
  }
}

function say(words: string, more: string): Headline {
  return { words, more };
}

function underWay(order: CustomerOrder, place: string): Headline {
  const states = liveStates(order);
  if (states.every((state) => ARRIVING.includes(state))) {
    return states.includes('ready')
      ? say('Part of your order is ready', `Show the code at ${place}. The rest is on its way there.`)
      : say('Your order is on its way', `It goes to ${place}. We tell you here when it is ready.`);
  }
  return isPreparing(order)
    ? say('We are preparing your order', 'Your items are being picked and packed.')
    : say('Your order is confirmed', 'Your items are set aside for you.');
}

/** At the store where it is collected, or on the way there. */
const ARRIVING: readonly CustomerState[] = ['on-its-way', 'ready'];
const NEVER: readonly CustomerState[] = ['cancelled', 'unavailable'];

function liveStates({ lines }: CustomerOrder): readonly CustomerState[] {
  return lines.flatMap(({ states }) => states.map(({ state }) => state)).filter((state) => !NEVER.includes(state));
}

function isPreparing({ steps }: CustomerOrder): boolean {
  return steps.some(({ what }) => what === 'preparing' || what === 'moved');
}

export const STATE_WORDS: Readonly<Record<CustomerState, string>> = {
  received: 'Received',
  backordered: 'Waiting for stock',
  confirmed: 'Confirmed',
  preparing: 'Being prepared',
  'on-its-way': 'On its way to the store',
  ready: 'Ready for pickup',
  shipped: 'On its way',
  delivered: 'Delivered',
  collected: 'Collected',
  cancelled: 'Cancelled',
  returned: 'Returned',
  unavailable: 'Not available',
};

const STEP_WORDS: Readonly<Record<CustomerStep['what'], string>> = {
  placed: 'Order placed',
  confirmed: 'Confirmed',
  preparing: 'Being prepared',
  moved: 'Moved to another of our places, which had it at hand',
  ready: 'Ready for pickup',
  shipped: 'Handed to the carrier',
  delivered: 'Delivered',
  collected: 'Collected',
  cancelled: 'Cancelled',
  returned: 'Returned',
};

export function stepWords(what: CustomerStep['what']): string {
  return STEP_WORDS[what];
}

type What = CustomerStep['what'];

const WAYS: Readonly<Record<CustomerOrder['method'], readonly (readonly [what: What, words: string])[]>> = {
  ship: [
    ['placed', 'Placed'],
    ['confirmed', 'Confirmed'],
    ['preparing', 'Preparing'],
    ['shipped', 'On its way'],
    ['delivered', 'Delivered'],
  ],
  pickup: [
    ['placed', 'Placed'],
    ['confirmed', 'Confirmed'],
    ['preparing', 'Preparing'],
    ['ready', 'Ready'],
    ['collected', 'Collected'],
  ],
  'ship-to-store': [
    ['placed', 'Placed'],
    ['preparing', 'Preparing'],
    ['shipped', 'On its way'],
    ['ready', 'Ready'],
    ['collected', 'Collected'],
  ],
};

export interface WayStop {
  readonly words: string;
  readonly is: 'past' | 'here' | 'ahead';
}

/** The stops of an order on its way; none when it goes nowhere any more. */
export function wayOf(order: CustomerOrder): readonly WayStop[] {
  const { method, status, steps } = order;
  if (status === 'cancelled' || status === 'refused' || status === 'returned') return [];
  const stops = WAYS[method];
  const at = stops.findLastIndex(([what]) => steps.some((step) => step.what === what));
  const here = Math.min(at, furthest(order, stops));
  return stops.map(([, words], index) => ({ words, is: index < here ? 'past' : index === here ? 'here' : 'ahead' }));
}

/** As far as all of it can be: what has left or is ready in part only is still being prepared. */
function furthest(order: CustomerOrder, stops: readonly (readonly [what: What, words: string])[]): number {
  const stopOf = (what: What): number => stops.findIndex(([each]) => each === what);
  const states = liveStates(order);
  if (states.some((state) => OPEN.includes(state))) return stopOf('preparing');
  return states.includes('on-its-way') ? stopOf('shipped') : stops.length;
}

const OPEN: readonly CustomerState[] = ['received', 'backordered', 'confirmed', 'preparing'];

/** When all that is still to come was promised, ms since the epoch; undefined: it came, or nobody can say. */
export function expectedAt({ status, lines }: CustomerOrder): number | undefined {
  if (status === 'unfillable') return undefined;
  const due = lines.flatMap(({ states }) => states.flatMap(({ dueAt }) => dueAt ?? []));
  return due.length === 0 ? undefined : Math.max(...due);
}

export function money(minor: number, currency: string): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

export function dayWords(ms: number): string {
  return new Date(ms).toLocaleDateString('en-US', { weekday: 'short', month: 'short', day: 'numeric' });
}

export function timeWords(ms: number): string {
  const time = new Date(ms).toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' });
  return `${dayWords(ms)}, ${time}`;
}
