import type { StateImage } from '../contract/machine.ts';
import type { Order } from '../contract/order.ts';
import type { OrderFile } from './order-file.ts';

const PAGE_BYTES = 64 * 1024;

/** Orders never change, so references are enough at the beginning; each is encoded when its page is asked for. */
export function imageOfOrders(header: Uint8Array, files: readonly OrderFile[]): StateImage {
  const encoder = new TextEncoder();
  let index = 0;
  let page = 0;
  let left = new Uint8Array(0);
  return {
    header,
    // Nobody knows how long they are before they are encoded: an order fills less than a page, nearly always.
    pageCount: files.length,
    next() {
      const parts = [left];
      let length = left.length;
      for (; length < PAGE_BYTES && index < files.length; index++) {
        const bytes = encoder.encode(`${JSON.stringify(files[index])}\n`);
        parts.push(bytes);
        length += bytes.length;
      }
      if (length === 0) return undefined;
      const all = joinBytes(parts, length);
      left = all.slice(PAGE_BYTES);
      return { page: page++, bytes: all.slice(0, PAGE_BYTES) };
    },
    abandon() {
      index = files.length;
      left = new Uint8Array(0);
    },
  };
}

/** Orders of such pages, one after the other. */
export function* ordersOfImage(pages: Iterable<{ readonly bytes: Uint8Array }>): Generator<Order> {
  const decoder = new TextDecoder();
  let rest = '';
  for (const { bytes } of pages) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield (JSON.parse(line) as OrderFile).order;
  }
}

function joinBytes(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
