import { refuse } from '../contract/outcome.ts';
import type { ShopMessageCommand, ShopRefusal } from '../contract/order-command.ts';
import { ORDER_KEEP_MS } from '../contract/order.ts';
import type { Refused } from '../contract/outcome.ts';
import { ORDER_LINES_MAX, ORDER_MESSAGES_MAX, type ShopMessage, type ShopOrder } from '../contract/shop-order.ts';
import { channelOf, groupsOf, nodesOf, type World } from './world.ts';

type No = Refused<ShopRefusal>;

const UNITS_MAX = 1_000_000;
const MINOR_MAX = 10_000_000_000;

/** What is wrong with a message, in the order of SHOP_REFUSALS. `known`: digest of the same message as it came before. */
export function judgeMessage(
  { message }: ShopMessageCommand,
  heard: { readonly digest: string; readonly known?: string | undefined; readonly count: number },
  world: World,
): No | undefined {
  const order = message.kind === 'place' || message.kind === 'edit' ? message.order : undefined;
  const names =
    channelOf(world, message) === undefined
      ? refuse('unknown-channel', { field: 'channel' })
      : order && judgeNames(order, world);
  if (names !== undefined) return names;
  if (heard.known !== undefined)
    return heard.known === heard.digest ? undefined : refuse('id-reused', { field: 'message' });
  const content = order === undefined ? undefined : judgeOrder(order, message.kind);
  if (content !== undefined) return content;
  if (message.at < world.at - ORDER_KEEP_MS) return refuse('too-late-to-check', { field: 'at' });
  return heard.count >= ORDER_MESSAGES_MAX ? refuse('too-many-messages') : undefined;
}

function judgeNames(order: ShopOrder, world: World): No | undefined {
  const { group, pickupNode, lines, fulfilled } = order;
  if (group !== undefined && !groupsOf(world).has(group)) return refuse('unknown-group', { field: 'group' });
  const nodes = nodesOf(world);
  if (pickupNode !== undefined && !nodes.has(pickupNode)) return refuse('unknown-node', { field: 'pickupNode' });
  if (fulfilled !== undefined && !nodes.has(fulfilled.node)) return refuse('unknown-node', { field: 'fulfilled.node' });
  const index = lines.findIndex(({ node }) => node !== undefined && !nodes.has(node));
  return index === -1 ? undefined : refuse('unknown-node', { field: `lines[${index}].node` });
}

function judgeOrder(order: ShopOrder, kind: ShopMessage['kind']): No | undefined {
  const { lines, charges = [] } = order;
  if (lines.length === 0 && kind === 'place') return refuse('no-lines', { field: 'lines' });
  if (lines.length > ORDER_LINES_MAX) return refuse('too-many-lines', { field: 'lines', units: ORDER_LINES_MAX });
  if (new Set(lines.map(({ line }) => line)).size < lines.length) return refuse('line-twice', { field: 'lines' });
  const least = kind === 'place' ? 1 : 0;
  const units = lines.findIndex(
    (line) => !Number.isSafeInteger(line.units) || line.units < least || line.units > UNITS_MAX,
  );
  if (units !== -1) return refuse('units-out-of-bounds', { field: `lines[${units}].units` });
  const money = [
    ...lines.flatMap(({ unitMinor, discountMinor = 0, taxMinor = 0 }) => [unitMinor, discountMinor, taxMinor]),
    ...charges.flatMap(({ amountMinor, taxMinor = 0 }) => [amountMinor, taxMinor]),
  ];
  const isMoney = (minor: number): boolean => Number.isSafeInteger(minor) && Math.abs(minor) <= MINOR_MAX;
  if (!money.every(isMoney)) return refuse('money-out-of-bounds');
  return order.method !== 'ship' && order.pickupNode === undefined
    ? refuse('pickup-node-missing', { field: 'pickupNode' })
    : undefined;
}
