import { isRefusal, parseEventId, parseSku } from '../../engine/contract/ids.ts';
import type { NodeId, Sku } from '../../engine/contract/ids.ts';
import { DELTA_REASONS, UNAVAILABLE_STATES } from '../../engine/contract/stock-event.ts';
import type {
  CompleteEvent,
  DeltaEvent,
  DeltaReason,
  HeartbeatEvent,
  InboundEvent,
  MoveEvent,
  SnapshotEvent,
  StockEvent,
  UnavailableState,
  VoidEvent,
} from '../../engine/contract/stock-event.ts';
import type { FormatContext } from '../source.ts';
import { isRowRefusal, isShortText, malformedField, readHead, SHORT } from './event-head.ts';
import type { Head, Row, RowRefusal } from './event-head.ts';
import type { Clock } from './local-time.ts';
import { readNode } from './node-code.ts';
import { shown } from './text.ts';

// One row of our own JSON or CSV to one event. Field names are those of engine/contract/stock-event.ts.
// Shapes are checked here, meaning (grants, bounds, windows) by the engine.

export function readRow(row: Row, context: FormatContext, clock: Clock): StockEvent | RowRefusal {
  const kind = row['kind'];
  if (typeof kind !== 'string' || !KNOWN_KINDS.has(kind)) {
    return { code: 'unknown-kind', message: `kind must be one of ${KINDS}, got ${shown(kind)}` };
  }
  if (kind === 'heartbeat') return readHeartbeat(row, context, clock);
  const node = readNode(row['node'], context);
  if (isRefusal(node)) return node;
  const head = readHead(row, node, context, clock);
  if (isRowRefusal(head)) return head;
  if (kind === 'complete') return readComplete(row, head, node);
  const sku = parseSku(row['sku']);
  if (isRefusal(sku)) return sku;
  switch (kind) {
    case 'delta':
      return readDelta(row, head, sku, node);
    case 'snapshot':
      return readSnapshot(row, head, sku, node);
    case 'move':
      return readMove(row, head, sku, node);
    case 'inbound':
      return readInbound(row, head, sku, node, clock);
    default:
      return readVoid(row, head, sku, node);
  }
}

const KNOWN_KINDS = new Set(['delta', 'snapshot', 'move', 'inbound', 'void', 'complete', 'heartbeat']);
const KINDS = 'delta, snapshot, move, inbound, void, complete, heartbeat, snapshot-set (JSON only)';

function readDelta(row: Row, head: Head, sku: Sku, node: NodeId): DeltaEvent | RowRefusal {
  const { quantity, reason, inboundRef, movementRef, expected } = row;
  if (!isQuantity(quantity)) return malformedQuantity(quantity);
  if (!isOneOf(reason, DELTA_REASONS)) return malformedField('reason', reason, `one of ${DELTA_REASONS.join(', ')}`);
  if (inboundRef !== undefined && !isShortText(inboundRef)) return malformedField('inboundRef', inboundRef, SHORT);
  if (movementRef !== undefined && !isShortText(movementRef)) return malformedField('movementRef', movementRef, SHORT);
  if (expected !== undefined && !isQuantity(expected)) return malformedExpected(expected);
  return {
    kind: 'delta',
    ...head,
    sku,
    node,
    quantity,
    reason: reason as DeltaReason,
    ...(inboundRef !== undefined && { inboundRef }),
    ...(movementRef !== undefined && { movementRef }),
    ...(expected !== undefined && { expected }),
  };
}

/** Without `covers` a snapshot is the owner's ledger; without `carries` it is on-hand (rules FD2, FD14). */
export function readSnapshot(row: Row, head: Head, sku: Sku, node: NodeId): SnapshotEvent | RowRefusal {
  const { quantity, covers = 'book', carries = 'on-hand', expected } = row;
  if (!isQuantity(quantity)) return malformedQuantity(quantity);
  if (covers !== 'book' && covers !== 'count') return malformedField('covers', covers, 'book or count');
  if (carries !== 'on-hand' && carries !== 'available') {
    return malformedField('carries', carries, 'on-hand or available');
  }
  if (expected !== undefined && !isQuantity(expected)) return malformedExpected(expected);
  const compared = expected === undefined ? {} : { expected };
  const event = { kind: 'snapshot', ...head, sku, node, quantity, covers, carries, ...compared } as const;
  if (row['states'] === undefined) return event;
  const states = readStates(row['states']);
  return isRowRefusal(states) ? states : { ...event, states: states.states };
}

