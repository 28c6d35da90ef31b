import { isRefusal, parseEventId, parseSku } from '../../engine/contract/ids.ts';
import type { SnapshotEvent, UnavailableState } from '../../engine/contract/stock-event.ts';
import type { Format, FormatContext } from '../source.ts';
import { Gather, refuseWhole } from './gather.ts';
import { forbiddenIn, parseJson } from './json-keys.ts';
import { Clock } from './local-time.ts';
import { readNode } from './node-code.ts';
import { findLevels } from './shopify-levels.ts';
import type { FoundLevel, Level } from './shopify-levels.ts';
import { jsonText, readText, shown } from './text.ts';

/**
 * Shopify inventory levels, REST (`inventory_level`, `inventory_levels`, the body of inventory_levels/update) or as
 * GraphQL returns them (`quantities` by name). Each level is a book snapshot:
 *
 *   on_hand                      carries on-hand, with the split below
 *   damaged, quality_control     states damaged, quality-hold
 *   reserved, safety_stock       state other
 *   available (REST, or alone)   carries available: Shopify has netted it already, so the engine refuses it (rule FD14)
 *
 * The sku is the item's sku where the message has it, else the inventory item's number; the node code is the number of
 * the location. A level without a number (`available: null`, not tracked) is ignored.
 */
export const readShopifyInventory: Format = (bytes, context) => {
  const read = readText(bytes);
  if (!('text' in read)) return refuseWhole(read.code, read.message, read.original);
  if (read.text.trim() === '') return new Gather().result();
  const parsed = parseJson(read.text);
  if ('code' in parsed) return refuseWhole(parsed.code, parsed.message, read.text);
  const document = parsed.value;
  const forbidden = forbiddenIn(document);
  if (forbidden !== undefined) {
    return refuseWhole('forbidden-key', `the key ${forbidden} is never taken from input`, read.text);
  }
  const found = findLevels(document);
  if (found === undefined) {
    return refuseWhole('not-inventory', 'the message has no inventory levels; another topic was sent here', read.text);
  }
  return readLevels(found, context);
};

function readLevels(found: readonly FoundLevel[], context: FormatContext): ReturnType<Format> {
  const gather = new Gather();
  const clock = new Clock(context);
  for (const [index, { level, json }] of found.entries()) {
    const place = `level[${index}]`;
    const original = (): string => jsonText(json);
    const event = readLevel(level, context, clock);
    if (event === 'not-tracked') gather.ignored += 1;
    else if (!('code' in event)) gather.events.push({ event, place, original });
    else if (!gather.refuse({ ...event, place, original: original() })) {
      gather.stop(`level[${index + 1}]`, '');
      break;
    }
  }
  for (const { words, times } of clock.warnings()) gather.warn(words, times);
  return gather.result();
}

interface Refusal {
  readonly code: string;
  readonly message: string;
}

function readLevel(level: Level, context: FormatContext, clock: Clock): SnapshotEvent | Refusal | 'not-tracked' {
  const { item, location, quantities } = level;
  const sku = parseSku(level.sku ?? item);
  if (isRefusal(sku)) return sku;
  const node = readNode(location, context);
  if (isRefusal(node)) return node;
  const at = clock.read(level.updatedAt, node);
  if (typeof at !== 'number') return at;
  const id = parseEventId(`level-${item ?? sku}-${location}-${at}`);
  if (isRefusal(id)) return id;
  const carries = quantities.has('on_hand') ? 'on-hand' : 'available';
  const quantity = quantities.get(carries === 'on-hand' ? 'on_hand' : 'available');
  if (quantity === undefined || quantity === null) return 'not-tracked';
  if (typeof quantity !== 'number' || !Number.isFinite(quantity)) {
    return { code: 'malformed-quantity', message: `a quantity must be a number, got ${shown(quantity)}` };
  }
  const head = { kind: 'snapshot', source: context.source.id, id, at, sku, node, quantity, covers: 'book' } as const;
  if (carries === 'available') return { ...head, carries };
  const states = readStates(quantities);
  if ('code' in states) return states as Refusal;
  return Object.keys(states).length === 0 ? { ...head, carries } : { ...head, carries, states };
}

const STATE_OF: Readonly<Record<string, UnavailableState>> = {
  damaged: 'damaged',
  quality_control: 'quality-hold',
  reserved: 'other',
  safety_stock: 'other',
};

function readStates(quantities: ReadonlyMap<string, unknown>): Partial<Record<UnavailableState, number>> | Refusal {
  const states: Partial<Record<UnavailableState, number>> = {};
  for (const [name, state] of Object.entries(STATE_OF)) {
    const units = quantities.get(name);
    if (units === undefined || units === null) continue;
    if (typeof units !== 'number' || !(units >= 0)) {
      return { code: 'malformed-quantity', message: `${name} must be a number >= 0, got ${shown(units)}` };
    }
    states[state] = (states[state] ?? 0) + units;
  }
  return states;
}
