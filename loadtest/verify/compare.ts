import type { NodeSplit, StaffStock } from '../../gateway/protocol/http.ts';
import type { Door } from './door.ts';
import type { ExpectedPosition, Oracle } from './oracle.ts';

// Every number the server shows against the number the rows say it must be.

export interface Comparison {
  readonly positions: number;
  readonly mismatches: readonly string[];
  /** Positions where more is promised than the rows leave there, no feed having taken it away. */
  readonly oversold: readonly string[];
}

export interface CompareOptions {
  /** Skus whose stock only grew or rested since it was promised: units promised beyond it were sold twice. */
  readonly steady: ReadonlySet<string>;
  /** Mismatches shown with the rows behind them. */
  readonly explained: number;
}

const READERS = 12;
const ROWS_SHOWN = 12;

export async function compare(door: Door, oracle: Oracle, options: CompareOptions): Promise<Comparison> {
  const expected = oracle.positions();
  const bySku = Map.groupBy(expected, (position) => position.sku);
  const ats = Map.groupBy(oracle.ats(), (row) => row.sku);
  const skus = [...bySku.keys()];
  const mismatches: string[] = [];
  const oversold: string[] = [];
  const explain = (sku: string, node: string, says: string): void => {
    const rows = mismatches.length < options.explained ? oracle.rowsBehind(sku, node, ROWS_SHOWN) : [];
    mismatches.push([`${sku} at ${node}: ${says}`, ...rows.map((row) => `    ${row}`)].join('\n'));
  };
  let next = 0;
  const reader = async (): Promise<void> => {
    for (let sku = skus[next++]; sku !== undefined; sku = skus[next++]) {
      const stock = await read(door, sku);
      const wanted = bySku.get(sku) ?? [];
      for (const [node, says] of differences(wanted, stock?.nodes ?? [])) explain(sku, node, says);
      for (const { channel, ats: want } of ats.get(sku) ?? []) {
        const got = stock?.channels.find((one) => one.channel === channel)?.ats ?? 0;
        if (got !== want) mismatches.push(`${sku} in ${channel}: available to sell ${got}, the rows say ${want}`);
      }
      if (options.steady.has(sku)) oversold.push(...promisedTooMuch(wanted));
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return { positions: expected.length, mismatches, oversold };
}

async function read(door: Door, sku: string): Promise<StaffStock | undefined> {
  const reply = await door.call('GET', `/v1/stock/${encodeURIComponent(sku)}`);
  if (reply.status === 200) return reply.body as StaffStock;
  if (reply.status === 404) return undefined;
  throw new Error(`GET /v1/stock/${sku} answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 300)}`);
}

/** Expected column, and the term of the split it must equal. */
const TERMS = [
  ['on_hand', 'onHand'],
  ['unavailable', 'unavailable'],
  ['reserved', 'reserved'],
  ['inbound', 'inbound'],
  ['available', 'available'],
] as const satisfies readonly (readonly [keyof ExpectedPosition, keyof NodeSplit])[];

function differences(
  expected: readonly ExpectedPosition[],
  nodes: readonly NodeSplit[],
): readonly (readonly [string, string])[] {
  const found = new Map(nodes.map((node) => [node.node, node]));
  const out: (readonly [string, string])[] = [];
  for (const want of expected) {
    const got = found.get(want.node);
    found.delete(want.node);
    const wrong = TERMS.filter(([column, term]) => (got?.[term] ?? 0) !== want[column]).map(
      ([column, term]) => `${term} ${got?.[term] ?? 'absent'}, the rows say ${want[column]}`,
    );
    if (wrong.length > 0) out.push([want.node, wrong.join('; ')]);
  }
  for (const [node, got] of found) {
    if (TERMS.some(([, term]) => got[term] !== 0))
      out.push([node, `onHand ${got.onHand}, reserved ${got.reserved}, but no row names it`]);
  }
  return out;
}

function promisedTooMuch(expected: readonly ExpectedPosition[]): readonly string[] {
  return expected
    .filter((one) => one.reserved > Math.max(0, one.on_hand - one.unavailable - one.safety))
    .map((one) => `${one.sku} at ${one.node}: ${one.reserved} promised of ${one.on_hand} on hand`);
}
