import { setTimeout as wait } from 'node:timers/promises';
import { startFleet } from '../fanout/fleet.ts';
import { LIVE_DOOR } from '../fanout/ours.ts';
import { type LoadServer, withLoadServer } from '../load-server.ts';
import { CHANNEL, GROUP, skuName } from '../steady/reference.ts';
import { monotonicMs, type Percentiles, Stopwatch } from '../stopwatch.ts';
import { type Cost, costBetween, usageOf } from '../usage.ts';

export interface FlashOptions {
  readonly sockets: number;
  readonly units: number;
  readonly reservations: number;
  /** Shoppers who ask at the same time. */
  readonly shoppers: number;
}

export interface FlashResult {
  readonly sockets: number;
  readonly client: string;
  readonly units: number;
  readonly accepted: number;
  /** Answers by code; `accepted` aside. */
  readonly refused: Readonly<Record<string, number>>;
  readonly oversold: number;
  /** Units left although somebody was refused for want of them. */
  readonly undersold: number;
  readonly reservationsPerSec: number;
  readonly answer: Percentiles;
  readonly deliveries: number;
  /** From the engine's decision to the page, ms. */
  readonly age: Percentiles;
  /** Sockets that did not hear that nothing is left. */
  readonly unheard: number;
  readonly server: Cost;
}

/** One product, everybody watches it, far more want it than there are units. */
export function runFlash(options: FlashOptions): Promise<FlashResult> {
  return withLoadServer({ skus: 40, lanes: 1, openingUnits: options.units }, (server) => flash(server, options));
}

const SKU = skuName(0);
const NO_MORE = 'units-exceed-available';
/** Longer than any run: what was given is not given again. */
const HOLD_MS = 1_800_000;
const SOLD_OUT = '"band":"out-of-stock"';
/** Longest wait for the last state, ms. */
const CATCH_UP_MS_MAX = 20_000;

async function flash(
  server: LoadServer,
  { sockets, units, reservations, shoppers }: FlashOptions,
): Promise<FlashResult> {
  const fleet = startFleet({ ...LIVE_DOOR, port: server.process.port, marks: [SOLD_OUT] });
  try {
    await fleet.hellos([[JSON.stringify({ type: 'subscribe', id: 1, ch: 'stock', keys: [SKU], sale: CHANNEL })]]);
    const { failed, unready } = await fleet.open(sockets, 2_000);
    if (failed + unready > 0) throw new Error(`${failed + unready} of ${sockets} pages could not subscribe`);
    const shops = await openShops(server, units);
    await fleet.reset();
    const before = usageOf(server.process.pid);
    const start = monotonicMs();
    const { answer, codes } = await rush(server, shops, { reservations, shoppers });
    const seconds = (monotonicMs() - start) / 1_000;
    const accepted = codes.get('accepted') ?? 0;
    codes.delete('accepted');
    let report = await fleet.report();
    const soldOut = accepted === units;
    for (let waited = 0; soldOut && (report.marks[0] ?? 0) < sockets && waited < CATCH_UP_MS_MAX; waited += 50) {
      await wait(50);
      report = await fleet.report();
    }
    return {
      sockets,
      client: fleet.program,
      units,
      accepted,
      refused: Object.fromEntries(codes),
      oversold: Math.max(0, accepted - units),
      undersold: codes.has(NO_MORE) ? Math.max(0, units - accepted) : 0,
      reservationsPerSec: Math.round(reservations / seconds),
      answer: answer.percentiles(),
      deliveries: report.deliveries,
      age: report.age,
      unheard: soldOut ? Math.max(0, sockets - (report.marks[0] ?? 0)) : 0,
      server: costBetween(server.process.pid, before, usageOf(server.process.pid)),
    };
  } finally {
    await fleet.stop();
  }
}

/** A client holds 1,000 reservations at most: the shops share the units among them. */
const UNITS_PER_SHOP = 500;

/** Their keys. */
async function openShops(server: LoadServer, units: number): Promise<readonly string[]> {
  const names = Array.from({ length: Math.ceil(units / UNITS_PER_SHOP) + 1 }, (_, index) => `shop-${index + 1}`);
  const made = names.map(async (name) => {
    const body = JSON.stringify({ name, scopes: ['reservations'] });
    const { status, text } = await server.post('/v1/keys', body, { 'content-type': 'application/json' });
    if (status >= 300) throw new Error(`no key for ${name}: ${text}`);
    return (JSON.parse(text) as { key: string }).key;
  });
  return Promise.all(made);
}

/** Each shopper asks for one unit, hears the answer, and asks again as the next customer. */
async function rush(
  server: LoadServer,
  shops: readonly string[],
  { reservations, shoppers }: { reservations: number; shoppers: number },
): Promise<{ answer: Stopwatch; codes: Map<string, number> }> {
  const answer = new Stopwatch();
  const codes = new Map<string, number>();
  let next = 0;
  const shop = async (): Promise<void> => {
    while (next < reservations) {
      const customer = next++;
      const asked = monotonicMs();
      const body = JSON.stringify({ channel: CHANNEL, lines: [{ sku: SKU, group: GROUP, units: 1 }], holdMs: HOLD_MS });
      const { status, text } = await server.post('/v1/reservations', body, {
        'content-type': 'application/json',
        authorization: `Bearer ${shops[customer % shops.length]}`,
        'idempotency-key': `flash-${customer}`,
      });
      answer.record(monotonicMs() - asked);
      const code = status === 201 ? 'accepted' : (JSON.parse(text) as { code: string }).code;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: shoppers }, shop));
  return { answer, codes };
}

/** Nothing promised twice, nothing kept back, nobody refused for another reason, everybody told. */
export function isRight({ accepted, refused, oversold, undersold, unheard }: FlashResult): boolean {
  const others = Object.keys(refused).filter((code) => code !== NO_MORE);
  return accepted > 0 && oversold + undersold + unheard + others.length === 0;
}
