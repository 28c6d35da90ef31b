import { digest } from '../../engine/contract/digest.ts';
import { isRefusal, parseEventId, parseSku } from '../../engine/contract/ids.ts';
import type { EventId, NodeId, Sku, SourceId } from '../../engine/contract/ids.ts';
import type { DeltaEvent, DeltaReason, StockEvent, UnavailableState } from '../../engine/contract/stock-event.ts';
import type { FormatContext } from '../source.ts';
import { lastPart, placeCodes } from './epc.ts';
import { goodsOf } from './epcis-goods.ts';
import { COUNTING_STEPS, LOOKING_STEPS, MOVING_STEPS, UNSELLABLE, vocabularyName } from './epcis-steps.ts';
import type { Clock } from './local-time.ts';
import { readFirstNode } from './node-code.ts';

export type Json = Readonly<Record<string, unknown>>;
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/**
 * What one EPCIS event means for stock, one event of ours per sku:
 *
 *   receiving, void_shipping          delta +
 *   shipping, retail_selling, destroying   delta −
 *   stock_taking, cycle_counting      count snapshot
 *   inspecting, packing, storing …    with an unsellable disposition (epcis-steps.ts): move sellable → that state;
 *                                     with persistentDisposition.unset of one: move back
 *   a moving step with an unsellable disposition   its delta, and the move that takes the state along
 *   TransformationEvent               inputs −, outputs +, whatever the step
 *   AssociationEvent, TransactionEvent DELETE, every other step   ignored
 *   errorDeclaration                  void of what the event meant when it was sent without it
 *
 * Event id: eventID, else a digest of the content without errorDeclaration and recordTime, as GS1's own hash leaves
 * them out, so a declaration finds the event it is about.
 */
export function readEpcisEvent(
  event: Json,
  context: FormatContext,
  clock: Clock,
): readonly StockEvent[] | Refusal | 'ignored' {
  const meaning = meaningOf(event);
  if (meaning === 'none') return 'ignored';
  const goods = goodsOf(event, context);
  if (!(goods instanceof Map)) return goods;
  if (goods.size === 0) return 'ignored';
  const head = readHead(event, context, clock);
  if ('code' in head) return head;
  const made: StockEvent[] = [];
  for (const [code, units] of goods) {
    const sku = parseSku(code);
    if (isRefusal(sku)) return sku;
    made.push(...effects(meaning, { ...head, sku, units }));
  }
  const declaration = event['errorDeclaration'];
  const effective = declaration === undefined ? made : annul(made, declaration, clock);
  return effective.length === 0 ? 'ignored' : effective;
}

interface Meaning {
  readonly step: string;
  readonly to: UnavailableState | undefined;
  readonly from: UnavailableState | undefined;
  readonly transforms: boolean;
}

