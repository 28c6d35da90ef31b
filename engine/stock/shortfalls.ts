import type { StockFact } from '../contract/stock-fact.ts';
import type { NodeId, Sku } from '../contract/ids.ts';
import type { Shortfall, ShortfallCause } from '../contract/shortfall.ts';
import { shortOf } from './availability.ts';
import { termsOf } from './position-change.ts';
import type { StockState } from './stock-state.ts';

// Which positions have fewer units than are promised there, since when, and what did it (rule AV7). Only these take room.

interface Row {
  readonly units: number;
  readonly since: number;
  readonly by: ShortfallCause;
}

export type ShortfallsSaved = readonly (readonly [number, Row])[];

export class ShortfallTable {
  private readonly rows = new Map<number, Row>();
  /** Positions that a fact under way left short, or were short before it: looked at when it is done. */
  private looks: number[] = [];

  look(position: number): void {
    this.looks.push(position);
  }

  takeLooks(): readonly number[] {
    if (this.looks.length === 0) return NONE;
    const taken = this.looks;
    this.looks = [];
    return taken;
  }

  find(position: number): Row | undefined {
    return this.rows.get(position);
  }

  put(position: number, row: Row): void {
    if (row.units === 0) this.rows.delete(position);
    else this.rows.set(position, row);
  }

  positions(): Iterable<number> {
    return this.rows.keys();
  }

  save(): ShortfallsSaved {
    return [...this.rows];
  }

  load(saved: ShortfallsSaved): void {
    for (const [position, row] of saved) this.rows.set(position, row);
  }
}

const NONE: readonly number[] = [];

/** After a fact: what is short now, and by what. A fact that gives units back and takes them again makes nothing short. */
export function settleShortfalls(state: StockState, fact: StockFact, lsn: number): void {
  for (const position of state.shortfalls.takeLooks()) {
    const units = shortOf(termsOf(state, position));
    const known = state.shortfalls.find(position);
    if (units === (known?.units ?? 0)) continue;
    const grew = units > (known?.units ?? 0);
    const by = known === undefined || grew ? causeOf(state, fact, lsn) : known.by;
    const row = { units, since: known?.since ?? fact.at, by };
    state.shortfalls.put(position, row);
    state.touched.shortfall(state.positions.sku.get(position), named(state, position, row));
  }
}

function causeOf({ settings }: StockState, fact: StockFact, lsn: number): ShortfallCause {
  const cause = { position: `${settings.shard}.${lsn}`, fact: fact.fact };
  return fact.fact === 'StockRecorded' ? { ...cause, source: fact.event.source, id: fact.event.id } : cause;
}

function named({ positions, skus, nodes }: StockState, position: number, row: Row): Shortfall {
  const sku = skus.names.name(positions.sku.get(position)) as Sku;
  const node = nodes.names.name(positions.node.get(position)) as NodeId;
  return { sku, node, ...row };
}

/** All that are open, at one node or at all. */
export function openShortfalls(state: StockState, at: NodeId | undefined): Shortfall[] {
  const open: Shortfall[] = [];
  for (const position of state.shortfalls.positions()) {
    const row = state.shortfalls.find(position);
    if (row === undefined) continue;
    const shortfall = named(state, position, row);
    if (at === undefined || shortfall.node === at) open.push(shortfall);
  }
  return open;
}
