import { readFileSync } from 'node:fs';
import type { SourceRef } from '../../engine/contract/reference.ts';
import { chance, draw } from './build/seeded.ts';
import { codeOf } from './drafts.ts';
import { REFERENCE_DIR } from './rows.ts';
import { waitMs } from './sender.ts';
import type { Answer, Send } from './sender.ts';
import { nextAct, type SeenWork, type StaffAct, type Temper } from './staff.ts';
import { writeEpcis } from './write-epcis.ts';

// The people of every store and warehouse: they look at their node's work now and then, and do one thing after the other
// about each. Nothing is remembered over a restart: the state of a work order says what comes next, and what is drawn is
// drawn from its name, so who comes after a kill says the same with the same key.

/** Shares of the work orders. What is collected cannot move to another node, so a store turns fewer of them down. */
const SHIPPED: Temper = { rejects: 0.06, shorts: 0.05 };
const COLLECTED: Temper = { rejects: 0.01, shorts: 0.03 };

/** Nodes looked at each second: all 123 of them in a quarter of a minute, for a few requests a second. */
const NODES_A_LOOK = 8;
const LOOK_MS = 1_000;
/** Work orders in hand at once; others wait until somebody has time. */
const IN_HAND_MAX = 300;
/** Between two acts, in ms: long enough to be watched. */
const STEP_MS_MIN = 1_500;
const STEP_MS_MAX = 7_000;
/** Until the customer comes, in ms. */
const COLLECT_MS_MIN = 10_000;
const COLLECT_MS_MAX = 40_000;
const WORKS_MAX = 50;

export interface ShiftOptions {
  readonly send: Send;
  readonly nodes: readonly string[];
  readonly signal: AbortSignal;
  /** What the customer of an order opens their page with; undefined: nobody knows. `number`: as the customer knows it. */
  readonly tokenOf: (order: string, number: string) => Promise<string | undefined>;
  readonly wait?: typeof waitMs;
}

export interface ShiftTally {
  left: number;
  rejected: number;
  short: number;
}

export interface Shift {
  /** Resolves when the signal has ended it; rejects when the server refuses the staff themselves. */
  run(): Promise<void>;
  readonly tally: Readonly<ShiftTally>;
}

type Work = SeenWork & { readonly number: string };

export function createShift(options: ShiftOptions): Shift {
  const { send, nodes, signal, wait = waitMs } = options;
  const tally: ShiftTally = { left: 0, rejected: 0, short: 0 };
  const inHand = new Map<string, Promise<void>>();
  let failure: unknown;
  const book = createBooking(send);

  async function look(node: string): Promise<void> {
    const answer = await send({ method: 'GET', path: `/v1/nodes/${node}/work?limit=${WORKS_MAX}` });
    const works = (answer.body as { readonly works?: readonly Work[] } | undefined)?.works ?? [];
    for (const work of works) {
      if (inHand.size >= IN_HAND_MAX || inHand.has(work.id)) continue;
      inHand.set(
        work.id,
        workOff(work)
          .catch(fail)
          .finally(() => inHand.delete(work.id)),
      );
    }
  }

  async function workOff(first: Work): Promise<void> {
    for (let work = first; !signal.aborted;) {
      const { state } = work;
      const isReady = state === 'ready-for-pickup';
      await wait(pauseOf(work, isReady), signal);
      if (signal.aborted) return;
      const code = isReady ? await codeFor(work) : undefined;
      const act = nextAct(work, { ...tempered(work), ...(code !== undefined && { code }) });
      if (act === undefined) return;
      const done = await say(work, act);
      // Pulled back under their hands: the next look tells.
      if (done === undefined) return;
      count(act);
      if (act.act === 'ship' || act.act === 'collect') return book(done);
      work = done;
    }
  }

  async function say(work: Work, act: StaffAct): Promise<Work | undefined> {
    const { id, node, state } = work;
    const answer = await send({
      method: 'POST',
      path: `/v1/nodes/${node}/work/${id}/acts`,
      contentType: 'application/json',
      body: JSON.stringify(act),
      key: `${id}-${state}`,
    });
    return (answer.body as { readonly work?: Work } | undefined)?.work;
  }

  async function codeFor({ order, number }: Work): Promise<string | undefined> {
    const token = await options.tokenOf(order, number);
    if (token === undefined) return undefined;
    const answer = await send({ method: 'GET', path: `/v1/orders/${order}/status`, token });
    return codeIn(answer);
  }

  function count(act: StaffAct): void {
    if (act.act === 'reject') tally.rejected += 1;
    if (act.act === 'pick' && act.lines.length > 0) tally.short += 1;
    if (act.act === 'ship' || act.act === 'collect') tally.left += 1;
  }

  /** A server that refuses the staff themselves, not one of their acts, ends the shift. */
  function fail(error: unknown): void {
    if (!signal.aborted) failure ??= error;
  }

  async function run(): Promise<void> {
    for (let from = 0; !signal.aborted && failure === undefined; from = (from + NODES_A_LOOK) % nodes.length) {
      const now = [...nodes, ...nodes].slice(from, from + NODES_A_LOOK);
      for (const node of now) await look(node).catch(fail);
      await wait(LOOK_MS, signal);
    }
    await Promise.all(inHand.values());
    if (failure !== undefined) throw failure;
  }

  return { run, tally };
}

const codeIn = ({ body }: Answer): string | undefined =>
  (body as { readonly pickup?: { readonly code?: string } } | undefined)?.pickup?.code;

function pauseOf({ id, state }: Work, isReady: boolean): number {
  const [from, to] = isReady ? [COLLECT_MS_MIN, COLLECT_MS_MAX] : [STEP_MS_MIN, STEP_MS_MAX];
  return draw(`pause of ${id} ${state}`, from, to);
}

/** Drawn from the name of the work order: the same again after a restart. */
function tempered({ id, state, method }: Work) {
  let drawn = 0;
  const temper = method === 'pickup' ? COLLECTED : SHIPPED;
  return { temper, draw: () => chance(`${state} of ${id} ${drawn++}`) };
}

/** The node's own system books what left, under the order's id, so that it counts once (rule FD8). */
function createBooking(send: Send): (work: Work) => Promise<void> {
  const sources = JSON.parse(readFileSync(new URL('sources.json', REFERENCE_DIR), 'utf8')) as readonly SourceRef[];
  const bookers = sources.filter(({ format }) => format === 'epcis');
  const sourceOf = (node: string): string =>
    bookers.find(({ grants }) => grants.some(({ nodes }) => nodes !== 'all' && nodes.includes(node as never)))?.id ??
    '';
  return async ({ id, node, order, lines }) => {
    const source = sourceOf(node);
    const at = Date.now();
    const gone = lines
      .map(({ sku, units, picked = units }) => ({ sku, units: picked }))
      .filter(({ units }) => units > 0);
    const rows = gone.map(({ sku, units }) => ({
      at,
      source,
      id,
      node,
      sku,
      kind: 'delta' as const,
      quantity: -units,
      reason: 'shipment' as const,
      from: '' as const,
      to: '' as const,
      ref: order,
      inboundRef: '',
    }));
    const body = writeEpcis(rows, { mapTime: (time) => time, codeOf, docOf: () => order });
    await send({ method: 'POST', path: `/v1/feeds/${source}`, contentType: 'application/ld+json', body });
  };
}
