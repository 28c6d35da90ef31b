import { assert } from '../contract/assert.ts';
import type { ChannelId } from '../contract/ids.ts';
import { BANDS, bandAfter } from './bands.ts';
import { settleClaims } from './claims.ts';
import { laterBand, nextBandDate } from './later-band.ts';
import { atsOf } from './position-change.ts';
import type { StockState } from './stock-state.ts';

/** Ends the work of a fact on a sku: its revision and the bands of its channels (rule AV6). */
export function closeSku(state: StockState, sku: number, lsn: number): void {
  state.skus.revision.set(sku, lsn);
  state.touched.sku(sku);
  settleClaims(state, sku);
  settleBands(state, sku, lsn);
}

/** A date that may change their bands was reached, or reference data that looks ahead came: a sku whose bands stay keeps its revision. */
export function settleSkus(state: StockState, skus: readonly number[], lsn: number): void {
  for (const sku of skus) {
    if (!settleBands(state, sku, lsn)) continue;
    state.skus.revision.set(sku, lsn);
    state.touched.sku(sku);
  }
}

/** True when a channel's band is another one now. */
function settleBands(state: StockState, sku: number, lsn: number): boolean {
  let changed = false;
  let date = Infinity;
  for (let channel = 0; channel < state.channels.length; channel++) {
    const plan = state.channels[channel];
    const columns = state.skus.channels[channel];
    assert(plan !== undefined && columns !== undefined, () => `channel ${channel} has no columns`);
    const before = BANDS[columns.band.get(sku)] ?? 'out-of-stock';
    let band = bandAfter(before, atsOf(state, sku, channel), plan);
    if (band === 'out-of-stock' && plan.sellsInbound) {
      band = laterBand(state, sku, plan);
      date = Math.min(date, nextBandDate(state, sku));
    }
    if (band === before) continue;
    columns.band.set(sku, BANDS.indexOf(band));
    state.touched.crossed(sku, { channel: plan.id as ChannelId, was: before, band, revision: lsn });
    changed = true;
  }
  if (state.sellsInbound) state.bandDates.set(sku, date);
  return changed;
}
