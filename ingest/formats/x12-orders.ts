import { isRefusal } from '../../engine/contract/ids.ts';
import type { NodeId, Sku } from '../../engine/contract/ids.ts';
import type { InboundEvent } from '../../engine/contract/stock-event.ts';
import type { Segment } from './x12-envelope.ts';
import { alone, eventId, placeOf } from './x12-message.ts';
import type { Message, Refusal } from './x12-message.ts';

// Purchase orders (850) and ship notices (856) both say: so many of this item come to this node by then, under this
// order number. One item may stand in several lines (packs, sizes of delivery); they are one supply.

/** One line's share of a supply, or why it is none. */
export interface SupplyLine {
  readonly sku: Sku | Refusal;
  readonly units: number | Refusal;
  readonly dueAt: number | Refusal;
  /** Order number: what receipts refer to. */
  readonly order: string;
  /** Segments of the line, its first one naming the place. */
  readonly segments: readonly Segment[];
  /** Segments without which the line says nothing. */
  readonly header: readonly Segment[];
}

export interface Supply {
  readonly node: NodeId;
  readonly at: number;
  /** The whole message takes back what it lists. */
  readonly cancels: boolean;
}

/** Events of the lines, summed per order and item; lines that cannot be read are refused alone. */
export function gatherSupply(message: Message, supply: Supply, lines: readonly SupplyLine[]): boolean {
  const sums = new Map<string, Sum>();
  for (const line of lines) {
    const read = readLine(line);
    if ('code' in read) {
      const original = alone(message, rawOf([...line.header, ...line.segments]));
      const first = line.segments[0];
      const place = first === undefined ? 'set' : placeOf(first);
      if (!message.gather.refuse({ code: read.code, message: read.message, place, original })) return false;
      continue;
    }
    const key = `${line.order} ${read.sku}`;
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { ...read, line, segments: [...line.segments] });
    else {
      sum.units += read.units;
      sum.dueAt = Math.min(sum.dueAt, read.dueAt);
      sum.segments.push(...line.segments);
    }
  }
  for (const sum of sums.values()) pushInbound(message, supply, sum);
  return true;
}

interface Sum {
  readonly sku: Sku;
  units: number;
  dueAt: number;
  readonly line: SupplyLine;
  readonly segments: Segment[];
}

function readLine(line: SupplyLine): { readonly sku: Sku; readonly units: number; readonly dueAt: number } | Refusal {
  const { sku, units, dueAt, order } = line;
  if (typeof sku !== 'string') return sku;
  if (typeof units !== 'number') return units;
  if (typeof dueAt !== 'number') return dueAt;
  if (order === '' || order.length > 128) {
    return { code: 'no-order-number', message: 'the line belongs to no order number of 1 to 128 characters' };
  }
  return { sku, units, dueAt };
}

function pushInbound(message: Message, supply: Supply, { sku, units, dueAt, line, segments }: Sum): void {
  const { context, gather } = message;
  const original = (): string => alone(message, rawOf([...line.header, ...segments]));
  const place = segments[0] === undefined ? 'set' : placeOf(segments[0]);
  const id = eventId(message, `#${line.order}`);
  if (isRefusal(id)) {
    gather.refuse({ ...id, place, original: original() });
    return;
  }
  const event: InboundEvent = {
    kind: 'inbound',
    source: context.source.id,
    id,
    at: supply.at,
    sku,
    node: supply.node,
    inboundRef: line.order,
    quantity: supply.cancels ? 0 : Math.round(units * 1_000_000) / 1_000_000,
    dueAt,
    ref: line.order,
  };
  gather.events.push({ event, place, original });
}

function rawOf(segments: readonly Segment[]): readonly string[] {
  return segments.map((segment) => segment.raw);
}
