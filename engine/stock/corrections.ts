import { digestHex } from '../contract/digest.ts';
import { type CorrectionOutcome, type CorrectionRequest, REASON_CHARS_MAX, STAFF } from '../contract/correction.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import { refuse } from '../contract/outcome.ts';
import { applyDelta } from './apply-delta.ts';
import { KEY_KEPT_MS } from './remembered.ts';
import { closeSku } from './close-sku.ts';
import { openPosition, openSku } from './open-position.ts';
import { hearOf, refreshPosition } from './position-change.ts';
import { UNITS_MAX } from './quantities.ts';
import { EFFECT_ON_HAND } from './states.ts';
import type { StockState } from './stock-state.ts';

// Staff correct on-hand by an entry of their own (rule AV7, Correction): a delta like any other, so a later count replaces it.

/** Keys remembered at once: people make corrections, one at a time. */
const CORRECTIONS_MAX = 10_000;
/** A correction may be inside a snapshot that comes this late, in ms: the usual window of a warehouse. */
export const LATE_MS = 48 * 3_600_000;

interface Made {
  readonly contentDigest: string;
  readonly atMs: number;
  readonly lsn: number;
  readonly onHand: number;
}

export type CorrectionsSaved = readonly (readonly [string, Made])[];

export class CorrectionTable {
  private readonly made = new Map<string, Made>();

  find(keyDigest: string): Made | undefined {
    return this.made.get(keyDigest);
  }

  get isFull(): boolean {
    return this.made.size >= CORRECTIONS_MAX;
  }

  put(keyDigest: string, made: Made): void {
    this.made.set(keyDigest, made);
  }

  forgetOld(atMs: number): void {
    for (const [keyDigest, made] of this.made) {
      if (made.atMs + KEY_KEPT_MS > atMs) return;
      this.made.delete(keyDigest);
    }
  }

  save(): CorrectionsSaved {
    return [...this.made];
  }

  load(saved: CorrectionsSaved): void {
    for (const [keyDigest, made] of saved) this.made.set(keyDigest, made);
  }
}

export function decideCorrection(
  state: StockState,
  request: CorrectionRequest,
  atMs: number,
): { readonly outcome: CorrectionOutcome; readonly facts: readonly StockFact[] } {
  const no = (outcome: CorrectionOutcome) => ({ outcome, facts: [] });
  const { key, client, sku, node, units, reason } = request;
  const { shard } = state.settings;
  const keyDigest = digestHex(`${client}\u0000${key}`);
  const contentDigest = digestHex(JSON.stringify([sku, node, units, reason]));
  const known = state.corrections.find(keyDigest);
  if (known !== undefined) {
    if (known.contentDigest !== contentDigest) return no(refuse('key-reused', { field: 'key' }));
    return no({ status: 'corrected', position: `${shard}.${known.lsn}`, onHand: known.onHand });
  }
  if (!state.reference.nodes.has(node)) return no(refuse('unknown-node', { field: 'node' }));
  if (state.reference.kits.has(sku)) return no(refuse('stock-of-a-kit', { field: 'sku' }));
  const row = state.skus.names.find(sku);
  if (row === 0 && !state.reference.items.has(sku)) return no(refuse('unknown-sku', { field: 'sku' }));
  if (!Number.isSafeInteger(units) || units === 0 || Math.abs(units) > UNITS_MAX) {
    return no(refuse('units-out-of-bounds', { field: 'units' }));
  }
  if (reason.trim() === '' || reason.length > REASON_CHARS_MAX) {
    return no(refuse('reason-missing', { field: 'reason' }));
  }
  if (state.corrections.isFull) return no(refuse('too-many-keys'));
  const position = row === 0 ? 0 : state.positions.find(row, state.nodes.names.find(node));
  const onHand = (position === 0 ? 0 : state.positions.onHand.get(position)) + units;
  const fact: StockFact = {
    fact: 'StockCorrected',
    at: atMs,
    keyDigest,
    contentDigest,
    sku,
    node,
    units,
    client,
    reason,
  };
  return { outcome: { status: 'corrected', position: `${shard}.${state.lsn + 1}`, onHand }, facts: [fact] };
}

export function applyCorrection(
  state: StockState,
  fact: Extract<StockFact, { fact: 'StockCorrected' }>,
  lsn: number,
): void {
  const { at, keyDigest, contentDigest, units } = fact;
  const source = state.sources.intern(STAFF);
  const node = state.nodes.intern(fact.node);
  const window = state.windows.open(source, state.streams.intern(STAFF), node);
  const sku = openSku(state, fact.sku);
  const position = openPosition(state, sku, node);
  applyDelta(state, position, { at, postedAt: at, seq: -1, series: 0, units, effect: EFFECT_ON_HAND, window });
  // No ids are remembered under it, so none fall out.
  state.windows.hear(window, { atMs: at, lateMs: LATE_MS }, () => {});
  hearOf(state, position, source, at);
  refreshPosition(state, position);
  closeSku(state, sku, lsn);
  const onHand = state.positions.onHand.get(position);
  state.corrections.put(keyDigest, { contentDigest, atMs: at, lsn, onHand });
}
