import { calm } from '../shop/words.ts';
import type { Work } from './next-acts.ts';
import { pickedOf, type Picks } from './picks.ts';
import type { ScanMeaning } from './read-scan.ts';

export interface Words {
  readonly words: string;
  readonly tone: 'good' | 'bad';
}

/** What the screen says to a scan: enough to go on without touching it. */
export function scanWords(meaning: ScanMeaning, code: string, open: Work | undefined): Words {
  const good = (words: string): Words => ({ words, tone: 'good' });
  const bad = (words: string): Words => ({ words, tone: 'bad' });
  switch (meaning.is) {
    case 'open':
      return good('Order opened.');
    case 'picked':
      return good(pickedWords(open, meaning.picks, meaning.sku));
    case 'full':
      return bad(`All of ${nameOf(open, meaning.sku)} are picked already.`);
    case 'start-first':
      return bad(`Start picking ${open?.number ?? ''} first.`);
    case 'collect-code':
      return good('Code read. Hand it over.');
    case 'not-here':
      return bad(open === undefined ? `No order is called ${code}.` : `${code} is not in ${open.number}.`);
    default:
      return meaning satisfies never;
  }
}

function pickedWords(open: Work | undefined, picks: Picks, sku: string): string {
  const lines = open?.lines.filter((line) => line.sku === sku) ?? [];
  const picked = lines.reduce((sum, { line }) => sum + pickedOf(picks, line), 0);
  const units = lines.reduce((sum, line) => sum + line.units, 0);
  return `${picked} of ${units} ${nameOf(open, sku)}`;
}

function nameOf(open: Work | undefined, sku: string): string {
  return calm(open?.lines.find((line) => line.sku === sku)?.name ?? sku);
}
