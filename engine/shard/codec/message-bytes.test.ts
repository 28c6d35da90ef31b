import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Item, Output, Said, Work } from '../messages.ts';
import { ByteWriter } from './byte-writer.ts';
import { readItems, requestBytes, writeItem } from './item-bytes.ts';
import { outputBytes, readOutput } from './output-bytes.ts';
import { change, delta, number, outcome, request, text } from './test-models.ts';

const shard = fc.nat(4_200);
const heartbeat = fc.constant({ kind: 'heartbeat', source: 'wms', id: 'h', at: 1 });
const events = fc.array(fc.oneof(delta, heartbeat), { maxLength: 5 });
const plain = { noNullPrototype: true };
const commands = fc.oneof(
  fc.record({ do: fc.constant('reserve'), request }, plain),
  fc.record(
    { do: fc.constant('reserve'), request, shards: fc.array(shard, { maxLength: 4 }), heldElsewhere: fc.nat() },
    plain,
  ),
  fc.record(
    { do: fc.constant('reserve'), request, shards: fc.constant([1, 2]), kits: fc.constant([{ sku: 'kit' }]) },
    plain,
  ),
  fc.record({ do: fc.constant('release'), id: text, client: text }, plain),
  fc.constant({ do: 'tick' }),
);
const works = fc.oneof(
  fc.record({ shard, events, receivedAt: number }, plain),
  fc.record({ shard, events, receivedAt: number, approvedBy: text }, plain),
  fc.record({ shard, command: commands }, plain),
  fc.record({ shard, query: fc.constant({ ask: 'stats' }) }, plain),
) as fc.Arbitrary<Work>;

test('work arrives as it was asked, item for item, requests of other shards among it', () => {
  const writer = new ByteWriter();
  fc.assert(
    fc.property(fc.array(works, { maxLength: 8 }), shard, (list, other) => {
      list.forEach((work, i) => writeItem(writer, i + 1, work));
      const request_ = requestBytes({ shard: other, command: { do: 'tick' } });
      writer.copy(request_, 0, request_.length);
      const items: Item[] = list.map((work, i) => ({ call: i + 1, ...work }));
      expect(readItems(writer.take())).toStrictEqual([...items, { shard: other, request: { do: 'tick' } }]);
    }),
    { numRuns: 500 },
  );
});

test('main hears what a turn said: answers, lists of them, and every field of a change', () => {
  const said = fc.oneof(
    outcome,
    fc.array(outcome, { maxLength: 4 }),
    fc.constant({ answer: 'stock', stock: [] }),
  ) as fc.Arbitrary<Said>;
  const counts = fc.array(fc.tuple(text, fc.nat()), { maxLength: 3 });
  const open = fc.record({ shard, open: counts }, plain);
  const replies = fc.array(fc.record({ call: fc.maxSafeNat(), said }, plain), { maxLength: 5 });
  const news = fc.constant([{ version: 2, batch: { of: 'groups', rows: [] } }]);
  const orders = fc.array(fc.record({ order: fc.constant({ id: 'o9-1' }), what: text }, plain), {
    minLength: 1,
    maxLength: 3,
  });
  const beside = fc.record({ news, orders }, { ...plain, requiredKeys: [] }) as unknown as fc.Arbitrary<
    Pick<Output, 'news' | 'orders'>
  >;
  fc.assert(
    fc.property(
      replies,
      fc.array(change, { maxLength: 4 }),
      fc.array(open, { maxLength: 3 }),
      beside,
      (answers, changes, counts, told) => {
        const output = { replies: answers, changes, ...(counts.length > 0 && { open: counts }), ...told };
        expect(readOutput(outputBytes(output))).toStrictEqual(output);
      },
    ),
    { numRuns: 500 },
  );
});
