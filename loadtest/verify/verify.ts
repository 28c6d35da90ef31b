import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { merged, type Reference, writeReference } from '../reference-folder.ts';
import { hotReference } from './hot-reference.ts';
import { type InvoicesVerified, verifyInvoices } from './invoice-pass.ts';
import { Oracle } from './oracle.ts';
import { type PassResult, runPass, stoppedPass } from './pass.ts';
import { material, PASSES, type PassName, passPlan } from './plans.ts';
import { shopReference } from './shop-reference.ts';
import { shortYear, wholeYear, type Year } from './year.ts';

export interface VerifyOptions {
  readonly seed: number;
  /** A few days of few positions: seconds instead of minutes. */
  readonly small: boolean;
  readonly only?: PartName;
  /** Source tree of the server; this one by default. */
  readonly root?: string;
  readonly say: (line: string) => void;
}

/** The passes over the year, the hot set and the shop; and the invoices, which have a server of their own. */
export const PARTS = [...PASSES, 'invoices'] as const;
export type PartName = (typeof PARTS)[number];

/** The last line of `npm run verify`. */
export interface Verified {
  readonly events: number;
  readonly positions: number;
  /** Orders of the shop, each followed to its end or queue. */
  readonly orders: number;
  readonly mismatches: number;
  readonly oversold: number;
  readonly shuffledMismatches: number;
  readonly crashMismatches: number;
  readonly invoices: number;
  readonly invoiceMismatches: number;
}

export interface VerifyReport {
  readonly verified: Verified;
  readonly passes: ReadonlyMap<PassName, PassResult>;
  readonly invoices?: InvoicesVerified;
}

export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { seed, small, say } = options;
  const folder = mkdtempSync(join(tmpdir(), 'onhand-verify-input-'));
  try {
    const made = material(small, seed);
    const year = small ? shortYear() : wholeYear();
    const shop = shopReference(made.shopSize);
    // The shop's rules and carriers are all there are: the retailer's own would leave its orders to time.
    const both = merged(merged(year.reference, hotReference(made.size)), shop);
    const reference = { ...both, carriers: shop.carriers ?? [], sourcing: shop.sourcing ?? [] };
    const referenceDir = join(folder, 'reference');
    writeReference(referenceDir, reference);
    const oracle = await openOracle(folder, made.rows, year, reference);
    const messages = [...year.messages, ...made.hot].toSorted((a, b) => a.time - b.time);
    const all = [...messages, ...made.openings, ...made.rushFeed];
    const events = all.reduce((sum, message) => sum + message.events, 0);
    say(`${messages.length} messages, ${events} events, seed ${seed}`);
    const passes = new Map<PassName, PassResult>();
    for (const name of PASSES.filter((one) => (options.only ?? one) === one)) {
      say(`pass ${name}`);
      const { root } = options;
      const plan = passPlan(
        name,
        made,
        { messages, orders: year.baskets },
        { referenceDir, seed, ...(root === undefined ? {} : { root }) },
      );
      const result = await runPass(plan, oracle, say).catch(stoppedPass);
      passes.set(name, result);
      tell(result, say);
    }
    oracle.close();
    const invoices = (options.only ?? 'invoices') === 'invoices' ? await tellInvoices(options) : undefined;
    return { verified: summed(passes, events, invoices), passes, ...(invoices !== undefined && { invoices }) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function isRight(verified: Verified): boolean {
  const { mismatches, oversold, shuffledMismatches, crashMismatches, invoiceMismatches } = verified;
  return mismatches + oversold + shuffledMismatches + crashMismatches + invoiceMismatches === 0;
}

async function openOracle(folder: string, rows: readonly unknown[], year: Year, reference: Reference): Promise<Oracle> {
  const hotFile = join(folder, 'hot-rows.ndjson');
  writeFileSync(hotFile, rows.map((row) => JSON.stringify(row)).join('\n'));
  return Oracle.read({ hotFile, reference, ...year.raw });
}

const SHOWN = 20;

function tell(result: PassResult, say: (line: string) => void): void {
  const { sent, seconds, kills, retries, orders, shop } = result;
  const rate = Math.round((sent.recorded + sent.duplicates) / Math.max(seconds.send, 0.001));
  say(
    `  sent in ${seconds.send.toFixed(1)} s (${rate} events/s): ${sent.recorded} recorded, ${sent.duplicates} duplicates, ${sent.ignored} ignored, ${sent.refused} refused`,
  );
  if (kills > 0) say(`  killed ${kills} times, ${retries} requests sent again`);
  say(
    `  ${result.positions} positions compared, ${result.tries} reservations tried, ${result.decided} answers decided from the log`,
  );
  if (orders.reserved + orders.refused > 0) {
    say(`  ${orders.reserved} online orders held and released, ${orders.refused} refused for want of stock`);
  }
  const { ordered, left, cancelled, refused, open } = shop.units;
  say(
    `  ${shop.orders} orders, ${shop.acts} acts of staff: ${ordered} units = ${left} left + ${cancelled} cancelled + ${refused} refused + ${open} open`,
  );
  say(`  ${result.mismatches.length} mismatches, ${result.oversold.length} oversold (${seconds.all.toFixed(1)} s)`);
  for (const text of [
    ...result.oversold.slice(0, SHOWN).map((one) => `oversold: ${one}`),
    ...result.mismatches.slice(0, SHOWN),
  ]) {
    say(`  ! ${text}`);
  }
}

async function tellInvoices({ small, root, say }: VerifyOptions): Promise<InvoicesVerified> {
  say('invoices');
  const found = await verifyInvoices({ small, say, ...(root !== undefined && { root }) });
  const { ordered, left, returned, refused } = found.units;
  say(`  ${found.orders} orders: ${ordered} units = ${left} left + ${returned} returned + ${refused} refused`);
  say(`  ${found.mismatches.length} mismatches (${found.seconds.toFixed(1)} s)`);
  for (const text of found.mismatches.slice(0, SHOWN)) say(`  ! ${text}`);
  return found;
}

function summed(
  passes: ReadonlyMap<PassName, PassResult>,
  events: number,
  invoices: InvoicesVerified | undefined,
): Verified {
  const wrong = (name: PassName): number => passes.get(name)?.mismatches.length ?? 0;
  const results = [...passes.values()];
  return {
    events,
    positions: Math.max(0, ...results.map((result) => result.positions)),
    orders: Math.max(0, ...results.map(({ shop }) => shop.orders)),
    mismatches: wrong('plain'),
    oversold: results.reduce((sum, result) => sum + result.oversold.length, 0),
    shuffledMismatches: wrong('shuffled'),
    crashMismatches: wrong('crash'),
    invoices: invoices?.orders ?? 0,
    invoiceMismatches: invoices?.mismatches.length ?? 0,
  };
}
