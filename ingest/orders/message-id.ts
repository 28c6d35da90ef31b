import { digestHex } from '../../engine/contract/digest.ts';
import type { ChannelId } from '../../engine/contract/ids.ts';
import type { ShopMessage, ShopOrder } from '../../engine/contract/shop-order.ts';

// Ids of messages (rule OR1). What has an id at its channel, a refund say, is called by it, whichever message it came in.
// How an order stands is called by its time and content: channels deliver twice, under several topics, and show the same
// when they are asked, and all of these are one message. The id of a delivery would make them several.

interface About {
  readonly channel: ChannelId;
  readonly channelOrderId: string;
  readonly at: number;
}

export function stateMessage(kind: 'place' | 'edit', about: About, order: ShopOrder): ShopMessage {
  const { channel, channelOrderId, at } = about;
  // Kind is part of it: an order shown unchanged under another topic is another message of the same effect.
  return { kind, channel, channelOrderId, message: `${kind}-${at}-${digestHex(JSON.stringify(order))}`, at, order };
}

export function cancelMessage(about: About, reason: string | undefined): ShopMessage {
  const { channel, channelOrderId, at } = about;
  return {
    kind: 'cancel',
    channel,
    channelOrderId,
    message: `cancel-${at}`,
    at,
    ...(reason !== undefined && { reason }),
  };
}

type Refund = Extract<ShopMessage, { kind: 'refund' }>;

export function refundMessage(
  about: About,
  id: string,
  { lines, amountMinor, reason }: Pick<Refund, 'lines' | 'amountMinor'> & { readonly reason: string | undefined },
): Refund {
  const { channel, channelOrderId, at } = about;
  // An id as long as ids may be would be too long with ours before it.
  const short = id.length <= 100 ? id : digestHex(id);
  const said = { lines, amountMinor, ...(reason !== undefined && { reason }) };
  return { kind: 'refund', channel, channelOrderId, message: `refund-${short}`, at, ...said };
}
