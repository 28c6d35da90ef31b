import type { Band } from '../contract/change.ts';
import { STAFF } from '../contract/correction.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { EventId, ReservationId } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { Silence } from '../contract/silence.ts';
import type { CompleteEvent, MoveEvent } from '../contract/stock-event.ts';
import { bandAt } from './band-model.ts';
import { type ModelPosition, modelPosition } from '../stock/slow-model.ts';
import { ZeroedModel } from './brakes-play.ts';
import { inWholeUnits, RemainderModel } from './remainder-play.ts';
import { changeHeld } from './change-held.ts';
import { idKey, type ModelHold, type ModelKey, type ModelPart, ofSku, type Promised } from './promised.ts';
import { asRows, OrderModel, type OrderRow } from './order-model.ts';
import { ReferenceModel } from './reference-model.ts';
import { availableAt, leavesOf, reservedAt } from './room.ts';
import { said } from './silence-model.ts';
import { type Came, cameFor } from './waiting-model.ts';

// What one stock shard must know, by Map and addition: the events it took, the promises it made, the reference data. All
// else is worked out anew from these. Values are never changed in place, so a copy of the maps is a copy of the model.

type Recorded = Extract<StockFact, { fact: 'StockRecorded' }>['event'];
type Positional = Exclude<Recorded, CompleteEvent>;

/** Keys, ended holds and parts are remembered for a day (rule RS2). */
export const REMEMBERED_MS = 86_400_000;

export class StockModel extends ReferenceModel {
  lsn = 0;
  lastAt = -Infinity;
  /** The last word about each node (rule AV5). */
  silences = new Map<string, ReturnType<typeof said>>();
  /** Position -> its events in order of arrival. */
  events = new Map<string, readonly Positional[]>();
  completes = new Map<string, readonly CompleteEvent[]>();
  /** `source sku id` -> lsn. */
  ids = new Map<string, number>();
  skus = new Set<string>();
  holds = new Map<ReservationId, ModelHold>();
  parts = new Map<ReservationId, ModelPart>();
  keys = new Map<string, ModelKey>();
  orders = new OrderModel();
  bands = new Map<string, Band>();
  zeroed = new ZeroedModel();
  remainders = new RemainderModel();
  #positions = new Map<string, ModelPosition | undefined>();
  #live = new Map<string, readonly Promised[]>();
  #came = new Map<string, readonly Came[]>();
  #terms = new Map<string, ReturnType<OrderModel['termsAt']>>();

  clone(): StockModel {
    const copy = new StockModel();
    Object.assign(copy, this);
    copy.copyReferenceOf(this);
    copy.silences = new Map(this.silences);
    copy.events = new Map(this.events);
    copy.completes = new Map(this.completes);
    copy.ids = new Map(this.ids);
    copy.skus = new Set(this.skus);
    copy.holds = new Map(this.holds);
    copy.parts = new Map(this.parts);
    copy.keys = new Map(this.keys);
    copy.orders = this.orders.clone();
    copy.bands = new Map(this.bands);
    copy.zeroed = this.zeroed.clone();
    copy.remainders = this.remainders.clone();
    copy.#positions = new Map(this.#positions);
    copy.#live = new Map(this.#live);
    copy.#came = new Map(this.#came);
    copy.#terms = new Map(this.#terms);
    return copy;
  }

  /** By the sentences of SPEC.md §3. Undefined when nobody has spoken of the position. */
  position(sku: string, node: string): ModelPosition | undefined {
    const key = `${sku} ${node}`;
    if (!this.#positions.has(key)) {
      const spoken = [...(this.events.get(key) ?? []), ...this.orders.openedBy(sku, node)];
      const history = [...spoken, ...(this.completes.get(node) ?? [])];
      const found = modelPosition(history, sku, node);
      const inbound = [...(found?.inbound ?? []), ...this.orders.transit.at(this, sku, node)];
      this.#positions.set(key, found && { ...found, inbound });
    }
    return this.#positions.get(key);
  }

  /** Promises of the sku that stand. */
  live(sku: string): readonly Promised[] {
    const known = this.#live.get(sku);
    if (known !== undefined) return known;
    const live: Promised[] = [];
    for (const { promised, endedAt } of this.holds.values())
      if (endedAt === undefined) live.push(...ofSku(promised, sku));
    for (const { promised, ended } of this.parts.values()) if (!ended) live.push(...ofSku(promised, sku));
    // What they drew of pools is counted with the orders, those with a node too.
    for (const row of this.orders.rows(sku)) if (!row.placed) live.push({ ...row, drawn: 0 });
    this.#live.set(sku, live);
    return live;
  }

