import type { Order } from '../contract/order.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import { unitsOf } from './hub-file.ts';

/** Why this is not how an order begins that a message places; undefined: it is. */
export function requireBegins(
  sent: ShopMessage,
  { lines, holds, placedAt, method }: Order,
  reservation: string | undefined,
): string | undefined {
  if (sent.kind !== 'place') return 'it places nothing';
  const { order } = sent;
  const isGone = order.fulfilled !== undefined;
  const is = [placedAt, method, holds.map(({ kind }) => kind), reservation ?? null];
  const held = isGone ? null : (order.reservation ?? null);
  const should = [order.placedAt, order.method, order.paid === 'pending' ? ['payment'] : [], held];
  if (JSON.stringify(is) !== JSON.stringify(should)) return `${JSON.stringify(is)}, sent ${JSON.stringify(should)}`;
  const whole = lines.filter(({ of }) => of === undefined).map(({ line, sku, units }) => [line, sku, units]);
  const asked = order.lines.map(({ line, sku, units }) => [line, sku, units]);
  if (JSON.stringify(whole) !== JSON.stringify(asked)) return `${JSON.stringify(whole)}, sent ${JSON.stringify(asked)}`;
  const state = isGone ? 'collected' : 'asked';
  const isWhole = lines.every(({ units, pieces, kit }) =>
    kit === true ? pieces.length === 0 : unitsOf(pieces) === units && pieces.every((piece) => piece.state === state),
  );
  return isWhole ? undefined : `its lines do not begin as ${state}`;
}
