import { assert } from '../contract/assert.ts';
import { refuse, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import { lineOf, LINES_MAX, type ReserveLine } from '../contract/reservation.ts';
import type { ChannelId } from '../contract/ids.ts';
import { setOf } from './apply-reference.ts';
import type { PlacedLine } from './placed-line.ts';
import type { SellingChannel, Wanted, WantedLine } from './reserve-lines.ts';
import type { StockState } from './stock-state.ts';

// The checks of names and bounds in the order of RESERVE_REFUSALS, then lines of the same sku and place summed (RS1).

export interface LinesAsked {
  readonly channel: ChannelId;
  readonly lines: readonly ReserveLine[];
  readonly partial: boolean;
}

export function wantedLines(state: StockState, asked: LinesAsked): Wanted | Refused<ReserveRefusal> {
  if (!state.reference.channels.has(asked.channel)) return refuse('unknown-channel', { field: 'channel' });
  const channel = sellingChannel(state, asked.channel);
  const refusal = namesRefusal(state, asked.lines, channel.set) ?? boundsRefusal(state, asked.lines);
  return refusal ?? { lines: sumAlike(state, asked.lines), channel, partial: asked.partial };
}

/** Of a channel that is known: reference rows are never taken away. */
export function sellingChannel(state: StockState, id: ChannelId): SellingChannel {
  const channel = state.reference.channels.get(id);
  assert(channel !== undefined, () => `channel ${id} is not known`);
  return { id, set: setOf(state, channel.group), threshold: channel.threshold ?? 0 };
}

type Check = (line: ReserveLine) => boolean;

function namesRefusal(
  state: StockState,
  lines: readonly ReserveLine[],
  channelSet: number,
): Refused<ReserveRefusal> | undefined {
  const { reference, skus, nodes, sets } = state;
  const servesChannel: Check = (line) => !('node' in line) || sets.has(channelSet, nodes.names.find(line.node));
  return (
    firstBad(lines, 'unknown-node', 'node', (line) => !('node' in line) || reference.nodes.has(line.node)) ??
    firstBad(lines, 'unknown-group', 'group', (line) => !('group' in line) || reference.groups.has(line.group)) ??
    firstBad(lines, 'unknown-sku', 'sku', (line) => skus.names.find(line.sku) !== 0) ??
    firstBad(lines, 'node-not-in-channel', 'node', servesChannel)
  );
}

function boundsRefusal(state: StockState, lines: readonly ReserveLine[]): Refused<ReserveRefusal> | undefined {
  if (lines.length === 0) return refuse('units-out-of-bounds', { field: 'lines' });
  const { unitsPerLineMax } = state.settings;
  const inBounds: Check = ({ units }) => Number.isSafeInteger(units) && units >= 1 && units <= unitsPerLineMax;
  const units = firstBad(lines, 'units-out-of-bounds', 'units', inBounds);
  if (units !== undefined) return units;
  return lines.length > LINES_MAX ? refuse('too-many-lines', { field: 'lines' }) : undefined;
}

function firstBad(
  lines: readonly ReserveLine[],
  code: ReserveRefusal,
  field: string,
  isGood: Check,
): Refused<ReserveRefusal> | undefined {
  const index = lines.findIndex((line) => !isGood(line));
  return index === -1 ? undefined : refuse(code, { field: `lines[${index}].${field}` });
}

function sumAlike(state: StockState, lines: readonly ReserveLine[]): WantedLine[] {
  const [only] = lines;
  if (lines.length === 1 && only !== undefined)
    return [{ index: 0, line: lineOf(only), placed: placeLine(state, only) }];
  const summed = new Map<string, WantedLine>();
  for (const [index, line] of lines.entries()) {
    const place = 'node' in line ? `node ${line.node}` : `group ${line.group}`;
    const key = `${line.sku} ${place}`;
    const before = summed.get(key);
    const whole = lineOf(line, line.units + (before?.line.units ?? 0));
    summed.set(key, { index: before?.index ?? index, line: whole, placed: placeLine(state, whole) });
  }
  return [...summed.values()];
}

/** Names to numbers. A group line is promised to the nodes the group has now, whatever it becomes later. */
export function placeLine(state: StockState, line: ReserveLine): PlacedLine {
  const sku = state.skus.names.find(line.sku);
  if ('node' in line) return { sku, units: line.units, node: state.nodes.names.find(line.node) };
  return { sku, units: line.units, set: setOf(state, line.group) };
}