  /** What has come for those who wait, and no fact has given to them yet (rule OR9). */
  came(sku: string): readonly Came[] {
    const came = this.#came.get(sku) ?? cameFor(this, sku);
    this.#came.set(sku, came);
    return came;
  }

  /** As it is somewhere else: what would be given back here is nobody's yet. */
  takeCameOf(other: StockModel, sku: string): void {
    this.#came.set(sku, other.came(sku));
  }

  /** Rule FD8: what orders have at the node, and what left it and is not booked. */
  ordered(sku: string, node: string): ReturnType<OrderModel['termsAt']> {
    const key = `${sku} ${node}`;
    const terms = this.#terms.get(key) ?? this.orders.termsAt(this, sku, node);
    this.#terms.set(key, terms);
    return terms;
  }

  /** Units held at the node itself. */
  reserved(sku: string, node: string): number {
    return reservedAt(this.live(sku), node);
  }

  /** `drawn`: of each line, out of the channel's pool. */
  promised(lines: readonly ReserveLine[], channel: string, drawn: readonly number[] = []): Promised[] {
    return lines.map((line, index) => ({
      sku: line.sku,
      units: line.units,
      placed: 'node' in line,
      nodes: 'node' in line ? [line.node] : (this.groups.get(line.group) ?? []),
      channel,
      drawn: drawn[index] ?? 0,
    }));
  }

  /** Skus the fact may have changed something of. */
  apply(fact: StockFact, lsn: number): readonly string[] {
    this.lsn = lsn;
    this.lastAt = fact.at;
    this.#forget(fact.at);
    const touched = this.#change(fact, lsn);
    for (const sku of touched) {
      this.#live.delete(sku);
      this.#came.delete(sku);
      for (const node of this.nodes.keys()) this.#terms.delete(`${sku} ${node}`);
      // What is on its way for somebody is supply once they no longer want it.
      for (const node of this.orders.transit.keptAt(sku)) this.#positions.delete(`${sku} ${node}`);
    }
    for (const sku of touched) this.#settleBands(sku);
    return touched;
  }

  #change(fact: StockFact, lsn: number): readonly string[] {
    switch (fact.fact) {
      case 'StockRecorded':
        return this.#recordWeighed(fact, lsn);
      case 'StockCorrected':
      case 'SumsRepaired':
        return [];
      case 'ReferenceApplied':
        this.takeReference(fact, fact.at);
        return [...this.skus];
      case 'SafetyDatesReached':
        this.safetyAtMs = fact.at;
        return [...this.skus];
      case 'BandDatesReached':
        return [...this.skus];
      case 'NodeWentStale':
      case 'SilenceStepReached':
      case 'NodeCameBack':
        this.silences.set(fact.node, said(fact));
        return [...this.skus];
      case 'UnitsCameBack':
        this.#positions.delete(`${fact.sku} ${fact.node}`);
        return this.orders.apply(fact, this, []);
      case 'UnitsTransferred':
      case 'UnitsWrittenOff':
        this.#positions.delete(`${fact.sku} ${fact.to}`);
        return this.orders.apply(fact, this, []);
      case 'UnitsServed':
        return this.orders.serve(fact);
      case 'ServingHeard':
        this.orders.waiting.hear(fact);
        return [];
      case 'ShortDeclared':
        if (fact.units > 0) this.#note(entryOf(fact));
        return this.orders.apply(fact, this, []);
      case 'HeldAllocated':
        return this.orders.apply(fact, this, this.#endHeld(fact.from, fact.at));
      case 'UnitsAllocated':
      case 'AllocationMoved':
      case 'AllocationReduced':
      case 'UnitsDeparted':
      case 'AllocationRefused':
      case 'UnitsAwaited':
      case 'WaitingStopped':
        return this.orders.apply(fact, this, []);
      case 'UnitsReserved':
      case 'ReservationRefused':
      case 'UnitsReleased':
      case 'HoldExtended':
      case 'UnitsMoved':
      case 'PartMoved':
      case 'PartMoveRefused':
      case 'PartHeld':
      case 'PartRefused':
      case 'PartEnded':
        return changeHeld(this, fact);
    }
  }

