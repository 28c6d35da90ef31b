import type { ClientId } from '../engine/contract/ids.ts';
import { ORDER_FORMATS, type OrderFormatName } from '../engine/contract/reference.ts';

export interface OrdersAsked {
  readonly format: OrderFormatName;
  readonly channel: string;
  /** Whose orders they are: what it reserved may be placed. */
  readonly client: ClientId;
  /** What the channel calls the message, beside the body. */
  readonly topic?: string;
  /** Whose codes of nodes and whose time zone are meant, and who sends the movements of stock in an invoice list. */
  readonly source?: string;
  /** Where those movements happen. */
  readonly warehouse?: string;
  /** Nobody reads the answer: a body that is for nobody is kept whole, until the reference data knows whom. */
  readonly unanswered?: true;
}
// A dead letter says in its `format` how its original is read. Of a message about orders that is more than a word: the
// query with which it was posted, and in whose name, so that it can be replayed as it came.

const PREFIX = 'orders?';

/** Whose letter it is. */
export function letterSourceOf({ source, channel }: OrdersAsked): string {
  return source ?? `channel:${channel}`;
}

export function letterFormatOf({ format, channel, client, topic, source, warehouse }: OrdersAsked): string {
  const said = Object.entries({ format, channel, client, topic, source, warehouse });
  const given = said.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return PREFIX + new URLSearchParams(given).toString();
}

/** Undefined: the letter is of a feed. */
export function askedIn(letterFormat: string): OrdersAsked | undefined {
  if (!letterFormat.startsWith(PREFIX)) return undefined;
  const said = new URLSearchParams(letterFormat.slice(PREFIX.length));
  const format = ORDER_FORMATS.find((name) => name === said.get('format'));
  const channel = said.get('channel');
  const client = said.get('client');
  if (format === undefined || channel === null || client === null) return undefined;
  const rest = ['topic', 'source', 'warehouse'].flatMap((name) => {
    const value = said.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { format, channel, client: client as ClientId, ...Object.fromEntries(rest) };
}
