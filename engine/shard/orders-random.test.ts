import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderId } from '../contract/ids.ts';
import type { Order } from '../contract/order.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import { isOver } from '../contract/order-status.ts';
import { FEW, play, step, stocked } from './test-order-lives.ts';
import { ORDERS, shopOrder, SKUS, START_MS, type TestOrders } from './test-orders.ts';

// Whatever is cut, doubled or swapped on the way: units are conserved, nothing is oversold, and stock holds nothing for an
// order that has ended.

function orders(world: TestOrders): Order[] {
  return Array.from({ length: 6 }, (_, index) => world.order(orderId(ORDERS, index + 1))).filter(
    (order) => order !== undefined,
  );
}

/** Units of an order that stock must have for it. */
function promisedBy({ lines }: Order): number {
  const states = ['unplaced', 'allocated', 'released', 'ready', 'in-transit'];
  return lines
    .flatMap(({ pieces }) => pieces)
    .reduce((sum, { state, units }) => sum + (states.includes(state) ? units : 0), 0);
}

function requireAtRest(world: TestOrders): void {
  for (const order of orders(world)) {
    expect([order.id, world.promised(order.id)]).toEqual([order.id, promisedBy(order)]);
    expect([order.id, isOver(order) && promisedBy(order) > 0]).toEqual([order.id, false]);
    expect(order.queue?.queue).not.toBe('stuck');
    const atNodes = order.works.map(({ work, state }) => [work, world.works.get(work)?.work.state ?? state]);
    expect(order.works.map(({ work, state }) => [work, state])).toEqual(atNodes);
  }
  for (const [sku, node] of FEW) {
    const at = world.stock(SKUS[sku]!, node);
    const free = at.onHand! - at.unavailable! - at.departed! - at.allocated!;
    // What a node could not find is a shortfall that it said itself; nothing else may be missing.
    expect([SKUS[sku], node, at.unavailable === 0 && free < 0]).toEqual([SKUS[sku], node, false]);
  }
}

/** Statements about one order that together cancel some of it. */
const MESSAGES: readonly ShopMessage[] = [
  {
    kind: 'place',
    message: 'a',
    at: START_MS + 10,
    order: shopOrder([
      [0, 3],
      [1, 2],
    ]),
  },
  {
    kind: 'edit',
    message: 'b',
    at: START_MS + 30,
    order: shopOrder([
      [0, 2],
      [1, 3],
      [2, 2],
    ]),
  },
  { kind: 'edit', message: 'c', at: START_MS + 20, order: shopOrder([[0, 4]]) },
  {
    kind: 'refund',
    message: 'd',
    at: START_MS + 25,
    lines: [{ line: '1', units: 1, restock: 'cancel' }],
    amountMinor: 1,
  },
  {
    kind: 'refund',
    message: 'e',
    at: START_MS + 40,
    lines: [{ line: '3', units: 1, restock: 'cancel' }],
    amountMinor: 2,
  },
].map((message) => ({ channel: 'web', channelOrderId: 'A1', ...message })) as never;

const wanted = ({ lines }: Order): string[] =>
  lines
    .map(({ line, units, pieces }) => {
      const cancelled = pieces.reduce((sum, piece) => sum + (piece.state === 'cancelled' ? piece.units : 0), 0);
      return `${line}: ${units - cancelled} of ${units}`;
    })
    .toSorted();

test('[OR1] a channel’s messages in any order, doubled, with crashes in between, end in the same state', () => {
  const order = fc.shuffledSubarray([...MESSAGES, ...MESSAGES], { minLength: MESSAGES.length * 2 });
  const between = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 10, maxLength: 10 });
  const property = fc.property(order, between, fc.boolean(), (messages, pauses, isCancelled) => {
    const world = stocked();
    const all = isCancelled
      ? [...messages, { channel: 'web', channelOrderId: 'A1', kind: 'cancel', message: 'x', at: START_MS + 5 } as never]
      : messages;
    for (const [index, message] of all.entries()) {
      world.say(message);
      const pause = pauses[index] ?? 0;
      if (pause === 6) world.crash();
      world.deliver(pause);
    }
    world.deliver();
    const [one] = orders(world);
    expect(wanted(one!)).toEqual(
      isCancelled ? ['1: 0 of 4', '2: 0 of 3', '3: 0 of 2'] : ['1: 1 of 4', '2: 3 of 3', '3: 1 of 2'],
    );
    expect(one!.refunds.map(({ id }) => id).toSorted()).toEqual(['d', 'e']);
    requireAtRest(world);
    expect(promisedBy(one!)).toBe(isCancelled ? 0 : 5);
  });
  fc.assert(property, { numRuns: 150 });
});

/** More than a life has. */
const MESSAGES_MAX = 80;

test('[OR2] [OR8] random lives with crashes: units conserved, nothing oversold, nothing held for what has ended', () => {
  const property = fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, doubles) => {
    const world = stocked();
    world.doubles = doubles;
    for (const each of steps) play(world, each);
    world.deliver();
    requireAtRest(world);
    const digests = world.shards.map(({ machine }) => machine.digest());
    world.crash();
    expect(world.shards.map(({ machine }) => machine.digest())).toEqual(digests);
    world.deliver();
    expect(world.shards.map(({ machine }) => machine.digest())).toEqual(digests);
  });
  fc.assert(property, { numRuns: 300 });
});

test('[OR2] [OR8] placing, short pick and cancelling cut at every point come to the same end', () => {
  const life = (cutAt: number): { readonly end: readonly string[]; readonly isOver: boolean } => {
    const world = stocked();
    let left = cutAt;
    const deliver = (): void => {
      const before = world.underWay;
      if (left >= 0 && before > 0) {
        for (; left > 0 && world.underWay > 0; left--) world.deliver(1);
        if (left === 0) {
          world.crash();
          left = -1;
        }
      }
      world.deliver();
    };
    world.say({
      kind: 'place',
      message: 'p',
      order: shopOrder([
        [0, 3],
        [1, 2],
        [2, 6],
      ]),
    });
    deliver();
    const [first] = world.openWorks();
    world.work(first!.id, 'pick', {
      state: 'picked',
      lines: first!.lines.map((line, index) =>
        index === 0 ? { ...line, picked: 0, short: 'not-found' as const } : { ...line, picked: line.units },
      ),
    });
    deliver();
    const [second] = world.openWorks();
    world.ship(second!.id);
    deliver();
    world.say({ kind: 'cancel', message: 'c' });
    deliver();
    requireAtRest(world);
    const [order] = orders(world);
    return {
      end: order!.lines.map(({ pieces }) =>
        pieces
          .map(({ units, state, node }) => `${units} ${state} ${node ?? ''}`)
          .toSorted()
          .join(),
      ),
      isOver: left >= 0,
    };
  };
  const whole = life(-1);
  const cuts = Array.from({ length: MESSAGES_MAX }, (_, cutAt) => ({ cutAt, ...life(cutAt) }));
  for (const { cutAt, end } of cuts) expect([cutAt, end]).toEqual([cutAt, whole.end]);
  // The life was cut at each of its messages: the last of these cuts came too late.
  const inside = cuts.filter(({ isOver: isTooLate }) => !isTooLate).length;
  expect(inside).toBeGreaterThan(20);
  expect(inside).toBeLessThan(MESSAGES_MAX);
});
