import type { StockFact } from '../contract/stock-fact.ts';
import { refuse } from '../contract/outcome.ts';
import { EXTENSIONS_MAX, HOLD_MS_MAX, type ExtendOutcome, type ExtendRequest } from '../contract/reservation.ts';
import { asItIs } from './decide-reserve.ts';
import type { StockState } from './stock-state.ts';

/** decide() for a longer hold (rule RS4): only while held, 4 h in all at most, so often at most (RS6). */
export function decideExtend(
  state: StockState,
  { id, client, holdMs }: ExtendRequest,
  atMs: number,
): { readonly outcome: ExtendOutcome; readonly facts: readonly StockFact[] } {
  const hold = state.holds.find(id);
  if (hold === undefined || hold.reservation.client !== client) {
    return { outcome: refuse('unknown-reservation', { field: 'id' }), facts: [] };
  }
  const reservation = asItIs(hold.reservation, atMs);
  if (reservation.state !== 'held') return { outcome: refuse('already-ended', { field: 'id' }), facts: [] };
  const expiresAt = reservation.createdAt + holdMs;
  if (!Number.isInteger(holdMs) || holdMs > HOLD_MS_MAX || expiresAt < reservation.expiresAt) {
    return { outcome: refuse('hold-out-of-bounds', { field: 'holdMs' }), facts: [] };
  }
  if (expiresAt === reservation.expiresAt) return { outcome: { status: 'extended', reservation }, facts: [] };
  const extensions = (reservation.extensions ?? 0) + 1;
  if (extensions > EXTENSIONS_MAX) return { outcome: refuse('too-many-extensions', { field: 'id' }), facts: [] };
  return {
    outcome: { status: 'extended', reservation: { ...reservation, expiresAt, extensions } },
    facts: [{ fact: 'HoldExtended', at: atMs, id, expiresAt }],
  };
}
