// Ids are branded and parsed once, at the edge. Behind it a Sku is known to be one.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The sellable item. */
export type Sku = Branded<'Sku'>;
/** A place that holds or hands over stock. */
export type NodeId = Branded<'NodeId'>;
/** Nodes answered as one. */
export type GroupId = Branded<'GroupId'>;
/** Where orders come from and stock is shown. */
export type ChannelId = Branded<'ChannelId'>;
/** A WMS, POS or ERP instance, or a handheld, that feeds us. */
export type SourceId = Branded<'SourceId'>;
/** A line of a source's message, unique per source and sku (rule FD1). */
export type EventId = Branded<'EventId'>;
/** `r<shard>-<number in base 36>`: names the shard that decides about it (rule RS2). */
export type ReservationId = Branded<'ReservationId'>;
/** Who commits units without a time limit: an order, or a shipment of it. Chosen by whoever sends the steps. */
export type AllocationId = Branded<'AllocationId'>;
/** `o<shard>-<number in base 36>`: names the shard that decides about it (rule OR1). */
export type OrderId = Branded<'OrderId'>;
/** `<order>.<number>`: what one node has to do for an order (rule OR8). */
export type WorkOrderId = Branded<'WorkOrderId'>;
/** `c<version>`: a change of reference data on its way to the shards. */
export type ChangeId = Branded<'ChangeId'>;
/** A quota set aside for one channel, unique per sku. */
export type PoolId = Branded<'PoolId'>;
/** A rule of safety stock. */
export type SafetyId = Branded<'SafetyId'>;
/** A feed of stock changes to one system outside: `feed:<id>` is its log channel. */
export type OutfeedId = Branded<'OutfeedId'>;
/** Who calls: the name of an API key. Reservation keys are scoped to it. */
export type ClientId = Branded<'ClientId'>;

/** Longest id we take, in characters: an EPC URI with a long serial fits, a pasted document does not. */
export const ID_CHARS_MAX = 128;

// Visible characters, no white space inside or around, no control characters.
const ID = /^[!-~\u00a1-\uffff]{1,128}$/u;

export interface IdRefusal {
  readonly code: 'malformed-id';
  readonly message: string;
}

function parse<T extends string>(value: unknown, what: string): T | IdRefusal {
  if (typeof value === 'string' && ID.test(value)) return value as T;
  const got = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value;
  return {
    code: 'malformed-id',
    message: `${what} must be 1 to ${ID_CHARS_MAX} visible characters without spaces, got ${got}`,
  };
}

export const parseSku = (value: unknown): Sku | IdRefusal => parse(value, 'sku');
export const parseNodeId = (value: unknown): NodeId | IdRefusal => parse(value, 'node');
export const parseGroupId = (value: unknown): GroupId | IdRefusal => parse(value, 'group');
export const parseChannelId = (value: unknown): ChannelId | IdRefusal => parse(value, 'channel');
export const parseEventId = (value: unknown): EventId | IdRefusal => parse(value, 'id');
export const parseClientId = (value: unknown): ClientId | IdRefusal => parse(value, 'client');

export function isRefusal<T extends string>(value: T | IdRefusal): value is IdRefusal {
  return typeof value !== 'string';
}

const RESERVATION_ID = /^r([0-9]{1,4})-([0-9a-z]{1,10})$/;

/** The shard that owns a reservation, or undefined when the text is no reservation id. */
export function shardOfReservation(id: string): number | undefined {
  const match = RESERVATION_ID.exec(id);
  return match === null ? undefined : Number(match[1]);
}

export function reservationId(shard: number, number: number): ReservationId {
  return `r${shard}-${number.toString(36)}` as ReservationId;
}

const ORDER_ID = /^o([0-9]{1,4})-([0-9a-z]{1,10})$/;
const WORK_ORDER_ID = /^(o[0-9]{1,4}-[0-9a-z]{1,10})\.([0-9]{1,6})$/;

/** The shard that owns an order, or undefined when the text is no order id. */
export function shardOfOrder(id: string): number | undefined {
  const match = ORDER_ID.exec(id);
  return match === null ? undefined : Number(match[1]);
}

export function orderId(shard: number, number: number): OrderId {
  return `o${shard}-${number.toString(36)}` as OrderId;
}

/** The order a work order is for, or undefined when the text is no work order's id. */
export function orderOfWork(id: string): OrderId | undefined {
  return WORK_ORDER_ID.exec(id)?.[1] as OrderId | undefined;
}

export function workOrderId(order: OrderId, number: number): WorkOrderId {
  return `${order}.${number}` as WorkOrderId;
}
