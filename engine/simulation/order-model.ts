import type { StockFact, TakenUnits } from '../contract/stock-fact.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { InboundEvent } from '../contract/stock-event.ts';
import { modelBase } from '../stock/slow-model.ts';
import type { Promised } from './promised.ts';
import type { StockModel } from './stock-model.ts';
import { bookedBy } from './booked-by.ts';
import { TransitModel } from './transit-model.ts';
import { require } from './violation.ts';
import { WaitingModel } from './waiting-model.ts';

// What orders have in one stock shard, and what left for them (rules RS3, FD8): rows of units, and sums of them.

/** A line of an order: its units, and the place as the line names it. */
export interface OrderRow extends Promised {
  readonly place: string;
}

interface ModelOrder {
  readonly channel: string;
  readonly ref: string;
  readonly rows: readonly OrderRow[];
}

/** Units that left a node by our word. */
interface Left {
  readonly sku: string;
  readonly node: string;
  readonly ref: string;
  readonly units: number;
  readonly leftAt: number;
  readonly postedBy: number;
}

interface ModelStep {
  readonly step: number;
  /** Since when nothing is allocated behind it. */
  readonly endedAt?: number;
}

type Of<Name extends StockFact['fact']> = Extract<StockFact, { fact: Name }>;
export type OrderFact = Of<
  | 'UnitsAllocated'
  | 'HeldAllocated'
  | 'AllocationMoved'
  | 'AllocationReduced'
  | 'UnitsDeparted'
  | 'UnitsCameBack'
  | 'UnitsTransferred'
  | 'UnitsWrittenOff'
  | 'ShortDeclared'
  | 'UnitsAwaited'
  | 'WaitingStopped'
  | 'AllocationRefused'
>;

/** Steps are remembered for a day after nothing is allocated any more. */
const STEPS_KEPT_MS = 86_400_000;

export class OrderModel {
  orders = new Map<string, ModelOrder>();
  steps = new Map<string, ModelStep>();
  left: readonly Left[] = [];
  /** Units that came to a node by our word. */
  came: readonly Left[] = [];
  /** What is on its way between nodes. */
  transit = new TransitModel();
  waiting = new WaitingModel();
  /** What left out of a channel's pool: `sku channel` -> units. */
  used = new Map<string, number>();

  clone(): OrderModel {
    const copy = new OrderModel();
    copy.orders = new Map(this.orders);
    copy.steps = new Map(this.steps);
    copy.left = this.left;
    copy.came = this.came;
    copy.transit = this.transit.clone();
    copy.waiting = this.waiting.clone();
    copy.used = new Map(this.used);
    return copy;
  }

  /** A return opens a position nobody has spoken of, as an event that says nothing would. */
  openedBy(sku: string, node: string): InboundEvent[] {
    const isHere = (one: { readonly sku: string; readonly node: string }): boolean =>
      one.sku === sku && one.node === node;
    if (!this.came.some(isHere) && !this.transit.sent.some(isHere)) return [];
    const nothing = { kind: 'inbound', source: 'orders', id: 'came', inboundRef: 'came', at: 0, quantity: 0, dueAt: 0 };
    return [{ ...nothing, sku, node } as InboundEvent];
  }

  forget(at: number): void {
    for (const [id, { endedAt }] of this.steps) {
      if (endedAt !== undefined && endedAt + STEPS_KEPT_MS <= at) this.steps.delete(id);
    }
  }

  *rows(sku: string): Generator<OrderRow & { readonly ref: string }> {
    for (const { rows, ref } of this.orders.values())
      for (const row of rows) if (row.sku === sku) yield { ...row, ref };
  }

  /** Units of the channel's pool that orders have drawn, or used up by leaving. */
  drawn(sku: string, channel: string): number {
    let units = this.used.get(`${sku} ${channel}`) ?? 0;
    for (const row of this.rows(sku)) if (row.channel === channel) units += row.drawn;
    return units;
  }

  /** `held`: what the hold or part that a HeldAllocated takes over has promised. Returns skus. */
  apply(fact: OrderFact, model: StockModel, held: readonly OrderRow[]): readonly string[] {
    const skus = this.#change(fact, model, held);
    const isOpen = this.orders.has(fact.id) || this.waiting.anyOf(fact.id) !== undefined;
    const step = Math.max(fact.step, this.steps.get(fact.id)?.step ?? fact.step);
    this.steps.set(fact.id, isOpen ? { step } : { step, endedAt: fact.at });
    return skus;
  }

