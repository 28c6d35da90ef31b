import { digestHex } from '../contract/digest.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import { rowKey } from '../contract/reference.ts';
import type { RowsApplied } from '../contract/known-rows.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import { hubFile, type HubFile } from './hub-file.ts';

/** What a channel said, whoever sent it, by channel, order and message: the contents that were sent under that id. */
export type SentMessages = (
  about: Pick<ShopMessage, 'channel' | 'channelOrderId' | 'message'>,
) => readonly ShopMessage[];

/** What the judge knows of a shard of orders. Values are never changed in place. */
export class HubModel {
  lsn = 0;
  lastAt = -Infinity;
  files = new Map<string, HubFile>();
  /** `channel order` -> messages that came before the order. */
  early = new Map<string, { readonly id: string; readonly messages: readonly ShopMessage[] }>();
  /** `kind key` -> row. */
  rows = new Map<string, object>();
  readonly #sent: SentMessages;

  constructor(sent: SentMessages) {
    this.#sent = sent;
  }

  clone(): HubModel {
    const copy = new HubModel(this.#sent);
    copy.lsn = this.lsn;
    copy.lastAt = this.lastAt;
    copy.files = new Map(this.files);
    copy.early = new Map(this.early);
    copy.rows = new Map(this.rows);
    return copy;
  }

  find(channel: string, channelOrderId: string): HubFile | undefined {
    return [...this.files.values()].find((file) => file.channel === channel && file.channelOrderId === channelOrderId);
  }

  /** Ids of orders it changed. */
  apply(fact: OrderFact, lsn: number): readonly string[] {
    this.lsn = lsn;
    this.lastAt = fact.at;
    if (fact.fact === 'RowsApplied') {
      takeRows(this.rows, fact);
      return [];
    }
    if (fact.fact === 'MessageKept') {
      const { message, order: id } = fact;
      const key = `${message.channel} ${message.channelOrderId}`;
      const known = this.early.get(key)?.messages ?? [];
      this.early.set(key, { id, messages: [...known, message] });
      return [];
    }
    const { order } = fact;
    if (fact.fact === 'OrderPlaced') this.early.delete(`${fact.begins.channel} ${fact.begins.channelOrderId}`);
    this.files.set(order, hubFile(this.files.get(order), fact, this.said(fact)));
    return [order];
  }

  /** The message that was taken, as it was sent. */
  said(fact: OrderFact): ShopMessage | undefined {
    if (fact.fact !== 'MessageTaken') return undefined;
    const { channel = '', channelOrderId = '' } = this.files.get(fact.order) ?? {};
    const sent = this.#sent({ channel: channel as never, channelOrderId, message: fact.message });
    return sent.find((message) => digestHex(JSON.stringify(message)) === fact.digest);
  }
}

/** What a shard of orders or nodes was told of the book: rows replace rows. */
export function takeRows(rows: Map<string, object>, { batch, retire = [] }: RowsApplied): void {
  for (const row of batch.rows) rows.set(`${batch.of} ${rowKey(batch.of, row)}`, row);
  for (const key of retire) rows.delete(`${batch.of} ${key}`);
}
