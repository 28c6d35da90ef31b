import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Order } from '../contract/order.ts';
import type { OrderRow, OrdersAsked } from '../contract/order-view.ts';
import { ordersPage } from './order-answers.ts';
import type { OrderProjector } from './order-projector.ts';
import { allOf, idsOf, ORDER_SHARD, orderOf, OrderJournal, PLACED_MS } from './test-orders-file.ts';

/** One order with everything, among two without. */
function one(): { readonly model: OrderProjector; readonly order: Order } {
  const at = new OrderJournal();
  const order = orderOf(
    7,
    {
      customer: {
        id: 'cust-77',
        name: 'Jürgen Müller-Lüdenscheidt',
        email: 'j.mueller@Mail.example',
        phone: '+1 (515) 555-0177',
      },
      shipTo: {
        name: 'Reception',
        lines: ['12 Elm Street', 'c/o Bakery'],
        city: 'Ames',
        postcode: '50010',
        country: 'US',
      },
      tags: ['gift-wrap'],
      note: 'Ring twice, please',
    },
    ['SKU-9/RED', 'B-2'],
  );
  at.place(orderOf(1), order, orderOf(2));
  const parcel = { carrier: 'parcel', tracking: '1Z-999-AA1', lines: [] };
  const work = { id: 'o2-7.1', order: order.id, node: 'S-1', state: 'shipped', parcels: [parcel], version: 6 };
  const about = { at: order.at, order: order.id, work: 'o2-7.1' as never, pieces: [] };
  at.write(
    { fact: 'WorkOffered', node: 'S-1' as never, ...about },
    { fact: 'WorkHeard', op: 'ship', now: work as never, ...about },
  );
  return { model: at.read(), order };
}

test.each([
  ['its number', '#1007'],
  ['its number without the sign', '1007'],
  ['its id', 'o2-7'],
  ['its channel’s id', 'G7'],
  ['a name without accents', 'jurgen muller'],
  ['a name with accents, in capitals', 'MÜLLER'],
  ['half a double name', 'Lüdensch'],
  ['an e-mail address', 'j.mueller@mail.example'],
  ['the beginning of one', 'j.mueller@ma'],
  ['a phone as it was written', '+1 (515) 555-0177'],
  ['a phone in digits', '5155550177'],
  ['a phone from abroad', '0015155550177'],
  ['the channel’s id of the customer', 'cust-77'],
  ['a sku', 'SKU-9/RED'],
  ['a part of a sku', 'red'],
  ['the title of a line', 'thing sku'],
  ['a street', 'elm street'],
  ['a street with its number', 'street,12'],
  ['a town', 'Ames'],
  ['a postcode', '50010'],
  ['a receiver', 'reception'],
  ['a tag', 'gift-wrap'],
  ['a note', 'twice'],
  ['a parcel’s number', '1Z999AA1'],
  ['words of several fields', 'ames müller sku'],
])('[OR12] an order is found by %s', (_what, q) => {
  const { model, order } = one();
  expect(idsOf(allOf(model, { q }))).toContain(order.id);
  expect(idsOf(allOf(model, { q: `${q} nowhere` }))).toEqual([]);
});

test('[OR12] the rest of a row is what a list shows', () => {
  const { model, order } = one();
  expect(allOf(model, { q: 'ames' })).toEqual([
    {
      id: order.id,
      number: '#1007',
      channel: order.channel,
      channelOrderId: 'G7',
      placedAt: order.placedAt,
      status: 'received',
      customer: 'Jürgen Müller-Lüdenscheidt',
      customerId: 'c1',
      email: 'j.mueller@Mail.example',
      phone: '+1 (515) 555-0177',
      city: 'Ames',
      units: 4,
      lines: 2,
      totalMinor: 4_000,
      currency: 'USD',
      nodes: [],
      at: order.at,
      version: 3,
    } satisfies OrderRow,
  ]);
});

test.each([
  '"',
  '*',
  '""*',
  'who : ames',
  'who:',
  'ames OR',
  'NOT ames',
  'NEAR(ames elm)',
  '^ames',
  '-ames',
  '(ames',
  '{who what} : ames',
  `'; DROP TABLE orders; --`,
  '\u0000',
  'ames\u0000',
  '§c776562',
  '§',
  '\ud800',
  '👩‍👩‍👧',
  '%',
  '_',
  '\u202e\u0301',
  'a'.repeat(100_000),
  'ames '.repeat(10_000),
  '١٢٣',
])('[OR12] a question that looks like a language is only words: %j', (q) => {
  const { model } = one();
  for (const asked of [{ q }, { q, channels: ['web' as never] }, { q, sort: 'changed' as const }]) {
    expect(allOf(model, asked).length).toBeLessThanOrEqual(3);
  }
  expect(allOf(model)).toHaveLength(3);
});