  #change(fact: OrderFact, model: StockModel, held: readonly OrderRow[]): readonly string[] {
    switch (fact.fact) {
      case 'AllocationRefused':
        return [];
      case 'UnitsAllocated':
        this.#add(fact, rowsOf(model, fact.lines, fact.channel, fact.drawn));
        return fact.lines.map(({ sku }) => sku);
      case 'HeldAllocated':
        this.#add(fact, take(held, fact.taken).taken);
        return held.map(({ sku }) => sku);
      case 'AllocationMoved': {
        const { line, sku, units, from, to, returned = 0, drawn = 0 } = fact.moved;
        const { channel, ref } = this.#take(fact.id, [{ line, sku, at: from, units, drawn: returned }]);
        const put = rowsOf(model, [{ sku, units, ...to }], channel, [drawn]);
        this.#add({ id: fact.id, channel, movementRef: ref }, put);
        return [sku];
      }
      case 'UnitsCameBack': {
        const { sku, node, movementRef: ref, units, leftAt, postedBy } = fact;
        this.came = [...this.came, { sku, node, ref, units, leftAt, postedBy }];
        return [sku];
      }
      case 'UnitsTransferred': {
        const { sku, from: node, to, movementRef: ref, units, leftAt, postedBy, taken, channel } = fact;
        if (taken !== undefined) this.#use(sku, this.#take(fact.id, taken).channel, taken);
        if (fact.keep === true) this.#add(fact, rowsOf(model, [{ sku, units, node: to }], channel));
        this.left = [...this.left, { sku, node, ref, units, leftAt, postedBy }];
        this.transit.send(fact);
        return [sku];
      }
      case 'UnitsWrittenOff':
        this.transit.lose(fact);
        return [fact.sku];
      case 'ShortDeclared':
        return [fact.sku];
      case 'UnitsAwaited':
        this.waiting.add(fact, model.groups.get(fact.group) ?? []);
        return [fact.sku];
      case 'WaitingStopped':
        this.waiting.take(fact.id, fact.sku, fact.units);
        return [fact.sku];
      case 'AllocationReduced':
        this.#take(fact.id, fact.taken);
        return fact.taken.map(({ sku }) => sku);
      case 'UnitsDeparted': {
        const { movementRef: ref } = fact;
        const { channel } = this.#take(fact.id, fact.departed);
        for (const { sku, at, units, drawn = 0, leftAt, postedBy } of fact.departed) {
          const node = 'node' in at ? at.node : '';
          this.left = [...this.left, { sku, node, ref, units, leftAt, postedBy }];
          this.#use(sku, channel, [{ drawn }]);
        }
        return fact.departed.map(({ sku }) => sku);
      }
    }
  }

  /** Units that came are the order's, of the group. */
  serve({ sku, served }: Of<'UnitsServed'>): readonly string[] {
    for (const { id, units, group, channel, serving, drawn = 0 } of served) {
      const waited = this.waiting.take(id, sku, units);
      const { nodes, ref } = waited;
      this.waiting.serve(serving, waited);
      const row = { sku, units, nodes, channel, drawn, placed: false, place: `group ${group}` };
      const { channel: whose, ref: movementRef } = this.orders.get(id) ?? { channel, ref };
      this.#add({ id, channel: whose, movementRef }, [row]);
    }
    return [sku];
  }

  #use(sku: string, channel: string, taken: readonly { readonly drawn?: number }[]): void {
    const pool = `${sku} ${channel}`;
    const drawn = taken.reduce((units, each) => units + (each.drawn ?? 0), 0);
    this.used.set(pool, (this.used.get(pool) ?? 0) + drawn);
  }

  #add(
    { id, channel, movementRef }: { id: string; channel: string; movementRef: string },
    more: readonly OrderRow[],
  ): void {
    let rows = this.orders.get(id)?.rows ?? [];
    for (const row of more) rows = joined(rows, row);
    this.orders.set(id, { channel, ref: movementRef, rows });
  }

  #take(id: string, taken: readonly TakenUnits[]): ModelOrder {
    const order = this.orders.get(id);
    require(order !== undefined, () => `${id} has nothing allocated`);
    const { rest } = take(order.rows, taken);
    if (rest.length === 0) this.orders.delete(id);
    else this.orders.set(id, { ...order, rows: rest });
    return order;
  }

  stillAllocated(model: StockModel, sku: string, node: string, ref: string): number {
    const here = [...this.rows(sku)].filter((row) => row.placed && row.nodes[0] === node && row.ref === ref);
    const away = this.left.filter((one) => one.sku === sku && one.node === node && one.ref === ref);
    const booked = bookedBy(model, `${sku} ${node}`, ref, 'shipment');
    return Math.max(0, sum(here) - Math.max(0, booked - sum(away)));
  }

  /** Rule FD8, reference by reference, from what was allocated, what left, and what the owner's own events say. */
  termsAt(model: StockModel, sku: string, node: string): { readonly allocated: number; readonly departed: number } {
    const here = [...this.rows(sku)].filter((row) => row.placed && row.nodes[0] === node);
    const gone = this.left.filter((one) => one.sku === sku && one.node === node);
    let [allocated, departed] = [0, 0];
    const history = [...(model.events.get(`${sku} ${node}`) ?? []), ...(model.completes.get(node) ?? [])];
    const base = modelBase(history, sku, node);
    const isCovered = ({ leftAt, postedBy }: Left): boolean => {
      if (base === undefined) return false;
      return base.covers === 'count' ? leftAt < base.at : postedBy <= base.at;
    };
    const back = this.came.filter((one) => one.sku === sku && one.node === node);
    for (const ref of new Set(back.map((one) => one.ref))) {
      const come = back.filter((one) => one.ref === ref);
      const booked = -bookedBy(model, `${sku} ${node}`, ref, 'return');
      departed -= Math.max(0, sum(come) - Math.max(booked, sum(come.filter(isCovered))));
    }
    for (const ref of new Set([...here, ...gone].map((one) => one.ref))) {
      const away = gone.filter((one) => one.ref === ref);
      const covered = away.filter(isCovered);
      const booked = bookedBy(model, `${sku} ${node}`, ref, 'shipment');
      departed += Math.max(0, sum(away) - Math.max(booked, sum(covered)));
      const still = this.stillAllocated(model, sku, node, ref);
      allocated += still - Math.min(still, this.transit.kept(model, sku, node, ref));
    }
    return { allocated, departed };
  }
}

