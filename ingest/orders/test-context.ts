import { readFileSync } from 'node:fs';

import type { ChannelId, NodeId, SourceId } from '../../engine/contract/ids.ts';
import type { ShopMessage } from '../../engine/contract/shop-order.ts';
import type { OrderContext, OrderReading } from './source.ts';

/** A channel, its source and two nodes as the tests of order formats know them. */
export function orderContext(over: Partial<OrderContext> = {}): OrderContext {
  return {
    channel: 'web' as ChannelId,
    source: {
      id: 'shop' as SourceId,
      timeZone: 'America/New_York',
      nodeCodes: { '905684977': 'S-09' as NodeId, 'Main Street': 'S-09' as NodeId },
    },
    nodes: new Map([
      ['S-09', { id: 'S-09' as NodeId, timeZone: 'America/New_York' }],
      ['DC-1', { id: 'DC-1' as NodeId, timeZone: 'Europe/London' }],
    ]),
    warehouse: 'DC-1' as NodeId,
    ...over,
  };
}

export function fixture(path: string): Uint8Array {
  return readFileSync(new URL(`./fixtures/${path}`, import.meta.url));
}

export const messagesOf = ({ messages }: OrderReading): readonly ShopMessage[] =>
  messages.map(({ message }) => message);

/** The refusals of a reading as place and code. */
export const faultsOf = ({ refused }: OrderReading): readonly (readonly [string, string])[] =>
  refused.map(({ place, code }) => [place, code]);
