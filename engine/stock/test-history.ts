import fc from 'fast-check';
import type { EventId } from '../contract/ids.ts';
import { DELTA_REASONS, UNAVAILABLE_STATES } from '../contract/stock-event.ts';
import type { RecordedEvent } from './event-identity.ts';
import { HANDHELD, nodeId, POS, skuId, WMS } from './test-retailer.ts';

// Random histories for tests: few positions and a coarse grid of times, so that ties, gaps and overlaps are common.

const HISTORY_START_MS = 1_767_571_200_000;
const STEP_MS = 20 * 60_000;
const STEPS = 24;
/** Wall clock behind every event of a history. */
export const HISTORY_END_MS = HISTORY_START_MS + STEPS * STEP_MS;
export const HISTORY_SKUS = 2;
export const HISTORY_NODES = 2;

const time = fc.nat(STEPS).map((step) => HISTORY_START_MS + step * STEP_MS);
const units = fc.integer({ min: 0, max: 9 });
const place = fc.record({ sku: fc.nat(HISTORY_SKUS - 1).map(skuId), node: fc.nat(HISTORY_NODES - 1).map(nodeId) });
/** Absent keys stay absent: an optional field set to undefined is another thing. */
const numbering = fc.oneof(
  fc.constant({}),
  fc.record({ seq: fc.nat(9) }),
  fc.record(
    { stream: fc.constantFrom('s1', 's2'), epoch: fc.nat(1), seq: fc.nat(9) },
    { requiredKeys: ['stream', 'seq'] },
  ),
);
const booked = fc.oneof(fc.constant({}), fc.record({ postedAt: time }));
const head = fc
  .tuple(fc.record({ at: time }), numbering, booked)
  .map(([at, numbers, posted]) => ({ ...at, ...numbers, ...posted }));
const source = fc.constantFrom(WMS, POS);
const state = fc.constantFrom('sellable' as const, ...UNAVAILABLE_STATES);
const states = fc.oneof(
  fc.constant({}),
  fc.record({
    states: fc.dictionary(fc.constantFrom('damaged', 'display', 'suspect'), units, { noNullPrototype: true }),
  }),
);

type Draft = Record<string, unknown>;
const together = (...parts: fc.Arbitrary<Draft>[]): fc.Arbitrary<Draft> =>
  fc.tuple(...parts).map((drawn) => Object.assign({}, ...drawn) as Draft);

const snapshot = together(
  head,
  place,
  states,
  fc.constant({ kind: 'snapshot', carries: 'on-hand' }),
  fc.record({ quantity: units, covers: fc.constantFrom('count', 'book') }),
  fc.constant({ source: WMS }),
);
const count = together(
  head,
  place,
  fc.constant({ kind: 'snapshot', carries: 'on-hand', covers: 'count', source: HANDHELD }),
  fc.record({ quantity: units }),
  states,
);
const deltaEvent = together(
  head,
  place,
  fc.constant({ kind: 'delta' }),
  fc.record({ source, quantity: fc.integer({ min: -9, max: 9 }), reason: fc.constantFrom(...DELTA_REASONS) }),
  fc.oneof(
    fc.constant({}),
    fc.record({ inboundRef: fc.constantFrom('po-1', 'po-2') }),
    fc.record({ movementRef: fc.constantFrom('o0', 'o1') }),
  ),
);
const move = together(
  head,
  place,
  fc.constant({ kind: 'move', source: WMS }),
  fc.record({ quantity: units, from: state, to: state }),
);
const inbound = together(
  head,
  place,
  fc.constant({ kind: 'inbound', source: WMS }),
  fc.record({ quantity: units, inboundRef: fc.constantFrom('po-1', 'po-2'), dueAt: time }),
);
const complete = together(
  head,
  fc.record({ node: fc.nat(HISTORY_NODES - 1).map(nodeId), covers: fc.constantFrom('count', 'book') }),
  fc.constant({ kind: 'complete', source: WMS }),
);
/** Voids the event drawn `back` places earlier, at its own place or, rarely, at a wrong one. */
const voidDraft = together(head, fc.constant({ kind: 'void' }), fc.record({ target: fc.nat(40), astray: fc.nat(9) }));

const draft = fc.oneof(
  { weight: 6, arbitrary: deltaEvent },
  { weight: 3, arbitrary: snapshot },
  { weight: 2, arbitrary: count },
  { weight: 2, arbitrary: move },
  { weight: 2, arbitrary: inbound },
  { weight: 1, arbitrary: complete },
  { weight: 3, arbitrary: voidDraft },
);

export const histories: fc.Arbitrary<RecordedEvent[]> = fc
  .array(draft, { minLength: 1, maxLength: 40, size: 'max' })
  .map(finish);

function finish(drafts: readonly Draft[]): RecordedEvent[] {
  const events = drafts.map((event, index) => ({ ...event, id: `e${index}` as EventId }) as unknown as RecordedEvent);
  const voided = new Set<number>();
  return events.flatMap((event, index) => {
    if (event.kind !== 'void') return [event];
    return voidFor(events, drafts[index] as Draft, event, voided);
  });
}

/** Of two voids of one event only the first to arrive counts, so a history has at most one that fits. */
function voidFor(
  events: readonly RecordedEvent[],
  { target, astray }: Draft,
  event: RecordedEvent,
  voided: Set<number>,
): RecordedEvent[] {
  const at = Number(target) % events.length;
  const annulled = events[at];
  if (annulled === undefined || voided.has(at)) return [];
  if (annulled.kind === 'void' || annulled.kind === 'complete' || annulled.kind === 'snapshot') return [];
  const isAstray = astray === 0;
  if (!isAstray) voided.add(at);
  const node = isAstray ? nodeId(annulled.node === nodeId(0) ? 1 : 0) : annulled.node;
  const { id, at: atMs } = event;
  const rest = { kind: 'void', source: annulled.source, sku: annulled.sku, node, voids: annulled.id } as const;
  const numbers = { ...event, target: undefined, astray: undefined };
  return [JSON.parse(JSON.stringify({ ...numbers, ...rest, id, at: atMs })) as RecordedEvent];
}