const sum = (some: readonly { readonly units: number }[]): number =>
  some.reduce((total, { units }) => total + units, 0);

export function rowsOf(
  model: StockModel,
  lines: readonly ReserveLine[],
  channel: string,
  drawn: readonly number[] = [],
): OrderRow[] {
  return asRows(model.promised(lines, channel, drawn), lines);
}

/** Promises of a hold with the names of their places. */
export function asRows(promised: readonly Promised[], lines: readonly ReserveLine[]): OrderRow[] {
  return promised.map((promise, index) => {
    const line = lines[index] as ReserveLine;
    return { ...promise, place: 'node' in line ? `node ${line.node}` : `group ${line.group}` };
  });
}

function joined(rows: readonly OrderRow[], more: OrderRow): OrderRow[] {
  const name = ({ sku, place, nodes }: OrderRow): string => JSON.stringify([sku, place, nodes.toSorted()]);
  const isOfOnePool = (row: OrderRow): boolean => row.drawn === 0 || more.drawn === 0 || row.channel === more.channel;
  const same = rows.findIndex((row) => name(row) === name(more) && isOfOnePool(row));
  const known = rows[same];
  if (known === undefined) return [...rows, more];
  const { channel } = known.drawn === 0 && more.drawn > 0 ? more : known;
  return rows.with(same, { ...known, channel, units: known.units + more.units, drawn: known.drawn + more.drawn });
}

export function take(
  rows: readonly OrderRow[],
  taken: readonly Pick<TakenUnits, 'line' | 'units' | 'drawn'>[],
): { readonly rest: OrderRow[]; readonly taken: OrderRow[] } {
  const rest = [...rows];
  const out = taken.map(({ line, units, drawn = 0 }) => {
    const row = rest[line];
    require(row !== undefined && row.units >= units && row.drawn >= drawn, () => `no ${units} units in line ${line}`);
    rest[line] = { ...row, units: row.units - units, drawn: row.drawn - drawn };
    return { ...row, units, drawn };
  });
  return { rest: rest.filter(({ units }) => units > 0), taken: out };
}
