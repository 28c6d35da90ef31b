import { isRefusal } from '../../engine/contract/ids.ts';
import type { EventId, NodeId } from '../../engine/contract/ids.ts';
import type { SnapshotEvent } from '../../engine/contract/stock-event.ts';
import type { Segment } from './x12-envelope.ts';
import {
  alone,
  elementOf,
  eventId,
  firstOf,
  groupTime,
  placeOf,
  readItem,
  readPlace,
  readUnits,
  readWhen,
} from './x12-message.ts';
import type { Message, Refusal } from './x12-message.ts';

/**
 * Inventory advice: book snapshots at the warehouse (N1*WH, else ST, SF, LW, else GS02), as of BIA04 and BIA05. Per LIN:
 *
 *   QTY 17   on hand               carries on-hand, with QTY QH (on hold) as state quality-hold
 *   QTY 33   available for sale    alone: carries available, which the engine refuses as netted (rule FD14)
 *   others   (on order, back order …) say nothing about what is on the shelf
 *
 * BIA01 = 05 (replace) says that the list is complete: what it does not name holds nothing. Every other purpose,
 * 00 (original) included, lists some positions: taking an order of 50 items for a whole warehouse would empty it.
 */
export function read846(message: Message): boolean | Refusal {
  const { set, context, clock, group, gather } = message;
  const first = set.body.findIndex((segment) => segment.tag === 'LIN');
  const header = set.body.slice(0, first === -1 ? set.body.length : first);
  const bia = firstOf(header, 'BIA');
  if (bia === undefined) return { code: 'malformed-set', message: 'an inventory advice needs BIA' };
  const node = readPlace(header, ['WH', 'ST', 'SF', 'LW'], elementOf(group.gs, 2), context);
  if (isRefusal(node)) return node;
  const at = readWhen([[elementOf(bia, 4), elementOf(bia, 5)], ...groupTime(message)], node, clock);
  if (typeof at !== 'number') return at;
  const id = eventId(message, '');
  if (isRefusal(id)) return id;
  const advice: Advice = { header: header.filter((segment) => NEEDED.has(segment.tag)), node, at, id };
  for (const segments of linesOf(set.body.slice(header.length))) {
    const [lin] = segments as [Segment];
    const original = (): string =>
      alone(message, [...partial(message, advice.header), ...segments.map((one) => one.raw)]);
    const event = readLine(segments, lin, advice, message);
    if (event === 'no-number') gather.ignored += 1;
    else if (!('code' in event)) gather.events.push({ event, place: placeOf(lin), original });
    else if (!gather.refuse({ ...event, place: placeOf(lin), original: original() })) return false;
  }
  if (elementOf(bia, 1) === '05') {
    const original = (): string =>
      alone(
        message,
        advice.header.map((segment) => segment.raw),
      );
    const { source } = context;
    gather.events.push({
      event: { kind: 'complete', source: source.id, id, at, node, covers: 'book' },
      place: placeOf(bia),
      original,
    });
  }
  return true;
}

interface Advice {
  readonly header: readonly Segment[];
  readonly node: NodeId;
  readonly at: number;
  readonly id: EventId;
}

const NEEDED = new Set(['BIA', 'N1']);

function linesOf(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const lines: Segment[][] = [];
  for (const segment of segments) {
    if (segment.tag === 'CTT') break;
    if (segment.tag === 'LIN') lines.push([segment]);
    else lines.at(-1)?.push(segment);
  }
  return lines;
}

function readLine(
  segments: readonly Segment[],
  lin: Segment,
  { node, at, id }: Advice,
  message: Message,
): SnapshotEvent | Refusal | 'no-number' {
  const sku = readItem(lin, 2, message.context);
  if (typeof sku !== 'string') return sku;
  const onHand = quantityOf(segments, '17', message);
  const available = quantityOf(segments, '33', message);
  const held = quantityOf(segments, 'QH', message);
  for (const number of [onHand, available, held]) if (typeof number === 'object') return number;
  const quantity = onHand ?? available;
  if (typeof quantity !== 'number') return 'no-number';
  const carries = onHand === undefined ? 'available' : 'on-hand';
  const source = message.context.source.id;
  const event = { kind: 'snapshot', source, id, at, sku, node, quantity, covers: 'book', carries } as const;
  return typeof held === 'number' && onHand !== undefined ? { ...event, states: { 'quality-hold': held } } : event;
}

/** Sum of the line's quantities of a qualifier: a warehouse may give one per bin. */
function quantityOf(segments: readonly Segment[], qualifier: string, message: Message): number | Refusal | undefined {
  let sum: number | undefined;
  for (const qty of segments) {
    if (qty.tag !== 'QTY' || elementOf(qty, 1) !== qualifier) continue;
    const units = readUnits(elementOf(qty, 2), elementOf(qty, 3), elementOf(firstOf(segments, 'PO4'), 1), message);
    if (typeof units !== 'number') return units;
    sum = Math.round(((sum ?? 0) + units) * 1_000_000) / 1_000_000;
  }
  return sum;
}

/** The header of a list that claims nothing about what it does not name: one line must never empty a warehouse. */
function partial({ interchange }: Message, header: readonly Segment[]): readonly string[] {
  const { element } = interchange.delimiters;
  return header.map((segment) => {
    if (segment.tag !== 'BIA' || elementOf(segment, 1) !== '05') return segment.raw;
    return ['BIA', '25', ...segment.elements.slice(2)].join(element);
  });
}
