import { isRefusal } from '../../engine/contract/ids.ts';
import type { Segment } from './x12-envelope.ts';
import { elementOf, firstOf, groupTime, readItem, readPlace, readUnits, readWhen } from './x12-message.ts';
import type { Message, Refusal } from './x12-message.ts';
import { gatherSupply } from './x12-orders.ts';
import type { SupplyLine } from './x12-orders.ts';

/**
 * Purchase order. Per item an inbound supply under the order number (BEG03): PO1 quantity in eaches (cases by PO4),
 * due on DTM 002, 106, 017, 063 or 010 of the line, else of the header; at the ship-to (N1*ST, else BY, else GS03).
 * BEG01 = 01 cancels. `at` is the group's date and time, so the newest version of an order wins.
 */
export function read850(message: Message): boolean | Refusal {
  const { set, context, clock, group } = message;
  const first = set.body.findIndex((segment) => segment.tag === 'PO1');
  const header = set.body.slice(0, first === -1 ? set.body.length : first);
  const beg = firstOf(header, 'BEG');
  if (beg === undefined) return { code: 'malformed-set', message: 'a purchase order needs BEG' };
  const node = readPlace(header, ['ST', 'BY'], elementOf(group.gs, 3), context);
  if (isRefusal(node)) return node;
  const at = readWhen([...groupTime(message), [elementOf(beg, 5), '']], node, clock);
  if (typeof at !== 'number') return at;
  const order = elementOf(beg, 3);
  const lines = linesOf(set.body.slice(header.length)).map((segments): SupplyLine => {
    const [po1] = segments as [Segment];
    const dates = [...dueDates(segments), ...dueDates(header)];
    return {
      sku: readItem(po1, 6, context),
      units: readUnits(elementOf(po1, 2), elementOf(po1, 3), elementOf(firstOf(segments, 'PO4'), 1), message),
      dueAt: dates.length === 0 ? NO_DUE_DATE : readWhen(dates, node, clock),
      order,
      segments,
      header: header.filter((segment) => NEEDED.has(segment.tag)),
    };
  });
  return gatherSupply(message, { node, at, cancels: elementOf(beg, 1) === '01' }, lines);
}

const NEEDED = new Set(['BEG', 'DTM', 'N1']);
const NO_DUE_DATE: Refusal = { code: 'no-due-date', message: 'neither line nor order has a DTM of delivery' };

/** A line is PO1 and what follows it; the summary (CTT, AMT) is none. */
function linesOf(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const lines: Segment[][] = [];
  for (const segment of segments) {
    if (segment.tag === 'CTT') break;
    if (segment.tag === 'PO1') lines.push([segment]);
    else lines.at(-1)?.push(segment);
  }
  return lines;
}

/** Delivery requested, required by, estimated delivery, do not deliver after, requested ship. */
const DUE = ['002', '106', '017', '063', '010'];

function dueDates(segments: readonly Segment[]): readonly (readonly [string, string])[] {
  return DUE.flatMap((qualifier) =>
    segments
      .filter((segment) => segment.tag === 'DTM' && elementOf(segment, 1) === qualifier)
      .map((segment) => [elementOf(segment, 2), elementOf(segment, 3)] as const),
  );
}
