// The message that every server of the comparison sends: an update as ours sends it, about 200 bytes long.

/** Key of one of the watched states. So long that the message has its length. */
export const keyName = (index: number): string => `SKU-${String(index).padStart(6, '0')}-WHOLE-MILK-ORGANIC-1-LITRE`;

/** `sentMs`: ms since the epoch with fractions; microseconds are as fine as anybody measures here. */
export function messageText(key: string, revision: number, sentMs: number): string {
  return `{"type":"update","ch":"stock","k":"${key}","e":"e1","r":${revision},"t":${sentMs.toFixed(3)},"n":1,"d":{"band":"in-stock","availability":"InStock","units":${revision % 1000},"asOf":${Math.floor(sentMs)}}}`;
}
