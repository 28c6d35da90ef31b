import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compare } from './compare.ts';
import { type Door, openDoor } from './door.ts';
import { Host } from './host.ts';
import { runShop, type ShopLog } from './shop-client.ts';
import { judgeShop, type ShopVerdict } from './shop-judge.ts';
import type { ShopPlan } from './shop-plan.ts';
import type { Message } from './message.ts';
import type { Oracle } from './oracle.ts';
import { type Order, type OrdersLog, runOrders } from './orders.ts';
import { afterwards } from './rush-afterwards.ts';
import { audit, type AuditInput, liveHolds } from './rush-audit.ts';
import { type RushLog, runRush } from './rush-client.ts';
import type { RushPlan } from './rush-plan.ts';
import { type Sent, sendAll } from './sender.ts';
import { StreamClock } from './stream-clock.ts';

// One pass: a fresh server, everything sent, the shoppers beside it, then every number compared.

export interface PassPlan {
  readonly name: string;
  readonly referenceDir: string;
  /** Stock that must be there before the shoppers come. */
  readonly openings: readonly Message[];
  readonly messages: readonly Message[];
  readonly orders: readonly Order[];
  readonly rush: RushPlan;
  readonly rushFeed: readonly Message[];
  readonly shop: ShopPlan;
  readonly auditing: Omit<AuditInput, 'log'>;
  readonly steady: ReadonlySet<string>;
  /** The server is killed each time it has given this many answers, growing. */
  readonly killAfter: readonly number[];
  /** Source tree of the server; this one by default. */
  readonly root?: string;
}

export interface PassResult {
  readonly sent: Sent;
  readonly positions: number;
  readonly tries: number;
  readonly decided: number;
  readonly orders: { readonly reserved: number; readonly refused: number };
  readonly shop: Pick<ShopVerdict, 'orders' | 'units'> & { readonly acts: number };
  readonly kills: number;
  readonly retries: number;
  readonly seconds: { readonly send: number; readonly all: number };
  /** Differences of numbers and wrong answers, each a readable text. */
  readonly mismatches: readonly string[];
  readonly oversold: readonly string[];
}

/** A pass that could not be carried out proves nothing: it counts as one mismatch that says why. */
export function stoppedPass(error: unknown): PassResult {
  const says: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) says.push(cause.message);
  return {
    sent: sumOf(),
    positions: 0,
    tries: 0,
    decided: 0,
    orders: { reserved: 0, refused: 0 },
    shop: { orders: 0, units: { ordered: 0, left: 0, cancelled: 0, refused: 0, open: 0 }, acts: 0 },
    kills: 0,
    retries: 0,
    seconds: { send: 0, all: 0 },
    mismatches: [says.length > 0 ? says.join('\n') : String(error)],
    oversold: [],
  };
}

/** Messages in flight. */
const LANES = 8;
const EXPLAINED = 20;
/** At least 24 visible characters; nobody else can reach a server of ours on the loopback address for long. */
const ADMIN_KEY = 'verify-key-of-a-server-that-lives-for-a-minute';

export async function runPass(plan: PassPlan, oracle: Oracle, say: (line: string) => void): Promise<PassResult> {
  const dataDir = mkdtempSync(join(tmpdir(), 'onhand-verify-'));
  const host = new Host({ ...plan, dataDir, adminKey: ADMIN_KEY });
  try {
    await host.start();
    const door = openDoor(host.server.url, ADMIN_KEY, {
      onAnswer: (answers) => host.killWhenDue(answers),
      isLost: () => host.isLost(),
    });
    try {
      return await carryOut(plan, oracle, host, door, say);
    } catch (error) {
      throw new Error(`pass ${plan.name} stopped; the server said:\n${host.server.output().slice(-3000)}`, {
        cause: error,
      });
    } finally {
      await door.close();
    }
  } finally {
    await host.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function carryOut(
  plan: PassPlan,
  oracle: Oracle,
  host: Host,
  door: Door,
  say: (line: string) => void,
): Promise<PassResult> {
  const start = performance.now();
  const since = (): number => (performance.now() - start) / 1000;
  const openings = await sendAll(door, plan.openings, { lanes: LANES });
  // The feed of the contested skus runs beside the first waves; the last, sequential part begins when it is through.
  const feed = sendAll(door, plan.rushFeed, { lanes: 1 });
  // Awaited below; until then a rejection is not unhandled.
  feed.catch(() => undefined);
  const clock = new StreamClock();
  const shopping = runShop(door, plan.shop);
  const beside = Promise.all([runRush(door, plan.rush, feed), runOrders(door, plan.orders, clock), shopping]);
  beside.catch(() => undefined);
  const onAck = progressOf(plan.messages.length, say);
  const main = await sendAll(door, plan.messages, { lanes: LANES, onAck, clock });
  const sendSeconds = since();
  const [log, orders, shop] = await beside;
  await host.settled();
  const sent = sumOf(openings, main, await feed);
  return judge(plan, oracle, door, { log, orders, shop, sent, kills: host.kills, sendSeconds, since });
}

interface Done {
  readonly log: RushLog;
  readonly orders: OrdersLog;
  readonly shop: ShopLog;
  readonly sent: Sent;
  readonly kills: number;
  readonly sendSeconds: number;
  readonly since: () => number;
}

async function judge(plan: PassPlan, oracle: Oracle, door: Door, done: Done): Promise<PassResult> {
  const { log, orders, sent } = done;
  oracle.promise(liveHolds(log, Date.now()).flatMap((reservation) => reservation.lines));
  await nextTurn();
  const compared = await compare(door, oracle, { steady: plan.steady, explained: EXPLAINED });
  const verdict = audit({ ...plan.auditing, log });
  const later = await afterwards(door, log);
  const shop = await judgeShop(door, plan.shop, done.shop);
  const refusals = sent.refusals.map((one) => `${one.source} ${one.place}: refused with ${one.code}: ${one.message}`);
  if (sent.refused > refusals.length) refusals.push(`… ${sent.refused} rows refused in all`);
  return {
    sent,
    positions: compared.positions,
    tries: log.concurrent.length + log.sequential.length,
    decided: verdict.decided,
    orders: { reserved: orders.reserved, refused: orders.refused },
    shop: { orders: shop.orders, units: shop.units, acts: done.shop.acts },
    kills: done.kills,
    retries: door.retries(),
    seconds: { send: done.sendSeconds, all: done.since() },
    mismatches: [...refusals, ...orders.wrong, ...verdict.wrong, ...later, ...compared.mismatches, ...shop.wrong],
    oversold: [...verdict.oversold, ...compared.oversold, ...shop.oversold],
  };
}

function progressOf(total: number, say: (line: string) => void): (messages: number) => void {
  let next = 0.1;
  return (messages) => {
    if (messages < total * next) return;
    say(`  ${Math.round(next * 100)} % of ${total} messages acknowledged`);
    next += 0.1;
  };
}

function sumOf(...parts: readonly Sent[]): Sent {
  const sum: Sent = { messages: 0, recorded: 0, duplicates: 0, ignored: 0, refused: 0, refusals: [] };
  for (const part of parts) {
    sum.messages += part.messages;
    sum.recorded += part.recorded;
    sum.duplicates += part.duplicates;
    sum.ignored += part.ignored;
    sum.refused += part.refused;
    sum.refusals.push(...part.refusals);
  }
  return sum;
}
