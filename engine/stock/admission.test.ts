import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../contract/command.ts';
import type { ClientId, EventId, SourceId } from '../contract/ids.ts';
import { DELTA_REASONS, type SnapshotEvent } from '../contract/stock-event.ts';
import { AHEAD_MS_MAX } from './feeds.ts';
import type { RecordedEvent } from './event-identity.ts';
import { DAY_MS, delta, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

// Who may say what (FD7), from when (FD10), and of which number (FD14), over random events: the judge reads the sentences.

const NOW_MS = 1_767_600_000_000;
const OTHER = 'other' as SourceId;
const KINDS = ['snapshot', 'delta', 'move', 'inbound', 'void'] as const;
type Kind = (typeof KINDS)[number];

interface Asked {
  readonly kind: Kind;
  readonly source: SourceId;
  readonly node: number;
  readonly reason: (typeof DELTA_REASONS)[number];
  readonly covers: 'count' | 'book';
}

const asked: fc.Arbitrary<Asked> = fc.record({
  kind: fc.constantFrom(...KINDS),
  source: fc.constantFrom(WMS, OTHER),
  node: fc.nat(1),
  reason: fc.constantFrom(...DELTA_REASONS),
  covers: fc.constantFrom('count' as const, 'book' as const),
});
const grant = fc.record({
  nodes: fc.oneof(fc.constant('all' as const), fc.subarray([nodeId(0), nodeId(1)])),
  kinds: fc.subarray([...KINDS]),
  reasons: fc.option(fc.subarray([...DELTA_REASONS]), { nil: undefined }),
});
type Granted = typeof grant extends fc.Arbitrary<infer T> ? T : never;

function eventOf({ kind, source, node, reason, covers }: Asked, id: string): RecordedEvent {
  const head = { id: id as EventId, source, sku: skuId(0), node: nodeId(node), at: NOW_MS - 1_000 };
  switch (kind) {
    case 'snapshot':
      return { ...head, kind, quantity: 4, covers, carries: 'on-hand' };
    case 'delta':
      return delta({ ...head, id, quantity: 1, reason });
    case 'move':
      return { ...head, kind, quantity: 1, from: 'sellable', to: 'damaged' };
    case 'inbound':
      return { ...head, kind, quantity: 1, inboundRef: 'po', dueAt: NOW_MS };
    case 'void':
      return { ...head, kind, voids: 'nobody' as EventId };
  }
}

function shardWith(grants: readonly Granted[]): TestShard {
  const others = grants.map(({ reasons, ...rest }) => ({ ...rest, ...(reasons && { reasons }) }));
  return new TestShard(NOW_MS).apply(
    { of: 'sources', rows: [sourceRef(WMS), sourceRef(OTHER, { grants: others })] },
    { of: 'nodes', rows: [nodeRef(nodeId(0)), nodeRef(nodeId(1), { owner: OTHER })] },
    { of: 'items', rows: [itemRef(skuId(0))] },
  );
}

function wordOf(outcome: Outcome): string {
  return 'code' in outcome ? outcome.code : outcome.status;
}

/** Rule FD7 by its sentences. */
function mayBeSent({ kind, source, node, reason, covers }: Asked, grants: readonly Granted[]): boolean {
  const isOwner = source === (node === 1 ? OTHER : WMS);
  if (kind === 'snapshot' && covers === 'book' && !isOwner) return false;
  if (source === WMS) return true;
  return grants.some(
    ({ nodes, kinds, reasons }) =>
      (nodes === 'all' || nodes.includes(nodeId(node))) &&
      kinds.includes(kind) &&
      (kind !== 'delta' || reasons === undefined || reasons.includes(reason)),
  );
}

describe('events that are not taken', () => {
  test('[FD7] a source sends what it is granted, the owner alone what a ledger says, and nothing else moves anything', () => {
    const grants = fc.array(grant, { maxLength: 3 });
    fc.assert(
      fc.property(grants, fc.array(asked, { minLength: 1, maxLength: 12 }), (granted, events) => {
        const shard = shardWith(granted);
        const said = events.map((each, index) => {
          const before = shard.digest();
          const word = wordOf(shard.record(eventOf(each, `e${index}`)));
          return shard.digest() === before ? `${word}, nothing changed` : word;
        });
        const should = events.map((each) => (mayBeSent(each, granted) ? 'recorded' : 'not-granted, nothing changed'));
        expect(said).toEqual(should);
      }),
    );
  });

  test('[FD10] what comes from the future leaves no trace: all that follows is judged as if it had never come', () => {
    const at = fc.oneof(fc.integer({ min: -3 * DAY_MS, max: AHEAD_MS_MAX }), fc.integer({ min: 1, max: 9 * DAY_MS }));
    fc.assert(
      fc.property(fc.array(at, { minLength: 1, maxLength: 20 }), (times) => {
        const [shard, other] = [shardWith([]), shardWith([])];
        const events = times.map((ahead, index) => delta({ id: `e${index}`, at: NOW_MS + ahead, quantity: 1 }));
        const isAhead = ({ at: atMs }: RecordedEvent): boolean => atMs > NOW_MS + AHEAD_MS_MAX;
        const said = events.map((event) => shard.record(event));
        const should = events.map((event) => (isAhead(event) ? 'from-the-future' : wordOf(other.record(event))));
        expect(said.map(wordOf)).toEqual(should);
        expect(shard.digest()).toBe(other.digest());
      }),
    );
  });

  test('[FD14] a number that was netted elsewhere is never on-hand, whoever approves of it', () => {
    const netted = fc.record({
      isNetted: fc.boolean(),
      quantity: fc.nat(50),
      covers: fc.constantFrom('count', 'book'),
    });
    fc.assert(
      fc.property(fc.array(netted, { minLength: 1, maxLength: 12 }), (rows) => {
        const shard = shardWith([]);
        const said = rows.map(({ isNetted, quantity, covers }, index) => {
          const carries = isNetted ? 'available' : 'on-hand';
          const place = { source: WMS, sku: skuId(0), node: nodeId(0), at: NOW_MS - 100 + index };
          const event = { id: `e${index}`, ...place, kind: 'snapshot', quantity, covers, carries } as SnapshotEvent;
          const command = { do: 'record', event, receivedAt: NOW_MS, approvedBy: 'ann' as ClientId } as const;
          return wordOf(shard.run(command));
        });
        expect(said).toEqual(rows.map(({ isNetted }) => (isNetted ? 'netted-number' : 'recorded')));
        const last = rows.findLast(({ isNetted }) => !isNetted);
        expect(shard.stock(skuId(0))?.nodes[0]?.onHand).toBe(last?.quantity);
      }),
    );
  });
});
