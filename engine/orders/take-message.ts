import { unreachable } from '../contract/assert.ts';
import { digestHex } from '../contract/digest.ts';
import type { OrderId } from '../contract/ids.ts';
import type { Order, OrderLine } from '../contract/order.ts';
import type { ShopMessageCommand } from '../contract/order-command.ts';
import type { OrderFact, Said } from '../contract/order-fact.ts';
import type { ShopMessage, ShopOrder } from '../contract/shop-order.ts';
import { type FileFact, isLater, type OrderFile } from './order-file.ts';
import { linesAgain, linesOf } from './order-lines.ts';
import { takeReturn } from './take-return.ts';
import { channelOf, type World } from './world.ts';

// What a channel's message makes true (rule OR1). Messages come late, doubled and in any order: each is kept once, and what is
// wanted is worked out of all of them (goals.ts).

type Place = Extract<ShopMessage, { kind: 'place' }>;

export function digestOf(message: ShopMessage): string {
  return digestHex(JSON.stringify(message));
}

/** The first fact of an order; the rest of the message is taken like any other. */
export function placeOrder(
  id: OrderId,
  { message, client, kits, shards, secret }: ShopMessageCommand & { readonly message: Place },
  world: World,
): FileFact {
  const { order: shop, channel, channelOrderId } = message;
  const begins: Order = {
    id,
    channel,
    channelOrderId,
    number: shop.number ?? channelOrderId,
    client,
    placedAt: shop.placedAt,
    receivedAt: world.at,
    currency: shop.currency,
    ...headerOf(shop),
    customer: shop.customer ?? {},
    method: shop.method,
    ...(shop.pickupNode !== undefined && { pickupNode: shop.pickupNode }),
    group: shop.group ?? channelOf(world, message)!.group,
    tags: shop.tags ?? [],
    priority: shop.priority ?? PRIORITY,
    lines: linesOf(shop, kits),
    charges: shop.charges ?? [],
    ...(shop.taxesIncluded === true && { taxesIncluded: true }),
    holds: shop.paid === 'pending' ? [{ kind: 'payment', by: 'channel', at: world.at }] : [],
    works: [],
    returns: [],
    refunds: [],
    token: secret,
    version: 1,
    at: world.at,
  };
  const hold = shop.reservation === undefined || shop.fulfilled !== undefined ? {} : { reservation: shop.reservation };
  return { fact: 'OrderPlaced', at: world.at, order: id, begins, message: message.message, shards, ...hold, secret };
}

const PRIORITY = 5;

function headerOf({
  customer,
  shipTo,
  tags,
  priority,
  note,
  charges,
}: ShopOrder): Partial<Pick<Order, 'customer' | 'shipTo' | 'tags' | 'priority' | 'note' | 'charges'>> {
  return {
    ...(customer !== undefined && { customer }),
    ...(shipTo !== undefined && { shipTo }),
    ...(tags !== undefined && { tags }),
    ...(priority !== undefined && { priority }),
    ...(note !== undefined && { note }),
    ...(charges !== undefined && { charges }),
  };
}

/** A message with what main looked up for it. */
type Known = Pick<ShopMessageCommand, 'message' | 'kits' | 'shards'>;

/** Facts of a message about an order that is there; what follows for stock and nodes follows by itself (advance.ts). */
export function takeMessage(file: OrderFile, command: Known, world: World): OrderFact[] {
  const { message } = command;
  const about = { at: world.at, order: file.order.id, by: 'channel' };
  const taken = (says: Said): OrderFact => {
    return {
      fact: 'MessageTaken',
      ...about,
      message: message.message,
      said: message.at,
      digest: digestOf(message),
      says,
    };
  };
  switch (message.kind) {
    case 'place':
    case 'edit': {
      const units = Object.fromEntries(message.order.lines.map((line) => [line.line, line.units]));
      return [taken({ as: 'stands', units }), ...restated(file, message, command, world)];
    }
    case 'cancel':
      return [{ ...taken({ as: 'cancelled' }), ...(message.reason !== undefined && { reason: message.reason }) }];
    case 'refund': {
      const lines = message.lines.filter(({ restock, units }) => restock === 'cancel' && units > 0);
      const fewer = lines.map(({ line, units }) => ({ line, units }));
      return [taken({ as: 'fewer', lines: fewer }), ...refund(file, message, world)];
    }
    default:
      return unreachable(message);
  }
}

type Restated = Extract<ShopMessage, { kind: 'place' | 'edit' }>;

/** Lines that are new or larger than ever, also of a word that is no longer the newest: what was ordered is a sum over all. */
function restated(
  file: OrderFile,
  { order: shop, at, message }: Restated,
  { kits, shards }: Known,
  world: World,
): OrderFact[] {
  const about = { at: world.at, order: file.order.id, by: 'channel' };
  const isNewest = file.stands === undefined || isLater({ at, message }, file.stands);
  const known = new Map(file.order.lines.map((line) => [line.line, line]));
  const lines = linesAgain(file.order.lines, shop, kits).flatMap((line) => grown(known.get(line.line), line));
  const header = headerOf(shop);
  const isHeld = file.order.holds.some(({ kind, by }) => kind === 'payment' && by === 'channel');
  const isPaid = isNewest && isHeld && shop.paid !== undefined && shop.paid !== 'pending';
  return [
    ...(isNewest && hasChanged(file.order, header) ? [{ fact: 'OrderChanged', ...about, set: header } as const] : []),
    ...(lines.length > 0 ? [{ fact: 'LinesAdded', ...about, lines, shards } as const] : []),
    ...(isPaid ? [{ fact: 'HoldLifted', ...about, kind: 'payment' } as const] : []),
  ];
}

function hasChanged(order: Order, header: Partial<Order>): boolean {
  return Object.entries(header).some(
    ([field, value]) => JSON.stringify(order[field as keyof Order]) !== JSON.stringify(value),
  );
}

/** What is more than ever begins as not wanted; whether it is wanted is worked out of all messages. */
function grown(known: OrderLine | undefined, line: OrderLine): OrderLine[] {
  const units = line.units - (known?.units ?? 0);
  if (units <= 0) return [];
  if (line.kit === true) return [{ ...(known ?? line), units: line.units }];
  const more = { units, state: 'cancelled' } as const;
  const before = (known?.pieces ?? []).filter(({ state }) => state !== 'cancelled');
  const cancelled = (known?.pieces ?? []).reduce(
    (sum, piece) => sum + (piece.state === 'cancelled' ? piece.units : 0),
    0,
  );
  return [{ ...(known ?? line), units: line.units, pieces: [...before, { ...more, units: units + cancelled }] }];
}

function refund(file: OrderFile, message: Extract<ShopMessage, { kind: 'refund' }>, world: World): OrderFact[] {
  const about = {
    at: world.at,
    order: file.order.id,
    by: 'channel',
    ...(message.reason !== undefined && { reason: message.reason }),
  };
  const due: OrderFact[] =
    message.amountMinor === 0
      ? []
      : [{ fact: 'RefundDue', ...about, id: message.message, amountMinor: message.amountMinor }];
  const back = message.lines.filter(
    ({ restock, units, node }) => restock === 'return' && units > 0 && node !== undefined,
  );
  const byNode = Map.groupBy(back, ({ node }) => node!);
  let rest = file;
  const returned = [...byNode].flatMap(([node, lines], index) => {
    const facts = takeReturn(
      rest,
      { node, lines, id: `${file.order.id}.r${file.order.returns.length + index + 1}`, by: 'channel' },
      world,
    );
    rest = facts.file;
    return facts.facts;
  });
  return [...due, ...returned];
}
