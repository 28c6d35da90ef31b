import { assert } from '../contract/assert.ts';
import type { StateImage } from '../contract/machine.ts';
import { planChannels } from './apply-reference.ts';
import { settleClaims } from './claims.ts';
import { hashWords, type HashState, finishHash, startHash } from './page-hash.ts';
import type { StockState } from './stock-state.ts';

// The header of an image: what is not in pages, as JSON. Everything in it follows the order of facts.

type Saved = ReturnType<typeof save>;

/** Grows when the layout of state changes; an image of another version is not restored, the journal is replayed. */
export const LAYOUT_VERSION = 4;

function save(state: StockState) {
  return {
    layout: LAYOUT_VERSION,
    shard: state.settings.shard,
    lsn: state.lsn,
    rows: state.pages.columns.map((column) => column.rows),
    texts: state.texts.save(),
    sources: state.sources.save(),
    streams: state.streams.save(),
    series: state.series.save(),
    skus: state.skus.names.save(),
    positions: state.positions.save(),
    states: state.states.save(),
    asOf: state.asOf.save(),
    deltas: state.deltas.save(),
    ids: state.ids.save(),
    receipts: [...state.receipts],
    windows: state.windows.save(),
    pendingVoids: state.pendingVoids.save(),
    inbound: state.inbound.save(),
    nodes: state.nodes.save(),
    sets: state.sets.save(),
    reference: state.reference.save(),
    demand: state.demand.save(),
    pools: state.pools.save(),
    safetyAsOf: state.safety.save(),
    holds: state.holds.save(),
    keys: state.keys.save(),
    parts: state.parts.save(),
    bandDates: state.bandDates.save(),
    allocations: state.allocations.save(),
    steps: state.steps.save(),
    waiting: state.waiting.save(),
    corrections: state.corrections.save(),
    expected: state.expected.save(),
    shortfalls: state.shortfalls.save(),
    booked: [...state.booked],
  };
}

/** A snapshot asks for a digest and then begins an image of the same moment: the header is built once for both. */
export class ImageHeader {
  private built: { readonly lsn: number; readonly bytes: Uint8Array } | undefined;
  private readonly state: StockState;

  constructor(state: StockState) {
    this.state = state;
  }

  /** Always anew: a digest must show a change that no fact explains. */
  build(): Uint8Array {
    const bytes = new TextEncoder().encode(JSON.stringify(save(this.state)));
    this.built = { lsn: this.state.lsn, bytes };
    return bytes;
  }

  /** Gives the header away, so that it is not kept for longer than a snapshot needs it. */
  take(): Uint8Array {
    const bytes = this.built?.lsn === this.state.lsn ? this.built.bytes : this.build();
    this.built = undefined;
    return bytes;
  }
}

export function beginImage(state: StockState, header: ImageHeader): StateImage {
  return state.pages.begin(header.take());
}

/** Into the state of a machine that has seen nothing yet. */
export function restoreImage(
  state: StockState,
  header: Uint8Array,
  pages: Iterable<{ readonly page: number; readonly bytes: Uint8Array }>,
): void {
  assert(state.lsn === 0, () => 'only a new machine takes an image');
  const saved = JSON.parse(new TextDecoder().decode(header)) as Saved;
  assert(saved.layout === LAYOUT_VERSION, () => `image has layout ${saved.layout}, not ${LAYOUT_VERSION}`);
  const { shard } = state.settings;
  assert(saved.shard === shard, () => `image is of shard ${saved.shard}, not ${shard}`);
  loadSmall(state, saved);
  // The channels' columns must stand before their pages come.
  planChannels(state);
  state.pages.restore(saved.rows, pages);
  for (const sku of state.waiting.skus) settleClaims(state, sku);
  state.lsn = saved.lsn;
}

function loadSmall(state: StockState, saved: Saved): void {
  state.texts.load(saved.texts);
  state.sources.load(saved.sources);
  state.streams.load(saved.streams);
  state.series.load(saved.series);
  state.skus.names.load(saved.skus);
  state.positions.load(saved.positions);
  state.states.load(saved.states);
  state.asOf.load(saved.asOf);
  state.deltas.load(saved.deltas);
  state.ids.load(saved.ids);
  for (const [row, inboundRef] of saved.receipts) state.receipts.set(row, inboundRef);
  state.windows.load(saved.windows);
  state.pendingVoids.load(saved.pendingVoids);
  state.inbound.load(saved.inbound);
  state.nodes.load(saved.nodes);
  state.sets.load(saved.sets);
  state.reference.load(saved.reference);
  state.demand.load(saved.demand);
  state.pools.load(saved.pools, state.reference.pools.values());
  state.safety.load(saved.safetyAsOf, [...state.reference.safety.values()]);
  state.holds.load(saved.holds);
  state.keys.load(saved.keys);
  state.parts.load(saved.parts);
  state.bandDates.load(saved.bandDates);
  state.allocations.load(saved.allocations);
  state.steps.load(saved.steps);
  state.waiting.load(saved.waiting);
  state.corrections.load(saved.corrections);
  state.expected.load(saved.expected);
  state.shortfalls.load(saved.shortfalls);
  for (const [row, booking] of saved.booked) state.booked.set(row, booking);
}

/** 32 hex digits over header and pages. */
export function digestState(state: StockState, image: ImageHeader): string {
  const hash: HashState = startHash();
  const header = image.build();
  const padded = new Uint8Array(Math.ceil(header.length / 4) * 4);
  padded.set(header);
  hashWords(hash, new Int32Array(padded.buffer));
  for (const column of state.pages.columns) {
    for (let chunk = 0; chunk < column.chunks.length; chunk++) {
      const bytes = column.bytesOf(chunk);
      const words = Math.ceil(Math.max(0, column.usedBytes(chunk)) / 4);
      hashWords(hash, new Int32Array(bytes.buffer, bytes.byteOffset, words));
    }
  }
  return finishHash(hash);
}
