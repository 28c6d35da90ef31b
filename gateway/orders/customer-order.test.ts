import { expect, test } from 'vitest';
import type { OrderWork, Piece } from '../../engine/contract/order.ts';
import { customerOrder } from './customer-order.ts';
import { heldLine, heldOrder } from './test-orders.ts';

const NODES = new Map([['S-1' as never, { name: 'Store S-1' }]]);

const work = (about: Partial<OrderWork>): OrderWork => ({
  work: 'o9-1.1' as never,
  node: 'DC-1' as never,
  state: 'shipped',
  version: 6,
  parcels: [],
  at: 9_000,
  lines: ['1', '2'],
  steps: [],
  ...about,
});
const piece = (units: number, state: Piece['state'], about: Partial<Piece> = {}): Piece => ({ units, state, ...about });

test('[OR3] a customer reads of each line how far its units are, what has come least far first', () => {
  const milk = heldLine('1', 'MILK-1', [
    piece(1, 'shipped', { node: 'DC-1' as never, dueAt: 7_000 }),
    piece(2, 'released', { dueAt: 8_000 }),
    piece(1, 'allocated', { dueAt: 8_000 }),
    piece(1, 'unplaced', { dueAt: 8_000 }),
    piece(1, 'cancelled', { dueAt: 8_000 }),
  ]);
  const order = customerOrder(heldOrder({ lines: [{ ...milk, name: 'Milk' }] }), NODES);
  expect(order).toMatchObject({ status: 'partly-shipped', totalMinor: 600 });
  expect(order.lines).toEqual([
    {
      line: '1',
      sku: 'MILK-1',
      name: 'Milk',
      units: 6,
      states: [
        { state: 'confirmed', units: 2, dueAt: 8_000 },
        { state: 'preparing', units: 2, dueAt: 8_000 },
        { state: 'shipped', units: 1, dueAt: 7_000 },
        { state: 'cancelled', units: 1 },
      ],
    },
  ]);
  expect(JSON.stringify(order)).not.toContain('DC-1');
});

test('[AV9] a kit is one line, as far as the part that has come the least far', () => {
  const lines = [
    heldLine('1', 'KIT', [], { units: 2, kit: true }),
    heldLine('1/1', 'MILK-1', [piece(2, 'shipped')], { of: '1' }),
    heldLine('1/2', 'BREAD', [piece(4, 'released')], { of: '1' }),
  ];
  const shown = customerOrder(heldOrder({ lines }), NODES).lines;
  expect(shown).toEqual([{ line: '1', sku: 'KIT', units: 2, states: [{ state: 'preparing', units: 2 }] }]);
});

test('[OR8] what left is told parcel by parcel, also after a return', () => {
  const parcels = [
    { carrier: 'post', tracking: 'T1', lines: [{ line: 1, units: 1 }] },
    {
      carrier: 'post',
      lines: [
        { line: 1, units: 1 },
        { line: 2, units: 1 },
      ],
    },
  ];
  const works = [
    work({
      state: 'delivered',
      parcels,
      steps: [
        { state: 'shipped', at: 5_000 },
        { state: 'delivered', at: 6_000 },
      ],
    }),
    work({ work: 'o9-1.2' as never, state: 'picking', steps: [{ state: 'picking', at: 4_000 }] }),
  ];
  const lines = [heldLine('1', 'MILK-1', [piece(2, 'delivered')]), heldLine('2', 'BREAD', [piece(1, 'returned')])];
  expect(customerOrder(heldOrder({ lines, works }), NODES).shipments).toEqual([
    { carrier: 'post', tracking: 'T1', at: 5_000, delivered: true, lines: [{ sku: 'MILK-1', units: 1 }] },
    {
      carrier: 'post',
      at: 5_000,
      delivered: true,
      lines: [
        { sku: 'MILK-1', units: 1 },
        { sku: 'BREAD', units: 1 },
      ],
    },
  ]);
});

test('[OR8] the code to collect with is told once something is ready, and where and until when', () => {
  const about = { method: 'pickup', pickupNode: 'S-1' as never } as const;
  const before = customerOrder(
    heldOrder({ ...about, lines: [heldLine('1', 'MILK-1', [piece(2, 'released')])] }),
    NODES,
  );
  expect(before.pickup).toEqual({ node: 'S-1', name: 'Store S-1' });
  const works = [work({ node: 'S-1' as never, state: 'ready-for-pickup', collectBy: 99_000 })];
  const lines = [heldLine('1', 'MILK-1', [piece(2, 'ready')])];
  const ready = customerOrder(heldOrder({ ...about, lines, works }), NODES);
  expect(ready).toMatchObject({ status: 'ready-for-pickup', pickup: { code: '088743', by: 99_000 } });
  expect(customerOrder(heldOrder({}), NODES).pickup).toBeUndefined();
});

test('[OR7] what goes to a store is on its way there, and its code is told when it has come', () => {
  const about = { method: 'ship-to-store', pickupNode: 'S-1' as never } as const;
  const coming = customerOrder(
    heldOrder({ ...about, lines: [heldLine('1', 'MILK-1', [piece(2, 'in-transit')])] }),
    NODES,
  );
  expect(coming.lines[0]!.states).toMatchObject([{ state: 'on-its-way', units: 2 }]);
  expect(coming.pickup).toEqual({ node: 'S-1', name: 'Store S-1' });
});

test('[OR8] steps are told as the customer lived them: moved once another node has it, delivered once all of it is', () => {
  const failed = [{ node: 'DC-1' as never, why: 'not-found' }];
  const moved = [heldLine('1', 'MILK-1', [piece(1, 'shipped'), piece(1, 'released', { failed })])];
  const works = [
    work({
      steps: [
        { state: 'queued', at: 3_000 },
        { state: 'accepted', at: 4_000 },
        { state: 'picked', at: 5_000 },
        { state: 'shipped', at: 7_000 },
      ],
    }),
    work({ node: 'S-2' as never, state: 'accepted', steps: [{ state: 'accepted', at: 6_000 }] }),
  ];
  const whats = (about: Parameters<typeof heldOrder>[0]) =>
    customerOrder(heldOrder(about), NODES).steps.map(({ what, at }) => `${what} ${at}`);
  expect(whats({})).toEqual(['placed 1000']);
  expect(whats({ lines: moved, works })).toEqual([
    'placed 1000',
    'confirmed 2000',
    'preparing 4000',
    'moved 5000',
    'shipped 7000',
  ]);
  const delivered = work({ state: 'delivered', steps: [{ state: 'delivered', at: 8_000 }] });
  const half = [heldLine('1', 'MILK-1', [piece(1, 'shipped'), piece(1, 'delivered')])];
  expect(whats({ lines: half, works: [work({}), delivered] })).not.toContain('delivered 8000');
  const whole = [heldLine('1', 'MILK-1', [piece(2, 'delivered')])];
  expect(whats({ lines: whole, works: [delivered] })).toContain('delivered 8000');
  const till = [heldLine('1', 'MILK-1', [piece(2, 'collected')])];
  expect(whats({ lines: till })).toEqual(['placed 1000', 'collected 1000']);
  const cancelled = [heldLine('1', 'MILK-1', [piece(2, 'cancelled')])];
  expect(whats({ lines: cancelled, at: 9_000 })).toEqual(['placed 1000', 'cancelled 9000']);
});
