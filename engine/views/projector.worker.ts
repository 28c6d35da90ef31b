import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { assert, unreachable } from '../contract/assert.ts';
import { type AnchorSettings, keepAnchors } from './anchors.ts';
import { Evidence } from './evidence.ts';
import { explainSku } from './explain-sku.ts';
import { giveWay } from './give-way.ts';
import { ledgerPage } from './ledger-query.ts';
import type { AfterMessage, AnswerTo, FromProjector, HeadMessage, Question, ToProjector } from './messages.ts';
import { answerAboutOrders, isAboutOrders } from './order-answers.ts';
import {
  ORDER_FACTS_PER_LONG_STEP,
  ORDER_FACTS_PER_STEP,
  OrderProjector,
  type OrderProjectorSettings,
} from './order-projector.ts';
import { FACTS_PER_LONG_STEP, FACTS_PER_STEP, Projector, type ProjectorSettings } from './projector.ts';
import { WaitingAsks } from './waiting-asks.ts';

// Wiring only: the journal's heads and main's questions to Projector. Whatever throws here ends the thread; the engine
// goes on without a ledger and says so.

/**
 * Rest after catching up, in ms, so that the facts of many commits share one of SQLite: at 20,000 facts/s 2,000 together
 * cost 7.4 µs of CPU each, 500 together 9.8 µs. Nobody who waits for a position waits for it.
 */
const REST_MS = 100;
/**
 * The same while somebody follows an outfeed: what comes one by one is shown soon, and when much comes 500 facts share a
 * commit at 20,000/s.
 */
const FOLLOWED_REST_MS = 5;
const FOLLOWED_BUSY_REST_MS = 25;
/** Facts of one step that are much. */
const BUSY_FACTS = 100;

/** How often it looks whether a snapshot is to be kept, in ms. */
const ANCHORS_EVERY_MS = 600_000;
const DAY_MS = 86_400_000;

export interface ProjectorThreadData
  extends Omit<ProjectorSettings, 'log'>, Omit<OrderProjectorSettings, 'log'>, Omit<AnchorSettings, 'keepMs'> {
  readonly journalPort: MessagePort;
}

const { journalPort, ...settings } = workerData as ProjectorThreadData;
assert(parentPort !== null, () => 'the projector runs in a thread');
const main = parentPort;
const say = (message: FromProjector): void => main.postMessage(message);

giveWay();

type Ask = Extract<ToProjector, { type: 'ask' }>;

const log = (line: string): void => say({ type: 'log', line });
const projector = new Projector({ ...settings, log });
const orders = new OrderProjector({ ...settings, log });
const waiting = new WaitingAsks<Ask>();
let head = settings.head;
let closing = false;
let begun = false;
let followed = false;
let resting: NodeJS.Timeout | undefined;

/** One commit of each file, then whoever waited for it, then the next turn of the loop: questions come between. */
function readOn(): void {
  if (closing) return;
  const before = reached();
  const isAwaited = waiting.size > 0;
  const ordersDone = orders.step(head, isAwaited ? ORDER_FACTS_PER_STEP : ORDER_FACTS_PER_LONG_STEP);
  // Most facts are of stock, which orders only pass over: who asks about orders need not wait for the ledger.
  answerWaiting();
  const ledgerDone = projector.step(head, isAwaited ? FACTS_PER_STEP : FACTS_PER_LONG_STEP);
  const done = ledgerDone && ordersDone;
  const position = reached();
  say({ type: 'progress', position, outfeeds: projector.takeMoved(), work: projector.takeMovedWork() });
  answerWaiting();
  if (!done) setImmediate(readOn);
  else if (waiting.size > 0) askOn();
  else resting = setTimeout(askOn, restMs(position - before));
}

/** Newest position that is in both files. */
function reached(): number {
  return Math.min(projector.progress.position, orders.progress.position);
}

/** How far everything reaches. */
function sayAll(): void {
  const { outfeeds, work } = projector.file;
  say({ type: 'progress', position: reached(), outfeeds: outfeeds.states(), work: work.states() });
}

function restMs(facts: number): number {
  if (!followed) return REST_MS;
  return facts < BUSY_FACTS ? FOLLOWED_REST_MS : FOLLOWED_BUSY_REST_MS;
}

function askOn(): void {
  resting = undefined;
  if (!closing) journalPort.postMessage({ after: head } satisfies AfterMessage);
}

function answerWaiting(): void {
  if (waiting.size === 0) return;
  const { ready, late } = waiting.take(isReached, performance.now());
  for (const ask of ready) answer(ask);
  for (const { ask } of late) say({ type: 'behind', ask });
}

function isReached({ after }: Ask): boolean {
  if (after === undefined) return true;
  return 'position' in after ? orders.progress.position >= after.position : projector.has(after.shard, after.lsn);
}

function answer({ ask, question }: Ask): void {
  try {
    say({ type: 'answer', ask, said: answerTo(question) });
  } catch (error) {
    say({ type: 'failed', ask, why: String(error) });
  }
}

function answerTo(question: Question): unknown {
  if (isAboutOrders(question)) return answerAboutOrders(orders, question);
  switch (question.want) {
    case 'page':
      return ledgerPage(projector.file, question.query, question.shard);
    case 'audit': {
      const { first, firstAtMs } = projector.progress;
      return projector.file.audit.page(question.query, first > 1 ? firstAtMs : undefined);
    }
    case 'outfeed':
      if (!projector.hasCaughtUp) return 'behind' satisfies AnswerTo<'outfeed'>;
      return projector.file.outfeeds.page(question.query) ?? 'unknown';
    case 'work-log':
      if (!projector.hasCaughtUp) return 'behind' satisfies AnswerTo<'work-log'>;
      return projector.file.work.page(question.query) ?? 'unknown';
    case 'notices':
      return projector.file.notices.page(question.query, projector.progress);
    case 'explanation': {
      const { terms, shard, asked } = question;
      const { stock, lsn } = terms;
      return explainSku(terms, new Evidence(projector.file, { sku: stock.sku, shard, lsn, node: asked.node }), asked);
    }
    default:
      return unreachable(question);
  }
}

/** A disk without links answers less of the past; the ledger goes on. */
function anchor(): void {
  try {
    keepAnchors({ ...settings, keepMs: settings.historyDays * DAY_MS }, Date.now());
  } catch (error) {
    say({ type: 'log', line: `anchors: ${String(error)}; questions about the past reach back less far` });
  }
}
anchor();
setInterval(anchor, ANCHORS_EVERY_MS);

journalPort.on('message', (message: HeadMessage) => {
  head = message.head;
  if (begun) readOn();
});

main.on('message', (message: ToProjector) => {
  switch (message.type) {
    case 'ask': {
      const { waitMs } = message;
      if (isReached(message)) return answer(message);
      waiting.add({ ask: message, untilMs: performance.now() + waitMs });
      setTimeout(answerWaiting, waitMs + 1);
      if (resting === undefined) return;
      clearTimeout(resting);
      return askOn();
    }
    case 'begin':
      begun = true;
      projector.begin(message.batches);
      sayAll();
      return readOn();
    case 'follow':
      followed = message.on;
      return;
    case 'close':
      closing = true;
      clearTimeout(resting);
      journalPort.close();
      projector.close();
      orders.close();
      return say({ type: 'closed' });
    default:
      return unreachable(message);
  }
});