  /** Notes what the event takes to 0 (rule FD12). */
  #recordWeighed(fact: Extract<StockFact, { fact: 'StockRecorded' }>, lsn: number): readonly string[] {
    const { event } = fact;
    const skus = event.kind === 'complete' ? [...this.skus] : [event.sku];
    const numbers = (): number[] => skus.map((sku) => this.position(sku, event.node)?.onHand ?? 0);
    const before = numbers();
    const touched = this.#record(inWholeUnits(fact), lsn);
    this.remainders.note(fact);
    this.zeroed.note(fact, before, numbers());
    return touched;
  }

  /** What is held under the id, line by line. */
  heldRows(id: ReservationId): OrderRow[] {
    const hold = this.holds.get(id);
    if (hold !== undefined) return asRows(hold.promised, hold.reservation.lines);
    const part = this.parts.get(id);
    return asRows(part?.promised ?? [], part?.lines ?? []);
  }

  /** A hold, or a part of one, becomes an order's. */
  #endHeld(id: ReservationId, at: number): OrderRow[] {
    const rows = this.heldRows(id);
    const hold = this.holds.get(id);
    const part = this.parts.get(id);
    if (hold !== undefined) {
      this.holds.set(id, { ...hold, reservation: { ...hold.reservation, state: 'allocated' }, endedAt: at });
      this.keys.set(hold.keyDigest, { ...(this.keys.get(hold.keyDigest) as ModelKey), endedAt: at });
    } else if (part !== undefined) this.parts.set(id, { ...part, ended: true, doneAt: at });
    return rows;
  }

  #record(event: Recorded, lsn: number): readonly string[] {
    const { node } = event;
    this.ids.set(idKey(event), lsn);
    if (event.kind === 'complete') {
      this.completes.set(node, [...(this.completes.get(node) ?? []), event]);
      for (const sku of this.skus) this.#positions.delete(`${sku} ${node}`);
      return [...this.skus].filter((sku) => this.events.has(`${sku} ${node}`));
    }
    this.skus.add(event.sku);
    this.#note(event);
    return [event.sku];
  }

  #note(event: Positional): void {
    const key = `${event.sku} ${event.node}`;
    this.events.set(key, [...(this.events.get(key) ?? []), event]);
    this.#positions.delete(key);
  }

  #forget(at: number): void {
    const isOver = (endedAt: number | undefined): boolean => endedAt !== undefined && endedAt + REMEMBERED_MS <= at;
    for (const [key, { endedAt }] of this.keys) if (isOver(endedAt)) this.keys.delete(key);
    for (const [id, { endedAt }] of this.holds) if (isOver(endedAt)) this.holds.delete(id);
    for (const [saga, { doneAt }] of this.parts) if (isOver(doneAt)) this.parts.delete(saga);
    this.orders.forget(at);
  }

  /** Rule AV6, after every fact. */
  #settleBands(sku: string): void {
    const leaves = leavesOf(this, sku);
    for (const channel of this.channels.values()) {
      this.bands.set(`${sku} ${channel.id}`, bandAt(this, sku, channel, this.lastAt, leaves));
    }
  }

  /** Units nobody was promised, less the safety stock of a moment; below 0 when there are too few. */
  free(sku: string, node: string, safetyAtMs = this.safetyAtMs, promises = this.live(sku)): number {
    const { onHand = 0, unavailable = 0 } = this.position(sku, node) ?? {};
    const { widenUnits = 0 } = this.silence(node) ?? {};
    const { allocated, departed } = this.ordered(sku, node);
    const left = onHand - unavailable - departed - reservedAt(promises, node) - allocated;
    return left - this.safety(sku, node, safetyAtMs) - widenUnits;
  }

  isOn(sku: string, node: string): boolean {
    if (this.nodes.get(node)?.enabled !== true || this.silence(node)?.switchedOff === true) return false;
    return !this.isDisabled(sku) && !this.off.has(`${sku} ${node}`);
  }

  /** undefined: the node is not stale. */
  silence(node: string): Silence | undefined {
    return this.silences.get(node)?.silence ?? undefined;
  }

  /** Rule AV1. */
  available(sku: string, node: string): number {
    return availableAt(this, sku, node);
  }
}

/** What a node could not hand over, as if staff had moved it to that state (rule OR8). */
function entryOf({
  id,
  step,
  seenAt: at,
  sku,
  node,
  to,
  units,
}: Extract<StockFact, { fact: 'ShortDeclared' }>): MoveEvent {
  const entry = { kind: 'move', source: STAFF, id: `${id}.${step}` as EventId, at, postedAt: at } as const;
  return { ...entry, sku, node, from: 'sellable', to, quantity: units };
}
