import { COMPONENTS_MAX, KITS_MAX } from '../contract/kit.ts';
import type { RefusedRow } from '../contract/outcome.ts';
import type { LinkedRow } from '../contract/reference-links.ts';
import type { KitRef, ReferenceBatch } from '../contract/reference.ts';
import type { ReferenceBook } from './reference-book.ts';

/** May a sku be a kit of these components (rule AV9)? Judged by the book, which knows every kit, and the rows beside it. */
export function judgeKit(book: ReferenceBook, batch: ReferenceBatch, { key, row }: LinkedRow): RefusedRow | undefined {
  if (batch.of !== 'kits') return undefined;
  const code = codeOf(book, batch.rows, row as KitRef);
  return code === undefined ? undefined : { row: key, code };
}

function codeOf(
  book: ReferenceBook,
  beside: readonly KitRef[],
  { sku, components }: KitRef,
): RefusedRow['code'] | undefined {
  const names = new Set<string>(components.map((one) => one.sku));
  const isCount = ({ units }: { units: number }): boolean => Number.isSafeInteger(units) && units >= 1;
  if (components.length < 1 || components.length > COMPONENTS_MAX || !components.every(isCount)) {
    return 'components-out-of-bounds';
  }
  if (names.size < components.length) return 'component-twice';
  if (names.has(sku)) return 'kit-of-itself';
  const isKit = (name: string): boolean =>
    book.text('kits', name) !== undefined || beside.some((kit) => kit.sku === name);
  const isPart = (kit: KitRef): boolean => kit.components.some((one) => one.sku === sku);
  if (components.some((one) => isKit(one.sku)) || beside.some(isPart) || book.kits().some(isPart)) return 'kit-of-kits';
  return book.text('kits', sku) === undefined && book.kits().length + beside.length > KITS_MAX
    ? 'too-many-kits'
    : undefined;
}