test('[OR12] a number that is just what was typed comes first, and once', () => {
  const at = new OrderJournal();
  at.place(
    orderOf(1, { number: '100' }),
    ...Array.from({ length: 30 }, (_, n) => orderOf(n + 2, { number: `100${n}` })),
  );
  const model = at.read();
  const rows = allOf(model, { q: '100', limit: 7 });
  expect(rows[0]?.number).toBe('100');
  expect(new Set(idsOf(rows)).size).toBe(31);
  expect(rows).toHaveLength(31);
  expect(ordersPage(model, { q: '100', sort: 'newest', limit: 1 }).orders).toHaveLength(1);
  expect(idsOf(allOf(model, { q: '100', limit: 1 }))).toEqual(idsOf(rows));
});

test('[OR12] thousands of orders of one moment, as a file of days has them, are all shown, each once', () => {
  const at = new OrderJournal();
  const placedAt = PLACED_MS;
  at.place(...Array.from({ length: 40 }, (_, n) => orderOf(n + 1, { placedAt })));
  const model = at.read();
  const { db } = model.file;
  // As if 4,096 had been there before.
  db.exec(`INSERT INTO bodies VALUES (${placedAt * 4_096 + 4_095}, '')`);
  model.close();
  at.place(orderOf(98, { placedAt }), orderOf(99, { placedAt }));
  const again = at.read();
  expect(allOf(again, { limit: 7 })).toHaveLength(42);
  expect(allOf(again, { from: placedAt, to: placedAt + 1 })).toHaveLength(42);
  expect(allOf(again, { from: placedAt + 1 })).toEqual([]);
  expect(allOf(again, { to: placedAt })).toEqual([]);
});

const NAMES = ['Anna', 'Berta', 'Ann', 'Carl'];
const CHANNELS = ['web', 'pos', 'b2b'] as never[];
const order = fc.record({
  channel: fc.constantFrom(...CHANNELS),
  name: fc.constantFrom(...NAMES),
  city: fc.constantFrom('Ames', 'Bonn', 'Anna'),
  sku: fc.constantFrom('A-1', 'A-2', 'B-1'),
  minutes: fc.nat(20),
  queue: fc.constantFrom(undefined, undefined, 'late' as const, 'stuck' as const),
  since: fc.nat(5),
  isHeld: fc.boolean(),
});
type Drawn = typeof order extends fc.Arbitrary<infer T> ? T : never;

const asking = fc.record(
  {
    q: fc.constantFrom('an', 'anna', 'ann', 'b', 'bo ann', 'a1', 'a-1', 'g-a', 'thing', 'x'),
    channels: fc.subarray(CHANNELS),
    status: fc.constantFrom('received', 'on-hold'),
    queue: fc.constantFrom('late', 'stuck'),
    sku: fc.constantFrom('A-1', 'A-2', 'C-9') as fc.Arbitrary<never>,
    from: fc.nat(20).map((minutes) => PLACED_MS + minutes * 60_000),
    to: fc.nat(20).map((minutes) => PLACED_MS + minutes * 60_000),
    sort: fc.constantFrom('newest', 'newest', 'changed', 'waiting'),
    limit: fc.integer({ min: 1, max: 6 }),
  },
  { requiredKeys: ['sort', 'limit'] },
) as fc.Arbitrary<OrdersAsked>;

function made({ channel, name, city, sku, minutes, queue, since, isHeld }: Drawn, index: number): Order {
  return orderOf(
    index + 1,
    {
      channel,
      placedAt: PLACED_MS + minutes * 60_000,
      customer: { name },
      shipTo: { lines: [], city },
      ...(queue !== undefined && { queue: { queue, why: 'x', since: PLACED_MS + since } }),
      holds: isHeld ? [{ kind: 'manual', by: 'ann', at: 1 }] : [],
    },
    [sku],
  );
}

