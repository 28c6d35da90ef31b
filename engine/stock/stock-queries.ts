import { unreachable } from '../contract/assert.ts';
import type { Sku, SourceId, NodeId, ReservationId, ClientId } from '../contract/ids.ts';
import type { Heard, NodeHealth, StockAnswer, StockQuery, StockStats } from '../contract/query.ts';
import { newestPage, type Reservation, type ReservationsAsked } from '../contract/reservation.ts';
import { shortfallPage } from '../contract/shortfall.ts';
import { atpOf } from './atp.ts';
import { auditChunk } from './audit.ts';
import { judgeChange } from './decide-apply.ts';
import { asItIs } from './decide-reserve.ts';
import { openShortfalls } from './shortfalls.ts';
import { skuTermsOf } from './sku-terms.ts';
import { skuStockOf, unheardStockOf } from './stock-answers.ts';
import type { StockState } from './stock-state.ts';
import { tableBytes } from './table-bytes.ts';
import { weigh } from './weigh.ts';

/** Events by how they were answered since this machine was made; no part of the state, a replay must not count twice. */
export interface EventCounts {
  recorded: number;
  duplicates: number;
  refused: number;
}

export function answerQuery(state: StockState, counts: EventCounts, query: StockQuery, atMs: number): StockAnswer {
  switch (query.ask) {
    case 'stock':
      return { answer: 'stock', stock: query.skus.flatMap((sku) => stockOf(state, sku)) };
    case 'all-stock':
      return { answer: 'stock', stock: chunkOf(state, query.after, query.limit) };
    case 'reservation':
      return { answer: 'reservation', reservation: reservationOf(state, query, atMs) };
    case 'reservations':
      return { answer: 'reservations', reservations: heldNow(state, query, atMs) };
    case 'open-counts':
      return { answer: 'open-counts', open: state.holds.openCounts() };
    case 'shortfalls':
      return { answer: 'shortfalls', shortfalls: shortfallPage(openShortfalls(state, query.node), query) };
    case 'atp':
      return { answer: 'atp', outcome: atpOf(state, query, atMs) };
    case 'reference':
      return { answer: 'reference', batches: state.reference.batches() };
    case 'judge-change':
      return { answer: 'judged', refusedRows: judgeChange(state, query).refusedRows };
    case 'terms':
      return { answer: 'terms', terms: skuTermsOf(state, query.sku) };
    case 'audit':
      return { answer: 'audit', audit: auditChunk(state, query.after, query.limit) };
    case 'weigh':
      return { answer: 'weighed', ...weigh(state, query, atMs) };
    case 'lsn':
      return { answer: 'lsn', lsn: state.lsn };
    case 'stats':
      return { answer: 'stats', stats: statsOf(state, counts) };
    default:
      return unreachable(query);
  }
}

function stockOf(state: StockState, name: Sku): ReturnType<typeof skuStockOf>[] {
  const sku = state.skus.names.find(name);
  const stock = sku === 0 ? unheardStockOf(state, name) : skuStockOf(state, sku);
  return stock === undefined ? [] : [stock];
}

/** Skus in the order they were first heard of, so a chunk goes on where the last one ended. */
function chunkOf(state: StockState, after: Sku | undefined, limit: number): ReturnType<typeof skuStockOf>[] {
  const first = after === undefined ? 1 : state.skus.names.find(after) + 1;
  const end = Math.min(state.skus.count, first + limit - 1);
  const chunk: ReturnType<typeof skuStockOf>[] = [];
  for (let sku = first; sku <= end; sku++) chunk.push(skuStockOf(state, sku));
  return chunk;
}

function reservationOf(
  state: StockState,
  asked: { readonly id: ReservationId; readonly client?: ClientId },
  atMs: number,
): Reservation | undefined {
  const reservation = state.holds.find(asked.id)?.reservation;
  if (reservation === undefined) return undefined;
  if (asked.client !== undefined && asked.client !== reservation.client) return undefined;
  return asItIs(reservation, atMs);
}

function heldNow({ holds }: StockState, asked: ReservationsAsked, atMs: number): Reservation[] {
  const held = asked.client === undefined ? [...holds] : holds.heldOf(asked.client);
  const live = held.map(({ reservation }) => asItIs(reservation, atMs)).filter(({ state }) => state === 'held');
  return newestPage(live, asked);
}

function statsOf(state: StockState, counts: EventCounts): StockStats {
  return {
    skus: state.skus.count,
    positions: state.positions.count,
    ids: state.ids.count,
    holds: state.holds.held,
    ...counts,
    tableBytes: tableBytes(state),
    health: healthOf(state),
    heard: heardOf(state),
  };
}

function healthOf(state: StockState): NodeHealth[] {
  return [...state.reference.nodes.keys()].map((node) => {
    const { positions, stocked, low, short } = state.nodes.at(state.nodes.names.find(node));
    return { node, positions, stocked, low, short };
  });
}

/** Newest source time per source and node, over the streams. */
function heardOf(state: StockState): Heard[] {
  const newest = new Map<string, Heard>();
  for (const window of state.windows) {
    const key = `${window.source} ${window.node}`;
    if ((newest.get(key)?.at ?? 0) >= window.newest) continue;
    const source = state.sources.name(window.source) as SourceId;
    newest.set(key, { source, node: state.nodes.names.name(window.node) as NodeId, at: window.newest });
  }
  return [...newest.values()];
}
