import { isRefusal } from '../../engine/contract/ids.ts';
import type { Segment } from './x12-envelope.ts';
import { elementOf, firstOf, groupTime, readItem, readPlace, readUnits, readWhen } from './x12-message.ts';
import type { Message, Refusal } from './x12-message.ts';
import { gatherSupply } from './x12-orders.ts';
import type { SupplyLine } from './x12-orders.ts';

/**
 * Ship notice. Per item what really comes and when, under the number of the order it ships (PRF01 of the order level,
 * else the shipment's own, BSN02): the newest word about that supply, so it replaces the order's quantity and date.
 * Due on DTM 017, 067, 371 or 002; without one on the ship date (011), else the notice's own date, with a warning.
 * BSN01 = 01 or 03 cancels. Levels: shipment S, order O, packs in between, item I.
 */
export function read856(message: Message): boolean | Refusal {
  const { set, context, clock, group } = message;
  const bsn = firstOf(set.body, 'BSN');
  if (bsn === undefined) return { code: 'malformed-set', message: 'a ship notice needs BSN' };
  const levels = levelsOf(set.body);
  const header = levels.filter((level) => level.code !== 'I').flatMap((level) => level.segments);
  const node = readPlace(header, ['ST', 'BY', 'OB'], elementOf(group.gs, 3), context);
  if (isRefusal(node)) return node;
  const made = [elementOf(bsn, 3), elementOf(bsn, 4)] as const;
  const at = readWhen([made, ...groupTime(message)], node, clock);
  if (typeof at !== 'number') return at;
  const due = dueDates(header, made, message);
  const dueAt = readWhen(due, node, clock);
  const byId = new Map(levels.map((level) => [level.id, level]));
  const lines = levels.flatMap((level): SupplyLine[] => {
    const lin = firstOf(level.segments, 'LIN');
    if (level.code !== 'I' || lin === undefined) return [];
    const above = ancestorsOf(level, byId);
    const sn1 = firstOf(level.segments, 'SN1');
    const prf = above.map((one) => firstOf(one.segments, 'PRF')).find((segment) => segment !== undefined);
    return [
      {
        sku: readItem(lin, 2, context),
        units: readUnits(elementOf(sn1, 2), elementOf(sn1, 3), elementOf(firstOf(level.segments, 'PO4'), 1), message),
        dueAt,
        order: elementOf(prf, 1) || elementOf(bsn, 2),
        segments: level.segments,
        header: [bsn, ...above.toReversed().flatMap((one) => one.segments)],
      },
    ];
  });
  const purpose = elementOf(bsn, 1);
  return gatherSupply(message, { node, at, cancels: purpose === '01' || purpose === '03' }, lines);
}

interface Level {
  readonly id: string;
  readonly parent: string;
  readonly code: string;
  readonly segments: Segment[];
}

function levelsOf(body: readonly Segment[]): readonly Level[] {
  const levels: Level[] = [];
  for (const segment of body) {
    if (segment.tag === 'CTT') break;
    if (segment.tag === 'HL') {
      const [id, parent, code] = [elementOf(segment, 1), elementOf(segment, 2), elementOf(segment, 3)];
      levels.push({ id, parent, code, segments: [segment] });
    } else levels.at(-1)?.segments.push(segment);
  }
  return levels;
}

/** Levels of a tree at most: shipment, order, pallet, carton, item and what a partner adds. */
const LEVELS_MAX = 10;

function ancestorsOf(level: Level, byId: ReadonlyMap<string, Level>): readonly Level[] {
  const above: Level[] = [];
  // Bounded: a file may name a level its own ancestor.
  for (let at = byId.get(level.parent); at !== undefined && above.length < LEVELS_MAX; at = byId.get(at.parent)) {
    above.push(at);
  }
  return above;
}

/** Estimated delivery, scheduled delivery, estimated arrival, delivery requested. */
const DUE = ['017', '067', '371', '002'];
const SHIPPED = '011';

function dueDates(
  header: readonly Segment[],
  made: readonly [string, string],
  { gather }: Message,
): readonly (readonly [string, string])[] {
  const of = (qualifier: string): readonly (readonly [string, string])[] =>
    header
      .filter((segment) => segment.tag === 'DTM' && elementOf(segment, 1) === qualifier)
      .map((segment) => [elementOf(segment, 2), elementOf(segment, 3)] as const);
  const due = DUE.flatMap(of);
  if (due.length === 0) gather.warn('ship notice without a delivery date: due on the day it was shipped or sent');
  return [...due, ...of(SHIPPED), [made[0], '']];
}
