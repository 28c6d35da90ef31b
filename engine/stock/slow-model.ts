import type {
  CompleteEvent,
  DeltaEvent,
  InboundEvent,
  MoveEvent,
  SnapshotEvent,
  StockEvent,
  VoidEvent,
} from '../contract/stock-event.ts';

// The slow obvious twin: everything is worked out anew from the whole list of events by the sentences of SPEC.md §3,
// with Map and addition. It shares no code with the machine. It knows neither windows nor folding: histories that it
// judges stay within the late-event window. Quantities are whole.

export interface ModelPosition {
  readonly onHand: number;
  readonly states: Readonly<Record<string, number>>;
  readonly unavailable: number;
  readonly uncertain: boolean;
  readonly asOf: Readonly<Record<string, number>>;
  readonly inbound: readonly { inboundRef: string; units: number; dueAt: number }[];
}

type Event = Exclude<StockEvent, { kind: 'heartbeat' }>;
type Positional = Exclude<Event, CompleteEvent>;
type Change = { units: Map<string, number>; at: number; by: Event };

/** What the position's on-hand rests on; undefined: on nothing. */
export function modelBase(
  history: readonly Event[],
  sku: string,
  node: string,
): SnapshotEvent | CompleteEvent | undefined {
  const events = onceEach(history).filter((event) => event.node === node);
  const isBase = (event: Event): event is SnapshotEvent | CompleteEvent =>
    event.kind === 'complete' || (event.kind === 'snapshot' && event.sku === sku);
  return newestOf(events.filter(isBase));
}

/** Undefined when no event names the position. */
export function modelPosition(history: readonly Event[], sku: string, node: string): ModelPosition | undefined {
  const events = onceEach(history).filter((event) => event.node === node);
  const here = events.filter((event): event is Positional => event.kind !== 'complete' && event.sku === sku);
  if (here.length === 0) return undefined;
  const completes = events.filter((event) => event.kind === 'complete');
  const changes = changesOf(here);
  const rows = here.filter((event) => event.kind === 'snapshot');
  const base = newestOf([...rows, ...completes]);
  const stateBase = newestOf(rows.filter((row) => row.states !== undefined));
  const count = newestOf(rows.filter((row) => row.covers === 'count'));
  const states = statesOf(stateBase as SnapshotEvent | undefined, count as SnapshotEvent | undefined, changes);
  return {
    onHand: onHandOf(base, changes),
    states: Object.fromEntries([...states].filter(([, units]) => units !== 0)),
    unavailable: [...states.values()].reduce((sum, units) => sum + Math.max(0, units), 0),
    uncertain: base?.covers === 'book' && changes.some((change) => change.units.has('onHand') && isGuess(base, change)),
    asOf: asOfOf([...here.filter((event) => event.kind !== 'inbound'), ...completes]),
    inbound: inboundOf(here),
  };
}

function onceEach(history: readonly Event[]): Event[] {
  const seen = new Map<string, Event>();
  for (const event of history) {
    const key = `${event.source}\n${event.kind === 'complete' ? '' : event.sku}\n${event.id}`;
    if (!seen.has(key)) seen.set(key, event);
  }
  return [...seen.values()];
}

/** Signed changes of on-hand and states: deltas, moves, and voids of either. */
function changesOf(here: readonly Positional[]): Change[] {
  const changes: Change[] = [];
  for (const event of here) {
    if (event.kind !== 'delta' && event.kind !== 'move') continue;
    const units = effectOf(event);
    changes.push({ units, at: event.at, by: event });
    const annulled = voidOf(here, event);
    const opposite = new Map([...units].map(([where, amount]) => [where, -amount]));
    if (annulled !== undefined) changes.push({ units: opposite, at: event.at, by: annulled });
  }
  return changes;
}

function effectOf(event: DeltaEvent | MoveEvent): Map<string, number> {
  const effect = new Map<string, number>();
  if (event.kind === 'delta') return effect.set('onHand', event.quantity);
  for (const [where, units] of [[event.from, -event.quantity] as const, [event.to, event.quantity] as const]) {
    if (where !== 'sellable') effect.set(where, (effect.get(where) ?? 0) + units);
  }
  return effect;
}

