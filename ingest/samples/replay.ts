import { OPENING_AT } from './build/tills.ts';
import { loadCursor, saveCursor } from './cursor.ts';
import { errands } from './itinerary.ts';
import type { Errand } from './itinerary.ts';
import type { OnlineBasket } from './messages.ts';
import type { OrderWriter } from './online-order.ts';
import { runErrand } from './run-errand.ts';
import type { PlacedOrder, Tally } from './run-errand.ts';
import { waitMs } from './sender.ts';
import type { Send } from './sender.ts';
import { UnderWay } from './under-way.ts';
import { continued, simOf, wallOf, writtenOf } from './timeline.ts';
import type { Anchor } from './timeline.ts';

/**
 * Sends the retailer's year as if it happened now, `speed` times as fast. The opening stock goes first, at once; then
 * each message and each online order at its moment, with the moment it has today written into it.
 *
 * Stopped or killed, it goes on where it was: what was perhaps sent already is sent again with the same ids and the
 * same times, so it counts once. For that the cursor is written before anything later than its horizon is sent.
 */
export interface ReplayOptions {
  readonly send: Send;
  readonly cursorFile: string;
  readonly writer: OrderWriter;
  readonly onOrder: (order: PlacedOrder) => void;
  readonly speed: number;
  /** Ends the replay after what is on its way was answered. */
  readonly signal: AbortSignal;
  readonly now?: () => number;
  readonly wait?: typeof waitMs;
  /** Errands from a moment on; default: the whole year. */
  readonly errands?: typeof errands;
}

interface ReplayProgress extends Tally {
  readonly phase: 'opening' | 'running' | 'ended' | 'stopped';
  /** Moment of 2017 that is shown now. */
  readonly sim: number;
  /** How late the latest errand was begun, in ms: grows when the server is slower than the replay. */
  readonly lateMs: number;
}

export interface Replay {
  /** Resolves when the year has ended or the signal stopped it; rejects when the server refuses the replay itself. */
  run(): Promise<'ended' | 'stopped'>;
  progress(): ReplayProgress;
  /** Sends an order again, for its token: an earlier process knew it. */
  orderAgain(basket: OnlineBasket): Promise<void>;
}

/** Requests under way at once: enough to keep the journal's commits full, few enough to stop within a moment. */
const ERRANDS_MAX = 8;
/** How far ahead of what was sent the cursor says we might be, in ms of today. */
const HORIZON_MS = 5_000;
/** Between two writes of the cursor, in ms. */
const SAVE_MS = 1_000;

export function createReplay(options: ReplayOptions): Replay {
  const { now = Date.now, wait = waitMs, signal } = options;
  const list = options.errands ?? errands;
  const tally: Tally = { messages: 0, rows: 0, refused: 0, orders: 0, firstRefusals: [] };
  const underWay = new UnderWay(ERRANDS_MAX);
  const mapTime = (at: number, sentAt: number): number => writtenOf(anchors, at, sentAt);
  const stopping = (): boolean => signal.aborted || underWay.failure !== undefined;
  const placedAt = ({ at }: OnlineBasket): number => wallOf(anchors, at);
  const tools = { send: options.send, tally, writer: options.writer, placedAt, onOrder: options.onOrder };
  let anchors: readonly Anchor[] = [];
  let horizon = OPENING_AT;
  let begun = OPENING_AT;
  let savedAt = 0;
  let lateMs = 0;
  let phase: ReplayProgress['phase'] = 'opening';

  async function save(): Promise<void> {
    savedAt = now();
    await saveCursor(options.cursorFile, { anchors, done: Math.min(begun, underWay.answeredTo), horizon });
  }

  async function run(): Promise<'ended' | 'stopped'> {
    const cursor = await loadCursor(options.cursorFile);
    anchors = continued(cursor?.anchors ?? [], (cursor?.horizon ?? OPENING_AT - 1) + 1, now(), options.speed);
    horizon = cursor?.horizon ?? OPENING_AT;
    begun = cursor?.done ?? OPENING_AT;
    await save();
    const from = begun;
    for (const errand of list({ from, to: YEAR_BEGIN, mapTime })) {
      if (stopping()) break;
      await dispatch(errand);
    }
    await underWay.idle();
    // The year begins when its stock is there.
    if (horizon === OPENING_AT) anchors = continued(anchors, YEAR_BEGIN, now(), options.speed);
    phase = 'running';
    for (const errand of list({ from: Math.max(from, YEAR_BEGIN), mapTime })) {
      await moment(errand.at);
      if (stopping()) break;
      await dispatch(errand);
    }
    return finish();
  }

  async function moment(at: number): Promise<void> {
    for (;;) {
      const early = wallOf(anchors, at) - now();
      lateMs = Math.max(0, -early);
      if (early <= 0 || stopping()) return;
      await wait(Math.min(early, SAVE_MS), signal);
    }
  }

  async function dispatch(errand: Errand): Promise<void> {
    if (errand.at > horizon) {
      horizon = errand.at + HORIZON_MS * (anchors.at(-1) as Anchor).speed;
      await save();
    } else if (now() - savedAt >= SAVE_MS) await save();
    begun = errand.at;
    await underWay.begin(errand.at, () => runErrand(errand, tools));
  }

  async function finish(): Promise<'ended' | 'stopped'> {
    await underWay.idle();
    if (!stopping()) begun = horizon = YEAR_END;
    await save();
    phase = stopping() ? 'stopped' : 'ended';
    if (underWay.failure !== undefined && !signal.aborted) throw underWay.failure;
    return phase;
  }

  return {
    run,
    orderAgain: (basket) => runErrand({ do: 'order', at: basket.at, basket }, { ...tools, tally: { ...tally } }),
    progress: () => ({ ...tally, phase, lateMs, sim: anchors.length === 0 ? OPENING_AT : simOf(anchors, now()) }),
  };
}

/** First moment after the opening stock. */
const YEAR_BEGIN = OPENING_AT + 1;
/** After every message of the year. */
const YEAR_END = OPENING_AT + 366 * 86_400_000;