function readStates(
  value: unknown,
): { readonly states: Readonly<Partial<Record<UnavailableState, number>>> } | RowRefusal {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return malformedField('states', value, 'an object of units by state');
  }
  const states: Partial<Record<UnavailableState, number>> = {};
  for (const [state, units] of Object.entries(value)) {
    if (!isOneOf(state, UNAVAILABLE_STATES)) {
      return malformedField('states', state, `one of ${UNAVAILABLE_STATES.join(', ')}`);
    }
    if (!isQuantity(units) || units < 0) return malformedField(`states.${state}`, units, 'a number >= 0');
    states[state as UnavailableState] = units;
  }
  return { states };
}

function readMove(row: Row, head: Head, sku: Sku, node: NodeId): MoveEvent | RowRefusal {
  const { quantity, from, to } = row;
  // A negative move is the opposite move; which one was meant is not ours to guess.
  if (!isQuantity(quantity) || quantity <= 0) return malformedQuantity(quantity, 'a number above 0');
  if (!isOneOf(from, PLACES)) return malformedField('from', from, `one of ${PLACES.join(', ')}`);
  if (!isOneOf(to, PLACES) || to === from) return malformedField('to', to, `another one of ${PLACES.join(', ')}`);
  return { kind: 'move', ...head, sku, node, quantity, from: from as MoveEvent['from'], to: to as MoveEvent['to'] };
}

const PLACES = ['sellable', ...UNAVAILABLE_STATES] as const;

function readInbound(row: Row, head: Head, sku: Sku, node: NodeId, clock: Clock): InboundEvent | RowRefusal {
  const { quantity, inboundRef } = row;
  if (!isQuantity(quantity) || quantity < 0) return malformedQuantity(quantity, 'a number >= 0');
  if (!isShortText(inboundRef)) return malformedField('inboundRef', inboundRef, SHORT);
  const dueAt = clock.read(row['dueAt'], node);
  if (typeof dueAt !== 'number') return { code: dueAt.code, message: `dueAt: ${dueAt.message}` };
  return { kind: 'inbound', ...head, sku, node, inboundRef, quantity, dueAt };
}

function readVoid(row: Row, head: Head, sku: Sku, node: NodeId): VoidEvent | RowRefusal {
  const voids = parseEventId(row['voids']);
  return isRefusal(voids) ? voids : { kind: 'void', ...head, sku, node, voids };
}

function readComplete(row: Row, head: Head, node: NodeId): CompleteEvent | RowRefusal {
  const { covers = 'book' } = row;
  if (covers !== 'book' && covers !== 'count') return malformedField('covers', covers, 'book or count');
  return { kind: 'complete', ...head, node, covers };
}

/** Node and id may be left out: a heartbeat changes nothing, so its time names it well enough. */
function readHeartbeat(row: Row, context: FormatContext, clock: Clock): HeartbeatEvent | RowRefusal {
  const node = row['node'] === undefined ? undefined : readNode(row['node'], context);
  if (node !== undefined && isRefusal(node)) return node;
  const named = row['id'] === undefined ? { ...row, id: `heartbeat-${shown(row['at']).replaceAll(/\s/g, '_')}` } : row;
  const head = readHead(named, node, context, clock);
  if (isRowRefusal(head)) return head;
  return node === undefined ? { kind: 'heartbeat', ...head } : { kind: 'heartbeat', ...head, node };
}

const isQuantity = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isOneOf = (value: unknown, known: readonly string[]): value is string =>
  typeof value === 'string' && known.includes(value);

const malformedExpected = (value: unknown): RowRefusal => malformedField('expected', value, 'a finite number');

function malformedQuantity(value: unknown, rule = 'a finite number'): RowRefusal {
  return { code: 'malformed-quantity', message: `quantity must be ${rule}, got ${shown(value)}` };
}