function meaningOf(event: Json): Meaning | 'none' {
  const step = vocabularyName(event['bizStep']);
  const transforms = event['type'] === 'TransformationEvent';
  const persistent = (event['persistentDisposition'] ?? {}) as Json;
  const to = unsellable([event['disposition'], ...listOf(persistent['set'])]);
  const from = unsellable(listOf(persistent['unset']));
  const meaning = { step, to, from, transforms };
  if (transforms) return meaning;
  if (event['type'] === 'AssociationEvent') return 'none';
  if (event['type'] === 'TransactionEvent' && event['action'] === 'DELETE') return 'none';
  if (MOVING_STEPS.has(step) || COUNTING_STEPS.has(step)) return meaning;
  return LOOKING_STEPS.has(step) && to !== from ? meaning : 'none';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unsellable(dispositions: readonly unknown[]): UnavailableState | undefined {
  for (const disposition of dispositions) {
    const state = UNSELLABLE.get(vocabularyName(disposition));
    if (state !== undefined) return state;
  }
  return undefined;
}

interface Head {
  readonly source: SourceId;
  readonly id: EventId;
  readonly at: number;
  readonly node: NodeId;
  readonly postedAt?: number;
  readonly ref?: string;
}

function readHead(event: Json, context: FormatContext, clock: Clock): Head | Refusal {
  // Goods leave from where they are read; they are at the business location afterwards, which shipping does not have.
  const places = [placeOf(event['bizLocation']), placeOf(event['readPoint'])].flatMap((uri) =>
    uri === undefined ? [] : placeCodes(uri),
  );
  if (places.length === 0) return { code: 'no-place', message: 'the event has neither bizLocation nor readPoint' };
  const node = readFirstNode(places, context);
  if (isRefusal(node)) return node;
  const at = clock.read(event['eventTime'], node);
  if (typeof at !== 'number') return at;
  const id = parseEventId(idOf(event));
  if (isRefusal(id)) return id;
  const head: { -readonly [Key in keyof Head]: Head[Key] } = { source: context.source.id, id, at, node };
  if (event['recordTime'] !== undefined) {
    const postedAt = clock.read(event['recordTime'], node);
    if (typeof postedAt !== 'number') return postedAt;
    head.postedAt = postedAt;
  }
  const ref = referenceOf(event);
  if (ref !== undefined) head.ref = ref;
  return head;
}

function placeOf(value: unknown): string | undefined {
  const id = (value as Json | undefined)?.['id'];
  return typeof id === 'string' ? id : undefined;
}

/** Room is left for what voids and moves append. */
const ID_CHARS_KEPT = 110;

/** What GS1's own hash leaves out of an event's identity. */
const UNHASHED = new Set(['eventID', 'errorDeclaration', 'recordTime']);

function idOf(event: Json): string {
  const { eventID } = event;
  const content = Object.fromEntries(Object.entries(event).filter(([key]) => !UNHASHED.has(key)));
  if (typeof eventID === 'string' && eventID.length <= ID_CHARS_KEPT) return eventID;
  const text = typeof eventID === 'string' ? eventID : canonical(content);
  return `digest-${digest(text)
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('')}`;
}

/** JSON with sorted keys. The nesting was bounded before. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

/** Purchase order first, then despatch advice, then whatever stands first: what inbound supply is known by. */
function referenceOf(event: Json): string | undefined {
  const list = listOf(event['bizTransactionList']) as readonly Json[];
  const uriOf = (type: string): unknown =>
    list.find((entry) => typeof entry['type'] === 'string' && lastPart(entry['type']) === type)?.['bizTransaction'];
  const uri = uriOf('po') ?? uriOf('desadv') ?? list[0]?.['bizTransaction'];
  const ref = typeof uri === 'string' ? lastPart(uri) : '';
  return ref === '' || ref.length > 128 ? undefined : ref;
}

type Goods = Head & { readonly sku: Sku; readonly units: number };

function effects(meaning: Meaning, goods: Goods): StockEvent[] {
  const { units, ...head } = goods;
  const moving = MOVING_STEPS.get(meaning.step);
  if (meaning.transforms) {
    return units === 0 ? [] : [{ kind: 'delta', ...head, quantity: units, reason: 'other' }];
  }
  if (COUNTING_STEPS.has(meaning.step)) {
    return [{ kind: 'snapshot', ...head, quantity: units, covers: 'count', carries: 'on-hand' }];
  }
  if (units === 0) return [];
  if (moving === undefined) return [move(head, units, meaning.from ?? 'sellable', meaning.to ?? 'sellable')];
  const { sign, reason } = moving;
  const delta: StockEvent = { kind: 'delta', ...head, quantity: sign * units, reason, ...referred(reason, head.ref) };
  if (meaning.to === undefined) return [delta];
  const state = meaning.to;
  const along = sign > 0 ? move(head, units, 'sellable', state) : move(head, units, state, 'sellable');
  return [delta, { ...along, id: `${head.id}#${state}` as EventId }];
}

/** A receipt fulfils a supply; what leaves, comes back or changes nodes may carry out a movement of ours (rule FD8). */
function referred(reason: DeltaReason, ref: string | undefined): Partial<DeltaEvent> {
  if (ref === undefined) return {};
  if (reason === 'receipt') return { inboundRef: ref };
  return OURS.has(reason) ? { movementRef: ref } : {};
}

const OURS: ReadonlySet<DeltaReason> = new Set(['shipment', 'return', 'transfer-in', 'transfer-out']);

type Place = UnavailableState | 'sellable';

function move(
  head: Head & { readonly sku: Sku },
  quantity: number,
  from: Place,
  to: Place,
): Extract<StockEvent, { kind: 'move' }> {
  return { kind: 'move', ...head, quantity, from, to };
}

/** A declaration repeats the event it declares wrong; each of its effects is annulled. A count cannot be: a newer one corrects it. */
function annul(made: readonly StockEvent[], declaration: unknown, clock: Clock): readonly StockEvent[] {
  const declared = clock.read((declaration as Json)['declarationTime'], undefined);
  return made.flatMap((event): StockEvent[] => {
    if (event.kind !== 'delta' && event.kind !== 'move') return [];
    const { source, id, at, sku, node, postedAt } = event;
    const posted = postedAt === undefined ? undefined : { postedAt };
    const void_ = { source, id: `${id}/void` as EventId, at: typeof declared === 'number' ? declared : at, ...posted };
    return [{ kind: 'void', ...void_, sku, node, voids: id }];
  });
}
