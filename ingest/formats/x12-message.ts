import { isRefusal, parseEventId, parseSku } from '../../engine/contract/ids.ts';
import type { EventId, IdRefusal, NodeId, Sku } from '../../engine/contract/ids.ts';
import type { FormatContext } from '../source.ts';
import { readDecimal } from './decimal.ts';
import type { Gather } from './gather.ts';
import { wallOf } from './local-time.ts';
import type { Clock, TimeRefusal } from './local-time.ts';
import { readFirstNode } from './node-code.ts';
import { shown } from './text.ts';
import type { Group, Interchange, Segment, TransactionSet } from './x12-envelope.ts';

// What all transaction sets share: times, places, items, units, ids, and originals that stand alone.

export interface Message {
  readonly interchange: Interchange;
  readonly group: Group;
  readonly set: TransactionSet;
  readonly context: FormatContext;
  readonly clock: Clock;
  readonly gather: Gather;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export function elementOf(segment: Segment | undefined, index: number): string {
  return segment?.elements[index]?.trim() ?? '';
}

export function firstOf(segments: readonly Segment[], tag: string): Segment | undefined {
  return segments.find((segment) => segment.tag === tag);
}

export function placeOf(segment: Segment): string {
  return `segment ${segment.number} (${segment.tag.slice(0, 10)})`;
}

/**
 * Id of what a set says: interchange control number, its date and time, the set's number and what tells lines apart.
 * The same interchange sent again has the same; a control number that comes round again after years has not.
 */
export function eventId({ interchange, set }: Message, suffix: string): EventId | IdRefusal {
  const { isa } = interchange;
  const stamp = `${elementOf(isa, 9)}${elementOf(isa, 10)}`;
  const text = `x12-${elementOf(isa, 13)}-${stamp}-${elementOf(set.st, 2)}${suffix}`;
  return parseEventId(text.replaceAll(/\s/g, '_'));
}

/** The first of several pairs of date (CCYYMMDD or YYMMDD) and time (HHMM, HHMMSS, HHMMSSDD; absent: midnight) that is one. */
export function readWhen(
  pairs: readonly (readonly [string, string])[],
  node: string,
  clock: Clock,
): number | Refusal | TimeRefusal {
  for (const [date, time] of pairs) {
    const wall = wallOfX12(date, time);
    if (wall !== undefined) return clock.readLocal(wall, node);
  }
  const said = pairs.map((pair) => pair.join(' ').trim()).filter((text) => text !== '');
  return { code: 'malformed-time', message: `no date of the set can be read: ${shown(said.join(', '))}` };
}

function wallOfX12(date: string, time: string): number | undefined {
  const full = date.length === 6 ? `20${date}` : date;
  if (!/^\d{8}$/.test(full) || !/^(?:|\d{4}|\d{6}|\d{8})$/.test(time)) return undefined;
  const [year, month, day] = [full.slice(0, 4), full.slice(4, 6), full.slice(6, 8)].map(Number) as [
    number,
    number,
    number,
  ];
  const [hour, minute, second] = [time.slice(0, 2), time.slice(2, 4), time.slice(4, 6)].map(Number) as [
    number,
    number,
    number,
  ];
  // DD of HHMMSSDD are hundredths.
  return wallOf({ year, month, day }, { hour, minute, second, ms: Number(time.slice(6, 8)) * 10 });
}

/** When the message was made, by its group header, else by its interchange header. */
export function groupTime({ group, interchange }: Message): readonly (readonly [string, string])[] {
  return [
    [elementOf(group.gs, 4), elementOf(group.gs, 5)],
    [elementOf(interchange.isa, 9), elementOf(interchange.isa, 10)],
  ];
}

/** Node of the first N1 that has one of the roles, by its code (N104) or its name (N102); else of the partner's code in GS. */
export function readPlace(
  segments: readonly Segment[],
  roles: readonly string[],
  partner: string,
  context: FormatContext,
): NodeId | IdRefusal {
  const parties = roles.flatMap((role) =>
    segments.filter((segment) => segment.tag === 'N1' && elementOf(segment, 1) === role),
  );
  const codes = parties.flatMap((party) => [elementOf(party, 4), elementOf(party, 2)]);
  return readFirstNode(
    [...codes, partner].filter((code) => code !== ''),
    context,
  );
}

/** Qualifiers of item codes, the buyer's own first, then GTINs, then the vendor's. Others (descriptions, lots, orders) name no item. */
const ITEM_QUALIFIERS = ['SK', 'BP', 'IN', 'CB', 'UK', 'UP', 'UA', 'UI', 'EN', 'EO', 'UD', 'IB', 'VN', 'VP', 'VC'];

/** Item of the qualifier and code pairs from element `from` on: the first that is a known item, else the first. */
export function readItem(segment: Segment, from: number, { hasItem }: FormatContext): Sku | Refusal {
  const byQualifier = new Map<string, string>();
  for (let at = from; at + 1 < segment.elements.length; at += 2) {
    const code = elementOf(segment, at + 1);
    if (code !== '' && !byQualifier.has(elementOf(segment, at))) byQualifier.set(elementOf(segment, at), code);
  }
  const codes = ITEM_QUALIFIERS.flatMap((qualifier) => byQualifier.get(qualifier) ?? []);
  const code = codes.find((candidate) => hasItem?.(candidate) === true) ?? codes[0];
  if (code === undefined) {
    return { code: 'no-item-code', message: `${segment.tag} names no item; looked for ${ITEM_QUALIFIERS.join(', ')}` };
  }
  const sku = parseSku(code);
  return isRefusal(sku) ? sku : sku;
}

const SINGLE = new Map([
  ['EA', 1],
  ['UN', 1],
  ['PC', 1],
  ['PR', 1],
  ['ST', 1],
  ['KI', 1],
  ['KG', 1],
  ['GR', 0.001],
  ['', 1],
]);
/** Units that hold others; PO401 says how many. */
const PACKS = new Set(['CA', 'CT', 'PK', 'BX', 'CS', 'DZ', 'PL']);

/** Sellable units of a quantity. `pack`: PO401, eaches per case, where the message has it. */
export function readUnits(quantity: string, unit: string, pack: string, message: Message): number | Refusal {
  const amount = readDecimal(quantity);
  if (amount === undefined || amount < 0) {
    return { code: 'malformed-quantity', message: `a quantity must be a decimal number >= 0, got ${shown(quantity)}` };
  }
  const factor = SINGLE.get(unit);
  if (factor !== undefined) return amount * factor;
  if (unit === 'DZ') return amount * 12;
  if (!PACKS.has(unit)) {
    return {
      code: 'unknown-unit',
      message: `unit ${shown(unit)} is none of ${[...SINGLE.keys(), ...PACKS].filter(Boolean).join(', ')}`,
    };
  }
  const each = readDecimal(pack);
  if (each !== undefined && each > 0) return amount * each;
  message.gather.warn(`unit ${unit} without PO4: counted as one unit each`);
  return amount;
}

/** The interchange around these segments alone, with its counts made right, or the set's end as given: what a dead letter replays. */
export function alone({ interchange, group, set }: Message, body: readonly string[], setEnd?: string): string {
  const { element, segment } = interchange.delimiters;
  const end = segment === '\n' ? '\n' : `${segment}\n`;
  const se = setEnd ?? ['SE', String(body.length + 2), elementOf(set.st, 2)].join(element);
  const ge = ['GE', '1', elementOf(group.gs, 6)].join(element);
  const iea = ['IEA', '1', elementOf(interchange.isa, 13)].join(element);
  return [interchange.isa.raw, group.gs.raw, set.st.raw, ...body, se, ge, iea].map((raw) => raw + end).join('');
}
