import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { OrderBody, OrdersAnswer } from '../../gateway/protocol/order-bodies.ts';
import type { StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import { nextAct } from '../../ingest/samples/staff.ts';
import { actAtNode, type Asker, type StaffSaid, type WorkInfo, worksOf } from '../orders/asking.ts';
import { writeReference } from '../reference-folder.ts';
import { type Door, openDoor } from './door.ts';
import { Host } from './host.ts';
import { CHANNEL, invoiceReference, NODE, SOURCE, WMS } from './invoice-reference.ts';
import { type CodeSums, type InvoiceWeek, invoiceWeeks, sumsOf } from './invoice-rows.ts';
import { inLanes } from './lanes.ts';

// The bundled invoices of a mail-order house as orders, refunds, write-offs and returns: day by day its sales come and the
// warehouse sends them off, and each week the file comes whole, with its cancellations. One stock code in twelve is short.

export interface InvoicesVerified {
  readonly orders: number;
  readonly units: {
    readonly ordered: number;
    readonly left: number;
    readonly returned: number;
    readonly refused: number;
  };
  readonly seconds: number;
  readonly mismatches: readonly string[];
}

const ADMIN_KEY = 'verify-key-of-a-server-that-reads-invoices';

interface InvoiceOptions {
  readonly small: boolean;
  /** Source tree of the server; this one by default. */
  readonly root?: string;
  readonly say: (line: string) => void;
}

export async function verifyInvoices({ small, root, say }: InvoiceOptions): Promise<InvoicesVerified> {
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'onhand-invoices-'));
  const weeks = invoiceWeeks(Date.now(), small);
  const expected = summed(weeks);
  const referenceDir = join(folder, 'reference');
  writeReference(referenceDir, invoiceReference([...expected.codes.keys()]));
  const where = { dataDir: join(folder, 'data'), referenceDir, adminKey: ADMIN_KEY, killAfter: [] };
  const host = new Host({ ...where, ...(root !== undefined && { root }) });
  try {
    await host.start();
    const door = openDoor(host.server.url, ADMIN_KEY, { onAnswer: () => undefined, isLost: () => host.isLost() });
    try {
      const verdict = await play(door, { weeks, expected, say }).catch(stopped);
      return { ...verdict, seconds: (performance.now() - start) / 1000 };
    } finally {
      await door.close();
    }
  } finally {
    await host.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What could not be carried out proves nothing. */
function stopped(error: unknown): Omit<InvoicesVerified, 'seconds'> {
  const units = { ordered: 0, left: 0, returned: 0, refused: 0 };
  return { orders: 0, units, mismatches: [error instanceof Error ? error.message : String(error)] };
}

interface Expected {
  readonly codes: ReadonlyMap<string, CodeSums>;
  readonly orders: ReadonlyMap<string, number>;
}

function summed(weeks: readonly InvoiceWeek[]): Expected {
  const codes = new Map<string, CodeSums>();
  const orders = new Map<string, number>();
  for (const week of weeks.map(({ rows }) => sumsOf(rows))) {
    for (const [code, { ordered, moved, lost, returned }] of week.codes) {
      const sums = codes.get(code) ?? { ordered: 0, moved: 0, lost: 0, returned: 0 };
      codes.set(code, {
        ordered: sums.ordered + ordered,
        moved: sums.moved + moved,
        lost: sums.lost + lost,
        returned: sums.returned + returned,
      });
    }
    for (const [invoice, units] of week.orders) orders.set(invoice, units);
  }
  return { codes, orders };
}

/** Units received of a code: enough for orders and write-offs, or four in five of what is ordered and nothing else moves. */
function receivedOf(index: number, { ordered, moved, lost, returned }: CodeSums): number {
  const isShort = index % 12 === 0 && returned === 0 && moved === 0 && lost === 0;
  return isShort ? Math.floor(ordered * 0.8) : ordered + lost;
}

async function play(
  door: Door,
  {
    weeks,
    expected,
    say,
  }: { readonly weeks: readonly InvoiceWeek[]; readonly expected: Expected } & Pick<InvoiceOptions, 'say'>,
): Promise<Omit<InvoicesVerified, 'seconds'>> {
  const wrong: string[] = [];
  const received = new Map([...expected.codes].map(([code, sums], index) => [code, receivedOf(index, sums)]));
  await receive(door, received);
  const ids = new Map<string, string>();
  for (const [index, { days, all }] of weeks.entries()) {
    for (const body of [...days, all]) await playBody(door, body, { ids, wrong });
    say(`  ${index + 1} of ${weeks.length} weeks, ${ids.size} orders`);
  }
  const units = { ordered: 0, left: 0, returned: 0, refused: 0 };
  await inLanes([...expected.orders], LANES, async ([invoice, ordered]) => {
    const own = await readUnits(door, ids.get(invoice) ?? invoice);
    if (own.left + own.returned + own.refused !== ordered) {
      wrong.push(`invoice ${invoice} (${ids.get(invoice)}): of ${ordered} ordered ${JSON.stringify(own)}`);
    }
    units.ordered += ordered;
    units.left += own.left;
    units.returned += own.returned;
    units.refused += own.refused;
  });
  await inLanes([...expected.codes], LANES, async ([code, sums]) => {
    wrong.push(...(await judgeCode(door, code, { ...sums, received: received.get(code) ?? 0 })));
  });
  const returned = [...expected.codes.values()].reduce((sum, one) => sum + one.returned, 0);
  if (units.returned !== returned) wrong.push(`${units.returned} units came back of orders, the rows say ${returned}`);
  return { orders: expected.orders.size, units, mismatches: wrong };
}

const LANES = 8;

async function playBody(
  door: Door,
  body: string,
  { ids, wrong }: { readonly ids: Map<string, string>; readonly wrong: string[] },
): Promise<void> {
  const { outcomes, refused } = await sendInvoices(door, body);
  const no = outcomes.find(({ status }) => status === 'refused');
  if (refused > 0) wrong.push(`${refused} messages refused: ${JSON.stringify(no)}`);
  for (const outcome of outcomes) if (outcome.status === 'taken') ids.set(outcome.orderId, outcome.id);
  await sendOff(door, wrong);
}

/** Of an order; nothing of one that is not known. */
async function readUnits(door: Door, id: string): Promise<{ left: number; returned: number; refused: number }> {
  const reply = await door.call('GET', `/v1/orders/${id}`);
  const { units = {} } = (reply.status === 200 ? reply.body : {}) as Partial<OrderBody>;
  const { shipped = 0, returned = 0, refused = 0 } = units;
  return { left: shipped, returned, refused };
}

/** What was not there was refused to the unit; what was there has left; what came back lies there. */
async function judgeCode(
  door: Door,
  code: string,
  { ordered, moved, returned, received }: CodeSums & { readonly received: number },
): Promise<readonly string[]> {
  const reply = await door.call('GET', `/v1/stock/${encodeURIComponent(code)}`);
  const nodes = reply.status === 200 ? (reply.body as StaffStock).nodes : [];
  const split = nodes.find(({ node }) => node === NODE);
  const should = {
    onHand: received + moved,
    departed: Math.min(ordered, received) - returned,
    allocated: 0,
    reserved: 0,
    unavailable: 0,
  };
  return Object.entries(should).flatMap(([term, units]) => {
    const found = split?.[term as keyof typeof should] ?? 0;
    return found === units ? [] : [`${code}: ${term} ${found}, the rows say ${units}`];
  });
}

async function receive(door: Door, received: ReadonlyMap<string, number>): Promise<void> {
  const at = Date.now();
  const rows = [...received].filter(([, units]) => units > 0);
  const body = rows.map(([sku, quantity]) =>
    JSON.stringify({ kind: 'delta', id: `opening-${sku}`, at, sku, node: NODE, quantity, reason: 'receipt' }),
  );
  const headers = { 'content-type': 'application/x-ndjson' };
  const reply = await door.call('POST', `/v1/feeds/${WMS}`, { body: body.join('\n'), headers });
  if (reply.status !== 200)
    throw new Error(`the opening stock was answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 300)}`);
}

async function sendInvoices(door: Door, body: string): Promise<OrdersAnswer> {
  const path = `/v1/orders?format=invoices&channel=${CHANNEL}&source=${SOURCE}&warehouse=${NODE}`;
  const reply = await door.call('POST', path, { body, headers: { 'content-type': 'text/csv' } });
  if (reply.status === 200) return reply.body as OrdersAnswer;
  throw new Error(`invoices were answered ${reply.status}: ${JSON.stringify(reply.body).slice(0, 300)}`);
}

const WILLING = { rejects: 0, shorts: 0 };
const IDLE_LOOKS = 4;
const LOOK_MS = 50;

/** Until nothing is left to do, several work orders at a time. */
async function sendOff(door: Door, wrong: string[]): Promise<void> {
  const asker: Asker = { ask: (method, path, options) => door.call(method, path, options) };
  for (let idle = 0; idle < IDLE_LOOKS;) {
    const works = (await worksOf(asker, NODE)) ?? [];
    await inLanes(works, LANES, (work) => workOff(asker, work, wrong));
    idle = works.length === 0 ? idle + 1 : 0;
    if (works.length === 0) await wait(LOOK_MS);
  }
}

async function workOff(asker: Asker, first: WorkInfo, wrong: string[]): Promise<void> {
  for (let work: WorkInfo | undefined = first; work !== undefined;) {
    const act = nextAct(work, { temper: WILLING, draw: () => 0 });
    if (act === undefined) return;
    const key = `${work.id}-${work.state}`;
    const said: StaffSaid | undefined = await actAtNode(asker, {
      node: NODE,
      work: work.id,
      key,
      body: JSON.stringify(act),
    });
    if (said?.work === undefined) wrong.push(`${work.id}: ${act.act} was answered ${said?.code}`);
    work = said?.work;
  }
}
