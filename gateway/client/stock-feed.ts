import type { StockState } from '../protocol/wire.ts';
import type { Connection } from './connection.ts';
import type { Cancel } from './environment.ts';
import type { KeyState, Scope } from './subscription-table.ts';

export type StockListener = (sku: string, state: KeyState<StockState>) => void;

/** Follows several skus; the listener hears each one's whole state, newest only. */
export function followStock(
  connection: Connection,
  skus: readonly string[],
  scope: Scope,
  listener: StockListener,
): Cancel {
  const stops = skus.map((sku) => connection.watch('stock', sku, scope, (state) => listener(sku, state)));
  return () => {
    for (const stop of stops) stop();
  };
}
