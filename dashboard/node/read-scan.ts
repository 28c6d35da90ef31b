import type { Work } from './next-acts.ts';
import { scanUnit, type Picks } from './picks.ts';

/** What a scanned code means here and now. */
export type ScanMeaning =
  | { readonly is: 'open'; readonly work: string }
  | { readonly is: 'picked'; readonly picks: Picks; readonly sku: string }
  /** All units of the sku are in hand already. */
  | { readonly is: 'full'; readonly sku: string }
  /** The sku is in the open work order, whose picking has not begun. */
  | { readonly is: 'start-first' }
  /** What the customer shows, while the open work order waits to be collected. */
  | { readonly is: 'collect-code'; readonly code: string }
  | { readonly is: 'not-here' };

interface Desk {
  readonly works: readonly Work[];
  /** The work order that is looked at, with what was picked of it. */
  readonly open: Work | undefined;
  readonly picks: Picks;
}

/** An item of the open work order first, then a work order by its number; what is neither is what the customer shows, or nothing. */
export function readScan(code: string, { works, open, picks }: Desk): ScanMeaning {
  const sku = open?.lines.find((line) => isSameCode(line.sku, code))?.sku;
  if (open?.state === 'picking' && sku !== undefined) {
    const { is, picks: now } = scanUnit(open, picks, sku);
    return is === 'picked' ? { is, picks: now, sku } : { is, sku };
  }
  const named = works.filter((work) => names(work, code));
  // Two of one order at a node: the scan goes from one to the other.
  const next = named[(named.findIndex(({ id }) => id === open?.id) + 1) % named.length];
  if (next !== undefined) return { is: 'open', work: next.id };
  if (open === undefined) return { is: 'not-here' };
  if (sku !== undefined && (open.state === 'queued' || open.state === 'accepted')) return { is: 'start-first' };
  return open.state === 'ready-for-pickup' ? { is: 'collect-code', code } : { is: 'not-here' };
}

function names({ id, order, number }: Work, code: string): boolean {
  const bare = (text: string): string => text.replace(/^#/, '').toLowerCase();
  return [id, order, number].some((name) => bare(name) === bare(code));
}

/** A GTIN is the same with the zeros before it and without: scanners send 12, 13 or 14 digits of one number. */
function isSameCode(sku: string, code: string): boolean {
  const bare = (text: string): string => (/^\d+$/.test(text) ? text.replace(/^0+/, '') : text);
  return bare(sku) === bare(code);
}
