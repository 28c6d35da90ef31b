import type { StateImage } from './machine.ts';

const PAGE_BYTES = 64 * 1024;

/** Hands out contents that never change as pages of one long text: only references are taken at the beginning. */
export function imageOf(header: Uint8Array, contents: readonly Uint8Array[]): StateImage {
  const total = contents.reduce((sum, { length }) => sum + length, 0);
  const pageCount = Math.ceil(total / PAGE_BYTES);
  let page = 0;
  let index = 0;
  let offset = 0;
  return {
    header,
    pageCount,
    next() {
      if (page === pageCount) return undefined;
      const bytes = new Uint8Array(Math.min(PAGE_BYTES, total - page * PAGE_BYTES));
      for (let filled = 0; filled < bytes.length;) {
        const content = contents[index]!;
        const part = content.subarray(offset, offset + bytes.length - filled);
        bytes.set(part, filled);
        filled += part.length;
        offset += part.length;
        if (offset < content.length) continue;
        index++;
        offset = 0;
      }
      return { page: page++, bytes };
    },
    abandon() {
      page = pageCount;
    },
  };
}

export function joinPages(pages: Iterable<{ readonly bytes: Uint8Array }>): Uint8Array {
  const parts = [...pages].map(({ bytes }) => bytes);
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