function voidOf(here: readonly Positional[], target: DeltaEvent | MoveEvent | InboundEvent): VoidEvent | undefined {
  return here
    .filter((event) => event.kind === 'void')
    .find((event) => event.source === target.source && event.voids === target.id);
}

/** Greatest by T, then seq, then a row over a complete, then id, then source. */
function newestOf(heads: readonly (SnapshotEvent | CompleteEvent)[]): SnapshotEvent | CompleteEvent | undefined {
  const rank = (head: SnapshotEvent | CompleteEvent) =>
    [head.at, head.seq ?? -1, head.kind === 'complete' ? 0 : 1, head.id, head.source] as const;
  return [...heads].sort((a, b) => {
    const [ofA, ofB] = [rank(a), rank(b)];
    const at = [0, 1, 2, 3, 4].find((index) => ofA[index] !== ofB[index]);
    if (at === undefined) return 0;
    return (ofA[at] as number | string) > (ofB[at] as number | string) ? -1 : 1;
  })[0];
}

function isNumbered(base: Event, by: Event): boolean {
  if (base.seq === undefined || by.seq === undefined) return false;
  return base.source === by.source && base.stream === by.stream && base.epoch === by.epoch;
}

function isCovered(base: SnapshotEvent | CompleteEvent, change: Change): boolean {
  if (base.covers === 'count') return change.at <= base.at;
  if (isNumbered(base, change.by)) return (change.by.seq as number) <= (base.seq as number);
  if (change.by.postedAt !== undefined) return change.by.postedAt <= base.at;
  return change.at <= base.at;
}

function isGuess(base: Event, change: Change): boolean {
  return !isNumbered(base, change.by) && change.by.postedAt === undefined;
}

function onHandOf(base: SnapshotEvent | CompleteEvent | undefined, changes: readonly Change[]): number {
  let onHand = base?.kind === 'snapshot' ? base.quantity : 0;
  for (const change of changes) {
    if (base === undefined || !isCovered(base, change)) onHand += change.units.get('onHand') ?? 0;
  }
  return onHand;
}

/** All states rest on the newest snapshot that names any, but suspect on the newest count, which clears it by silence. */
function statesOf(
  named: SnapshotEvent | undefined,
  count: SnapshotEvent | undefined,
  changes: readonly Change[],
): Map<string, number> {
  const states = new Map<string, number>(Object.entries(named?.states ?? {}));
  states.set('suspect', count?.states?.suspect ?? 0);
  for (const change of changes) {
    for (const [where, units] of change.units) {
      const base = where === 'suspect' ? count : named;
      if (where === 'onHand' || (base !== undefined && isCovered(base, change))) continue;
      states.set(where, (states.get(where) ?? 0) + units);
    }
  }
  return states;
}

function asOfOf(events: readonly Event[]): Record<string, number> {
  const asOf: Record<string, number> = {};
  for (const event of events) asOf[event.source] = Math.max(asOf[event.source] ?? 0, event.at);
  return asOf;
}

function inboundOf(here: readonly Positional[]): { inboundRef: string; units: number; dueAt: number }[] {
  const messages = here
    .filter((event) => event.kind === 'inbound')
    .filter((event) => voidOf(here, event) === undefined);
  const newest = new Map<string, InboundEvent>();
  for (const message of messages) {
    const before = newest.get(message.inboundRef);
    if (before === undefined || isLater(message, before)) newest.set(message.inboundRef, message);
  }
  const open = [...newest.values()].map(({ inboundRef, quantity, dueAt }) => ({
    inboundRef,
    units: Math.max(0, quantity - Math.max(0, receivedOf(here, inboundRef))),
    dueAt,
  }));
  return open
    .filter((supply) => supply.units > 0)
    .sort((a, b) => a.dueAt - b.dueAt || (a.inboundRef < b.inboundRef ? -1 : 1));
}

function isLater(a: InboundEvent, b: InboundEvent): boolean {
  if (a.at !== b.at) return a.at > b.at;
  return a.id === b.id ? a.source > b.source : a.id > b.id;
}

function receivedOf(here: readonly Positional[], inboundRef: string): number {
  const receipts = here.filter((event) => event.kind === 'delta').filter((event) => event.inboundRef === inboundRef);
  return receipts.filter((event) => voidOf(here, event) === undefined).reduce((sum, event) => sum + event.quantity, 0);
}
