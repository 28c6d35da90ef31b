import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Order } from '../contract/order.ts';
import { customerOne, customersPage } from './order-answers.ts';
import { allOf, orderOf, OrderJournal } from './test-orders-file.ts';

// Who ordered, over all channels: from orders in the order they came.

interface Said {
  readonly channel?: string;
  readonly id?: string;
  readonly mail?: string;
  readonly phone?: string;
}

function made({ channel = 'web', id, mail, phone }: Said, index: number): Order {
  const customer = { ...(id && { id }), ...(mail && { email: mail }), ...(phone && { phone }) };
  return orderOf(index + 1, { channel: channel as never, customer });
}

/** `customerId` of each order, in the order they came. */
function whose(said: readonly Said[]): readonly (string | undefined)[] {
  const at = new OrderJournal();
  at.place(...said.map(made));
  const model = at.read(1);
  const rows = allOf(model).toReversed();
  model.close();
  return rows.map(({ customerId }) => customerId);
}

const PHONE = '+1 515 555 0177';

test.each<[string, readonly Said[], readonly (string | undefined)[]]>([
  ['the same e-mail address', [{ mail: 'a@x.example' }, { mail: ' A@X.example', channel: 'pos' }], ['c1', 'c1']],
  [
    'the same customer of one channel',
    [
      { id: '7', mail: 'a@x.example' },
      { id: '7', mail: 'b@x.example' },
    ],
    ['c1', 'c1'],
  ],
  ['another channel’s customer of that number', [{ id: '7' }, { id: '7', channel: 'pos' }], ['c1', 'c2']],
  [
    'the same phone, when one has said no address',
    [{ phone: PHONE }, { phone: '(515) 555-0177', mail: 'a@x.example' }],
    ['c1', 'c1'],
  ],
  [
    'the same phone with two addresses',
    [
      { phone: PHONE, mail: 'a@x.example' },
      { phone: PHONE, mail: 'b@x.example' },
    ],
    ['c1', 'c2'],
  ],
  ['a phone too short to tell anybody apart', [{ phone: '110' }, { phone: '110' }], [undefined, undefined]],
  ['nothing at all', [{}, {}], [undefined, undefined]],
  [
    'two that turn out to be one',
    [{ mail: 'a@x.example' }, { id: '7' }, { id: '7', mail: 'a@x.example' }],
    ['c1', 'c1', 'c1'],
  ],
])('[OR12] %s', (_what, said, ids) => {
  expect(whose(said)).toEqual(ids);
});

test('[OR12] an id from before two were found to be one still names them', () => {
  const at = new OrderJournal();
  at.place(
    ...[{ mail: 'a@x.example' }, { id: '7' }, { id: '7', mail: 'a@x.example' }, { mail: 'b@x.example' }].map(made),
  );
  const model = at.read();
  expect(customerOne(model, 'c2')).toEqual(customerOne(model, 'c1'));
  expect(customerOne(model, 'c1')).toMatchObject({ id: 'c1', orders: 3, email: 'a@x.example' });
  expect(customerOne(model, 'c3')).toMatchObject({ orders: 1 });
  expect(customerOne(model, 'c9')).toBeUndefined();
  expect(customerOne(model, 'x')).toBeUndefined();
});

test('[OR12] whoever may see some channels is told of a customer what their orders say', () => {
  const at = new OrderJournal();
  const secret = { name: 'Anna Secret', email: 'anna@x.example', phone: PHONE };
  const open = { name: 'Anna', email: 'anna@x.example' };
  at.place(
    orderOf(1, { channel: 'web' as never, customer: open }),
    orderOf(2, { channel: 'b2b' as never, customer: secret, currency: 'EUR' }),
  );
  const model = at.read();
  const channels = ['web' as never];
  const seen = { id: 'c1', name: 'Anna', email: 'anna@x.example', channels: ['web'], orders: 1 };
  expect(customerOne(model, 'c1', channels)).toMatchObject(seen);
  expect(customerOne(model, 'c1', channels)).not.toHaveProperty('phone');
  expect(customersPage(model, { q: 'anna', channels, limit: 5 }).customers).toEqual([
    customerOne(model, 'c1', channels),
  ]);
  expect(customersPage(model, { q: 'secret', channels, limit: 5 }).customers).toEqual([]);
  expect(customersPage(model, { q: '555-0177', channels, limit: 5 }).customers).toEqual([]);
  expect(customerOne(model, 'c1', ['pos' as never])).toBeUndefined();
  expect(customersPage(model, { q: 'secret', limit: 5 }).customers).toMatchObject([
    {
      id: 'c1',
      name: 'Anna Secret',
      orders: 2,
      channels: ['b2b', 'web'],
      totals: [{ currency: 'EUR' }, { currency: 'USD' }],
    },
  ]);
});

test('[OR12] customers are found by who they are, not by what they bought', () => {
  const at = new OrderJournal();
  at.place(
    orderOf(1, { customer: { name: 'Anna' }, tags: ['bertha'] }, ['MILK']),
    orderOf(2, { customer: { name: 'Carl', email: 'c@x.example' } }),
  );
  const model = at.read();
  for (const q of ['milk', 'bertha']) expect(customersPage(model, { q, limit: 5 }).customers).toEqual([]);
  // Anna has told us nothing that tells her from another Anna.
  expect(customersPage(model, { q: 'anna', limit: 5 }).customers).toEqual([]);
  expect(customersPage(model, { q: 'ca', limit: 5 }).customers).toMatchObject([{ name: 'Carl' }]);
  expect(customersPage(model, { q: '', limit: 5 }).customers).toHaveLength(1);
});

test('[OR12] orders of one e-mail address, or of one customer of a channel, are of one person, in whatever order they come', () => {
  const said = fc.record<Said>({
    channel: fc.constantFrom('web', 'pos'),
    id: fc.constantFrom('', '1', '2'),
    mail: fc.constantFrom('', 'a@x.example', 'b@x.example', 'c@x.example'),
    phone: fc.constantFrom('', PHONE, '+1 515 555 0178'),
  });
  fc.assert(
    fc.property(fc.array(said, { maxLength: 12 }), (all) => {
      const ids = whose(all);
      const isOne = (one: Said, other: Said): boolean =>
        Boolean(one.mail && one.mail === other.mail) ||
        Boolean(one.id && one.id === other.id && one.channel === other.channel);
      for (const [i, one] of all.entries()) {
        expect(ids[i] === undefined).toBe(!one.id && !one.mail && !one.phone);
        const same = ids.filter((_, j) => isOne(one, all[j]!));
        expect([one, new Set(same).size]).toEqual([one, same.length === 0 ? 0 : 1]);
      }
    }),
    { numRuns: 25 },
  );
});
