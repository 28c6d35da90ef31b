import { expect, test } from 'vitest';
import { orderLink } from './order-link.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';

test('a link is an order and its token; what is cut off or made longer is none', () => {
  expect(orderLink(`#o19-1z.${TOKEN}`)).toEqual({ id: 'o19-1z', token: TOKEN });
  const wrong = ['', '#', '#o19-1z', `#o19-1z.${TOKEN.slice(1)}`, `#o19-1z.${TOKEN}0`, `#x19-1z.${TOKEN}`];
  expect(wrong.map(orderLink)).toEqual(wrong.map(() => undefined));
});
