import { setTimeout as wait } from 'node:timers/promises';
import type { NodeSplit, StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import type { Door } from './door.ts';
import { inLanes } from './lanes.ts';
import type { ExpectedAts, ExpectedPosition, Oracle } from './oracle.ts';

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

/** Wait before what differed is looked at once more, in ms: parts of a hold over several skus end a moment after it. */
const SECOND_LOOK_MS = 3_000;

export async function compare(door: Door, oracle: Oracle, options: CompareOptions): Promise<Comparison> {
  const positions = oracle.positions();
  const expected = Map.groupBy(positions, (position) => position.sku);
  const ats = Map.groupBy(oracle.ats(), (row) => row.sku);
  const look = (skus: readonly string[]): Promise<readonly Difference[]> =>
    inLanes(skus, READERS, (sku) => differencesOf(door, sku, expected.get(sku) ?? [], ats.get(sku) ?? [])).then(
      (found) => found.flat(),
    );
  let differences = await look([...expected.keys()]);
  if (differences.length > 0) {
    await wait(SECOND_LOOK_MS);
    differences = await look([...new Set(differences.map(({ sku }) => sku))]);
  }
  return {
    positions: positions.length,
    mismatches: differences.map((one, index) => told(one, index < options.explained ? oracle : undefined)),
    oversold: positions.filter(({ sku }) => options.steady.has(sku)).flatMap(promisedTooMuch),
  };
}

interface Difference {
  readonly sku: string;
  /** Absent for a number of a channel. */
  readonly node?: string;
  readonly says: string;
}

function told({ sku, node, says }: Difference, oracle: Oracle | undefined): string {
  const rows = node === undefined ? [] : (oracle?.rowsBehind(sku, node, ROWS_SHOWN) ?? []);
  return [`${sku} ${node === undefined ? '' : `at ${node}: `}${says}`, ...rows.map((row) => `    ${row}`)].join('\n');
}

async function differencesOf(
  door: Door,
  sku: string,
  expected: readonly ExpectedPosition[],
  ats: readonly ExpectedAts[],
): Promise<readonly Difference[]> {
  const stock = await read(door, sku);
  const found: Difference[] = differences(expected, stock?.nodes ?? []).map(([node, says]) => ({ sku, node, says }));
  for (const { channel, ats: want } of ats) {
    const got = stock?.channels.find((one) => one.channel === channel)?.ats ?? 0;
    if (got !== want) found.push({ sku, says: `in ${channel}: available to sell ${got}, the rows say ${want}` });
  }
  return found;
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

function promisedTooMuch(one: ExpectedPosition): readonly string[] {
  if (one.reserved <= Math.max(0, one.on_hand - one.unavailable - one.safety)) return [];
  return [`${one.sku} at ${one.node}: ${one.reserved} promised of ${one.on_hand} on hand`];
}