/** By the plainest rules: every word of the question begins a word of the order. */
function wordsOf({ customer, shipTo, lines, number, id, channelOrderId }: Order): string[] {
  const texts = [
    customer.name!,
    shipTo!.city!,
    number,
    id,
    channelOrderId,
    ...lines.flatMap(({ sku, name }) => [sku, name!]),
  ];
  return texts
    .flatMap((text) => text.toLowerCase().split(/[ -]/))
    .concat(texts.map((text) => text.toLowerCase().replaceAll('-', '')));
}

const begins = (order: Order, part: string): boolean =>
  wordsOf(order).some((word) => (part.length < 2 ? word === part : word.startsWith(part)));

/** Signs inside count for nothing when some order has it as one word; else all parts must be found. */
function says(order: Order, q: string, all: readonly Order[]): boolean {
  return q.split(' ').every((word) => {
    const whole = word.replace('-', '');
    const isWhole = all.some((each) => begins(each, whole));
    return isWhole ? begins(order, whole) : word.split('-').every((part) => begins(order, part));
  });
}

function expected(orders: readonly Order[], asked: OrdersAsked): readonly string[] {
  const { q, channels, status, queue, sku, from = 0, to = Infinity, sort } = asked;
  const found = orders.filter(
    (each) =>
      (q === undefined || says(each, q, orders)) &&
      (channels === undefined || channels.includes(each.channel)) &&
      (status === undefined || each.holds.length > 0 === (status === 'on-hold')) &&
      (queue === undefined || each.queue?.queue === queue) &&
      (sku === undefined || each.lines[0]!.sku === sku) &&
      each.placedAt >= from &&
      each.placedAt < to &&
      (sort !== 'waiting' || each.queue !== undefined),
  );
  const by = {
    newest: (each: Order) => -each.placedAt,
    changed: (each: Order) => -each.at,
    waiting: (each: Order) => each.queue!.since,
  };
  return found.toSorted((a, b) => by[sort](a) - by[sort](b)).map(({ id }) => id);
}

test('[OR12] a search finds what a walk over all orders finds, whatever is asked, page by page', () => {
  const property = fc.property(
    fc.array(order, { maxLength: 25 }),
    fc.array(asking, { minLength: 6, maxLength: 6 }),
    (drawn, questions) => {
      const orders = drawn.map(made);
      const at = new OrderJournal();
      at.place(...orders);
      const model = at.read();
      for (const asked of questions) {
        const found = allOf(model, asked);
        // Orders of one moment come in an order of their own.
        const key = ({ placedAt, at: changed, queueSince }: OrderRow): number =>
          ({ newest: -placedAt, changed: -changed, waiting: queueSince ?? 0 })[asked.sort];
        expect([asked, found.map(key).toSorted((a, b) => a - b)]).toEqual([asked, found.map(key)]);
        expect([asked, idsOf(found).toSorted()]).toEqual([asked, [...expected(orders, asked)].toSorted()]);
      }
      model.close();
    },
  );
  fc.assert(property, { numRuns: 30 });
});

test('[OR12] a page that would have to look at too many orders ends early and says where to go on', () => {
  const at = new OrderJournal();
  at.place(...Array.from({ length: 1_600 }, (_, n) => orderOf(n + 1, n === 0 ? { tags: ['rare'] } : {})));
  const model = at.read();
  const first = ordersPage(model, { q: 'rare', sort: 'changed', limit: 5 });
  expect(first).toMatchObject({ orders: [], next: expect.any(String) });
  const second = ordersPage(model, { q: 'rare', sort: 'changed', limit: 5, after: first.next! });
  expect(idsOf(second.orders)).toEqual([`o${ORDER_SHARD}-1`]);
  expect(second).not.toHaveProperty('next');
});

test('[OR12] what a walk finds is looked up by its place, whatever else must hold', () => {
  const { model } = one();
  const { db } = model.file;
  const seen = new Set<string>();
  const prepare = db.prepare.bind(db);
  db.prepare = (sql) => {
    seen.add(sql);
    return prepare(sql);
  };
  const channels = ['web', 'pos'] as never[];
  for (const more of [{ channels }, { status: 'received' }, { queue: 'late' }, { customer: 'c1' }] as const) {
    allOf(model, { q: 'thing', ...more });
    allOf(model, { sort: 'changed', ...more });
  }
  const lookUps = [...seen].filter((sql) => sql.startsWith('SELECT n, customer, row'));
  expect(lookUps).toHaveLength(5);
  for (const sql of lookUps) {
    const [first] = prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    expect([sql, first?.['detail']]).toEqual([sql, 'SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)']);
  }
});
