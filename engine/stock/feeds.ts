import type { StockCommand } from '../contract/command.ts';
import type { Sku } from '../contract/ids.ts';
import { refuse, type EventOutcome, type EventRefusal } from '../contract/outcome.ts';
import type { NodeRef, SourceRef } from '../contract/reference.ts';
import { digest } from '../contract/digest.ts';
import { moveRefusal } from './brakes.ts';
import { expectedFault, staleRefusal } from './expected.ts';
import { keyText, type EventIdentity, type RecordedEvent } from './event-identity.ts';
import { ID_KIND } from './id-table.ts';
import { SKU_FLAG } from './sku-table.ts';
import { unitsOf, type Units } from './quantities.ts';
import type { StockState } from './stock-state.ts';
import { streamName } from './streams.ts';

// decide() for one event of a feed: the checks of EVENT_REFUSALS, in that order.

/** Source time this far ahead of our clock is refused, in ms (rule FD10): clocks drift by seconds, not by minutes. */
export const AHEAD_MS_MAX = 5 * 60_000;
/** 2000-01-01 and 2200-01-01: a time outside is in another unit or a broken clock. */
const TIME_MIN = 946_684_800_000;
const TIME_MAX = 7_258_118_400_000;

export type Judged = { readonly status: 'accepted'; readonly units: Units } | EventOutcome;

/** An event, and whether somebody has let it past the brakes. */
type Asked = Pick<Extract<StockCommand, { do: 'record' }>, 'event' | 'approvedBy'>;

export function judgeEvent(
  state: StockState,
  { event, approvedBy }: Asked,
  identity: () => EventIdentity,
  atMs: number,
): Judged {
  const source = state.reference.sources.get(event.source);
  if (source === undefined) return refuse('unknown-source', { field: 'source' });
  const node = state.reference.nodes.get(event.node);
  if (node === undefined) return refuse('unknown-node', { field: 'node' });
  const sku = event.kind === 'complete' ? 0 : state.skus.names.find(event.sku);
  // A kit never has a row, so only skus without one need be looked up.
  if (event.kind !== 'complete' && sku === 0 && state.reference.kits.has(event.sku)) {
    return refuse('stock-of-a-kit', { field: 'sku' });
  }
  if (event.kind !== 'complete' && source.unknownSku === 'refuse' && !isInMaster(state, event.sku, sku)) {
    return refuse('unknown-sku', { field: 'sku' });
  }
  if (!state.reference.grants.allows(source, node, event)) return refuse('not-granted', { field: 'kind' });
  if (isNetted(event)) return refuse('netted-number', { field: 'carries' });
  const at = placeOf(state, event, sku);
  const units = unitsFor(state, event, { source, node, at });
  if (typeof units === 'string') return refuse(units, { field: 'quantity' });
  const refused =
    expectedFault(event, at.scale) ??
    timeRefusal(event, atMs) ??
    judgeIdentity(state, event, identity()) ??
    staleRefusal(state, event, at);
  if (refused !== undefined) return refused;
  if (approvedBy !== undefined || source.brakes === undefined) return { status: 'accepted', units };
  const braked = moveRefusal(state, event, { source, position: at.position, units: units.units });
  return braked ?? { status: 'accepted', units };
}

const isNetted = (event: RecordedEvent): boolean => event.kind === 'snapshot' && event.carries === 'available';

/** Skus that have a row carry the answer with them; asking the master would cost a second look-up by name. */
function isInMaster(state: StockState, name: Sku, sku: number): boolean {
  return sku === 0 ? state.reference.items.has(name) : state.skus.has(sku, SKU_FLAG.inMaster);
}

/** Where the event counts; position 0 while nobody has spoken of it. */
interface EventPlace {
  readonly position: number;
  readonly scale: number;
}

function placeOf(state: StockState, event: RecordedEvent, sku: number): EventPlace {
  if (event.kind === 'complete') return { position: 0, scale: 0 };
  if (sku === 0) return { position: 0, scale: state.reference.items.get(event.sku)?.ref.scale ?? 0 };
  const position = state.positions.find(sku, state.nodes.names.find(event.node));
  return { position, scale: state.skus.scale.get(sku) };
}

function unitsFor(
  state: StockState,
  event: RecordedEvent,
  known: { readonly source: SourceRef; readonly node: NodeRef; readonly at: EventPlace },
): Units | EventRefusal {
  const { at, node, source } = known;
  return unitsOf(event, {
    scale: at.scale,
    carryMicros: at.position === 0 ? 0 : state.positions.carry.get(at.position),
    mayBeFiner: node.owner === event.source || source.kind === 'pos',
  });
}

function timeRefusal(event: RecordedEvent, atMs: number): EventOutcome | undefined {
  if (!isTime(event.at)) return refuse('malformed-time', { field: 'at' });
  if (event.postedAt !== undefined && !isTime(event.postedAt)) return refuse('malformed-time', { field: 'postedAt' });
  if (event.kind === 'inbound' && !isTime(event.dueAt)) return refuse('malformed-time', { field: 'dueAt' });
  return event.at > atMs + AHEAD_MS_MAX ? refuse('from-the-future', { field: 'at' }) : undefined;
}

export const isTime = (ms: number): boolean => ms >= TIME_MIN && ms < TIME_MAX;

/** What the id, the window and the voided event say; undefined when nothing stands against it. */
function judgeIdentity(state: StockState, event: RecordedEvent, identity: EventIdentity): EventOutcome | undefined {
  const known = state.ids.find(identity.key);
  if (known !== 0) {
    const position = `${state.settings.shard}.${state.ids.lsn.get(known)}`;
    if (state.ids.hasContent(known, identity.content)) return { status: 'duplicate', position };
    return { ...refuse('id-reused', { field: 'id' }), firstPosition: position };
  }
  if (event.at < floorFor(state, event)) return refuse('too-late-to-check', { field: 'at' });
  return event.kind === 'void' ? voidRefusal(state, event) : undefined;
}

/** Oldest source time still taken from this source, node and stream (rule FD4). */
function floorFor(state: StockState, event: RecordedEvent): number {
  const stream = state.streams.find(streamName(event));
  return state.windows.floorOf(state.windows.find(stream, state.nodes.names.find(event.node)));
}

function voidRefusal(state: StockState, event: RecordedEvent & { kind: 'void' }): EventOutcome | undefined {
  const target = state.ids.find(digest(keyText(event.source, event.sku, event.voids)));
  if (target === 0) return undefined;
  const isGone = state.ids.at.get(target) < state.windows.floorOf(state.ids.window.get(target));
  // What it annuls has left its window: snapshots since then count it as covered, so taking it back could not be exact.
  if (isGone) return refuse('too-late-to-check', { field: 'voids' });
  return state.ids.kind.get(target) === ID_KIND.snapshot ? refuse('void-of-snapshot', { field: 'voids' }) : undefined;
}
