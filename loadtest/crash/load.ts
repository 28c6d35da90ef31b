import type { Random } from '../random.ts';
import { sameAnswer } from '../verify/rush-client.ts';
import type { PlannedLine } from '../verify/rush-plan.ts';
import { release, reserve, send } from './asking.ts';
import { type ClientLog, reservationOf, type TryEntry } from './client-log.ts';
import type { FeedWriter } from './feed-messages.ts';
import type { Findings } from './findings.ts';
import { orderOnce } from './order-load.ts';
import { CHANNEL, CONTESTED_SKUS, GROUPS, MOVING_SKUS, NODES, ORDERED_SKUS } from './retailer.ts';
import type { Wire } from './wire.ts';

// Everything at once, without a pause, until told to stop: feeds, reservations of one shard and of several, releases,
// repeated keys, and orders with all that is done about them. Each lane asks one thing at a time and writes down what it was told.

export interface LoadTools {
  readonly wire: Wire;
  readonly log: ClientLog;
  readonly writer: FeedWriter;
  readonly chance: Random;
  readonly findings: Findings;
  /** Names of keys; unique over the run. */
  readonly nextKey: () => string;
  /** Orders and work orders that a lane has in its hands. */
  readonly busy: Set<string>;
}

const LANES = 8;
/** Holds at once: below the engine's bound per client, and enough that what is fought over runs out. */
const HELD_MAX = 250;
const HOLD_LONG_MS = 4 * 3_600_000;

/** Ends when `stopped` says so, or after so many requests. */
export async function load(tools: LoadTools, stopped: () => boolean, requestsMax = Infinity): Promise<void> {
  let requests = 0;
  const lane = async (): Promise<void> => {
    while (!stopped() && requests++ < requestsMax) {
      // The server has gone: nobody answers any more, and nothing is gained by asking.
      if (!(await once(tools))) return;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function once(tools: LoadTools): Promise<boolean> {
  const dice = tools.chance.next();
  if (dice < 0.25) return sendNext(tools);
  if (dice < 0.5) return reserveNew(tools);
  if (dice < 0.58) return releaseOne(tools);
  if (dice < 0.65) return repeatKey(tools);
  return orderOnce(tools);
}

async function sendNext({ wire, log, writer, chance, findings }: LoadTools): Promise<boolean> {
  const message = writer.next(Date.now());
  const entry = log.sent(message);
  const sent = await send(wire, message);
  if (sent === undefined) return false;
  if (sent.is === 'strange') findings.add('unexpected', sent.says);
  else {
    log.ackedFeed(entry);
    if (sent.duplicates > 0) findings.add('unexpected', `${message.source}: new events were called duplicates`);
  }
  if (!chance.chance(0.1)) return true;
  // The source did not hear the answer and sends it again.
  const again = await send(wire, message);
  if (again?.is === 'taken' && again.recorded > 0) findings.add('doubleEffects', `${message.source}: recorded twice`);
  return again !== undefined;
}

async function reserveNew(tools: LoadTools): Promise<boolean> {
  const { wire, log, chance } = tools;
  if (log.heldAt(Date.now()).length >= HELD_MAX) return releaseOne(tools);
  const entry = log.asked(planned(tools));
  const answers = await Promise.all([reserve(wire, entry), chance.chance(0.15) ? reserve(wire, entry) : undefined]);
  const [first, second] = answers;
  const answer = first ?? second;
  if (answer === undefined) return false;
  log.answered(entry, answer);
  if (answer.is === 'refused' && answer.code !== 'units-exceed-available') {
    tools.findings.add('unexpected', `${entry.key} was refused with ${answer.code}`);
  }
  if (first !== undefined && second !== undefined && !sameAnswer(first, second)) {
    tools.findings.add('doubleEffects', `${entry.key}: sent twice at once, answered differently`);
  }
  return true;
}

function planned({ chance, nextKey }: LoadTools): Omit<TryEntry, 'answer' | 'release'> {
  const count = chance.chance(0.4) ? chance.between(2, 4) : 1;
  const isCart = chance.chance(0.15);
  return {
    key: nextKey(),
    channel: CHANNEL,
    lines: Array.from({ length: count }, () => oneLine(chance, isCart)),
    holdMs: chance.chance(0.15) ? chance.between(1_000, 2_000) : HOLD_LONG_MS,
    partial: chance.chance(0.1),
  };
}

function oneLine(chance: Random, isCart: boolean): PlannedLine {
  const sku = chance.pick(isCart ? ORDERED_SKUS : chance.chance(0.8) ? CONTESTED_SKUS : MOVING_SKUS);
  const units = chance.between(1, 4);
  return chance.chance(0.5)
    ? { sku, units, group: chance.pick(Object.keys(GROUPS)) }
    : { sku, units, node: chance.pick(NODES) };
}

async function releaseOne({ wire, log, chance, findings }: LoadTools): Promise<boolean> {
  const held = log.heldAt(Date.now()).filter((entry) => entry.release === 'no');
  if (held.length === 0) return true;
  const entry = chance.pick(held);
  log.releasing(entry);
  const outcome = await release(wire, reservationOf(entry).id);
  if (outcome === undefined) return false;
  settleRelease(log, entry, outcome, findings);
  return true;
}

/** Writes down how a release was answered. Too late is right only when its time was over. */
export function settleRelease(
  log: ClientLog,
  entry: ReturnType<ClientLog['heldAt']>[number],
  outcome: NonNullable<Awaited<ReturnType<typeof release>>>,
  findings: Findings,
): void {
  log.released(entry, outcome.is === 'released' ? 'done' : 'refused');
  const { id, expiresAt } = reservationOf(entry);
  if (outcome.is === 'strange') findings.add('ackedLost', outcome.says);
  if (outcome.is === 'already-ended' && Date.now() < expiresAt) {
    findings.add('ackedLost', `${id} was held, giving it back was answered already-ended`);
  }
}

async function repeatKey({ wire, log, chance, findings }: LoadTools): Promise<boolean> {
  if (log.tries.length === 0) return true;
  const entry = chance.pick(log.tries);
  // Read before asking: another lane may be told meanwhile.
  const { answer } = entry;
  const other = chance.chance(0.3);
  const again = await reserve(wire, other ? { ...entry, holdMs: entry.holdMs + 1 } : entry);
  if (again === undefined) return false;
  if (other && answer !== undefined && !(again.is === 'refused' && again.code === 'key-reused')) {
    findings.add('doubleEffects', `${entry.key}: the key with other content was not refused`);
  }
  if (!other && answer !== undefined && !sameAnswer(answer, again)) {
    findings.add('doubleEffects', `${entry.key}: sent again, answered differently`);
  }
  return true;
}
