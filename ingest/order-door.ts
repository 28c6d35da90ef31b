import type { ChannelId, NodeId, SourceId } from '../engine/contract/ids.ts';
import type { NodeRef, SourceRef } from '../engine/contract/reference.ts';
import { refuseWhole } from './formats/gather.ts';
import { asText } from './formats/text.ts';
import type { OrdersResult } from './order-answer.ts';
import { letterFormatOf, letterSourceOf, type OrdersAsked } from './order-letter.ts';
import { orderFormats } from './orders/formats.ts';
import type { OrderBody } from './parse-task.ts';
import type { ParsePool } from './parse-pool.ts';
import { orderPagesOf } from './reading.ts';
import type { OrderPages } from './reading.ts';
import { letterOf, type KeepRefused } from './record-reading.ts';
import { sayOrders } from './say-orders.ts';
import type { OrderSink } from './source.ts';

// The way of every channel's message about orders: bytes → format → messages → engine, refusals → dead letters.

export interface OrderDoor {
  /**
   * Resolves when all of it is durable. Rejects when the engine or the pool is busy: the same body again changes nothing
   * twice. What is refused goes to `keep`, or without one to the dead letters.
   */
  take(asked: OrdersAsked, body: Uint8Array, receivedAt: number, keep?: KeepRefused): Promise<OrdersResult>;
}

export interface OrderDoorParts {
  readonly sink: OrderSink;
  readonly reference: {
    readonly channels: ReadonlyMap<string, unknown>;
    readonly sources: ReadonlyMap<SourceId, SourceRef>;
    readonly nodes: ReadonlyMap<string, Pick<NodeRef, 'id' | 'timeZone'>>;
    readonly items?: { has(sku: never): boolean };
  };
  /** Parses bodies over `poolBytesMin`; without one everything is parsed here. */
  readonly pool?: ParsePool;
}

/** Bodies larger than this are parsed off the main thread, as those of feeds: 1 MiB of JSON takes some 20 ms. */
const POOL_BYTES_MIN = 1024 * 1024;

export function createOrderDoor(parts: OrderDoorParts): OrderDoor {
  return { take: (asked, body, receivedAt, keep) => take(parts, asked, { body, receivedAt, keep }) };
}

async function take(
  parts: OrderDoorParts,
  asked: OrdersAsked,
  {
    body,
    receivedAt,
    keep,
  }: { readonly body: Uint8Array; readonly receivedAt: number; readonly keep: KeepRefused | undefined },
): Promise<OrdersResult> {
  const orders = bodyOf(parts, asked);
  if ('code' in orders && asked.unanswered !== true) return orders;
  const about = { source: letterSourceOf(asked), format: letterFormatOf(asked), receivedAt };
  const toLetters: KeepRefused = (refused) => parts.sink.keepLetters(refused.map((part) => letterOf(part, about)));
  const into = { sink: parts.sink, client: asked.client, receivedAt, keep: keep ?? toLetters };
  const pages = 'code' in orders ? forNobody(orders, body) : await read(parts, orders, body);
  try {
    return { status: 'taken', answer: await sayOrders(pages, into) };
  } finally {
    pages.close();
  }
}

/** How it is to be read, or what of the question is not in the reference data. */
function bodyOf(
  { reference: { channels, sources, nodes } }: OrderDoorParts,
  { format, channel, topic, source: id, warehouse }: OrdersAsked,
): OrderBody | Extract<OrdersResult, { status: 'refused' }> {
  if (!channels.has(channel)) return unknown('unknown-channel', `channel is called ${shown(channel)}`);
  const source = id === undefined ? { id: channel as SourceId } : sources.get(id as SourceId);
  if (source === undefined) return unknown('unknown-source', `source system is called ${shown(id ?? '')}`);
  if (warehouse !== undefined && !nodes.has(warehouse))
    return unknown('unknown-node', `node is called ${shown(warehouse)}`);
  return {
    format,
    about: {
      channel: channel as ChannelId,
      source,
      ...(topic !== undefined && { topic }),
      ...(warehouse !== undefined && { warehouse: warehouse as NodeId }),
    },
  };
}

function forNobody({ code, message }: Extract<OrdersResult, { status: 'refused' }>, body: Uint8Array): OrderPages {
  return orderPagesOf({ messages: [], ...refuseWhole(code, message, asText(body)) });
}

function unknown<Code extends string>(code: Code, what: string) {
  return {
    status: 'refused',
    code,
    message: `no ${what}; add it to the reference data or correct the address`,
  } as const;
}

const shown = (id: string): string => JSON.stringify(id.slice(0, 60));

async function read({ reference, pool }: OrderDoorParts, orders: OrderBody, body: Uint8Array): Promise<OrderPages> {
  const { nodes, items } = reference;
  const world = { nodes, ...(items !== undefined && { hasItem: (sku: string) => items.has(sku as never) }) };
  if (pool !== undefined && body.length > POOL_BYTES_MIN) return pool.readOrders(body, orders, world);
  return orderPagesOf(orderFormats[orders.format](body, { ...orders.about, ...world }));
}
