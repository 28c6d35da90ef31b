import { AllocationTable } from './allocations.ts';
import { BandDates } from './band-dates.ts';
import { AsOfTable } from './as-of-table.ts';
import { CorrectionTable } from './corrections.ts';
import { DeltaLog } from './delta-log.ts';
import { DemandTable } from './demand.ts';
import { ExpectedTable, type Booking } from './expected-movements.ts';
import { HoldTable } from './holds.ts';
import { IdTable } from './id-table.ts';
import { InboundTable } from './inbound.ts';
import { Interner } from './interner.ts';
import { KeyTable } from './keys.ts';
import { NodeSets } from './node-sets.ts';
import { NodeTable } from './node-table.ts';
import { Pages } from './pages.ts';
import { PartTable } from './parts.ts';
import { PendingVoids } from './pending-voids.ts';
import { PoolTable } from './pools.ts';
import { PositionTable } from './position-table.ts';
import { ReferenceState } from './reference-state.ts';
import { SafetyTable } from './safety.ts';
import { ShortfallTable } from './shortfalls.ts';
import { SkuTable } from './sku-table.ts';
import { StateTable } from './state-table.ts';
import { StepTable } from './steps.ts';
import { TextHeap } from './text-heap.ts';
import { Touched } from './touched.ts';
import { WaitingTable } from './waiting.ts';
import { Windows } from './windows.ts';

/** Bounds of a stock shard, the same on every start. */
export interface StockSettings {
  readonly shard: number;
  /** Number of the shard that watches for silence (rule AV5). */
  readonly intake: number;
  /** Holds per client at once (rule RS6). */
  readonly holdsPerClientMax: number;
  /** Units per reservation line (rule RS6). */
  readonly unitsPerLineMax: number;
  /** Deltas a position remembers before the oldest are merged by minute (rule FD4); absent: REMEMBERED_MAX. */
  readonly rememberedMax?: number;
}

/** A channel's group and the channel's place among the sku columns, worked out from reference data. */
export interface ChannelPlan {
  readonly id: string;
  readonly set: number;
  readonly lowAt: number;
  readonly clearAt: number;
  /** Units kept back from the channel (rule AV2). */
  readonly threshold: number;
  readonly sellsInbound: boolean;
}

/** Everything a stock shard knows. The parts keep themselves consistent; the rules that join them are functions. */
export interface StockState {
  readonly settings: StockSettings;
  readonly pages: Pages;
  readonly texts: TextHeap;
  readonly sources: Interner;
  /** (source, stream) of windows, and (source, stream, epoch) of numbered events. */
  readonly streams: Interner;
  readonly series: Interner;
  readonly skus: SkuTable;
  readonly positions: PositionTable;
  readonly states: StateTable;
  readonly asOf: AsOfTable;
  readonly deltas: DeltaLog;
  readonly ids: IdTable;
  /** Inbound reference of a remembered receipt, by its id row: a void must give the units back to it. */
  readonly receipts: Map<number, string>;
  /** The same for what it books of a movement of ours (rule FD8). */
  readonly booked: Map<number, Booking>;
  readonly windows: Windows;
  readonly pendingVoids: PendingVoids;
  readonly inbound: InboundTable;
  readonly nodes: NodeTable;
  readonly sets: NodeSets;
  readonly reference: ReferenceState;
  readonly demand: DemandTable;
  readonly pools: PoolTable;
  readonly safety: SafetyTable;
  readonly holds: HoldTable;
  readonly keys: KeyTable;
  readonly parts: PartTable;
  readonly allocations: AllocationTable;
  readonly steps: StepTable;
  readonly waiting: WaitingTable;
  readonly corrections: CorrectionTable;
  readonly expected: ExpectedTable;
  readonly shortfalls: ShortfallTable;
  readonly bandDates: BandDates;
  /** lsn of the last fact. */
  lsn: number;

  // Derived from the above, rebuilt after a restore, never saved.
  channels: ChannelPlan[];
  /** A channel at least sells what is due. */
  sellsInbound: boolean;
  /** Time of the fact that is applied, ms since the epoch. */
  atMs: number;
  /** Numbers of the channels a node serves, by node number. */
  channelsOfNode: (readonly number[])[];
  /** What changed since changes were last taken. */
  readonly touched: Touched;
}

export function newStockState(settings: StockSettings): StockState {
  const pages = new Pages();
  const texts = new TextHeap(pages);
  const sources = new Interner();
  const sourceName = (source: number): string => sources.name(source);
  return {
    settings,
    pages,
    texts,
    sources,
    streams: new Interner(),
    series: new Interner(),
    skus: new SkuTable(pages),
    positions: new PositionTable(pages, texts, sourceName),
    states: new StateTable(pages, texts, sourceName),
    asOf: new AsOfTable(pages),
    deltas: new DeltaLog(pages),
    ids: new IdTable(pages),
    receipts: new Map(),
    booked: new Map(),
    windows: new Windows(),
    pendingVoids: new PendingVoids(),
    inbound: new InboundTable(),
    nodes: new NodeTable(),
    sets: new NodeSets(),
    reference: new ReferenceState(),
    demand: new DemandTable(),
    pools: new PoolTable(),
    safety: new SafetyTable(),
    holds: new HoldTable(),
    keys: new KeyTable(pages),
    parts: new PartTable(),
    allocations: new AllocationTable(),
    steps: new StepTable(),
    waiting: new WaitingTable(),
    corrections: new CorrectionTable(),
    expected: new ExpectedTable(),
    shortfalls: new ShortfallTable(),
    bandDates: new BandDates(),
    lsn: 0,
    channels: [],
    sellsInbound: false,
    atMs: 0,
    channelsOfNode: [],
    touched: new Touched(),
  };
}
