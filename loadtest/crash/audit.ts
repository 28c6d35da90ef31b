import { setTimeout as wait } from 'node:timers/promises';
import type { ReservationInfo } from '../../gateway/protocol/reservation-bodies.ts';
import type { Random } from '../random.ts';
import { inLanes } from '../verify/lanes.ts';
import { codeOf, sameAnswer } from '../verify/rush-client.ts';
import { answered, POLL_MS, release, reserve, send } from './asking.ts';
import { auditOrders } from './order-audit.ts';
import { type ClientLog, type FeedEntry, isReserved, reservationOf, type TryEntry } from './client-log.ts';
import type { Findings } from './findings.ts';
import { settleRelease } from './load.ts';
import { compareStock } from './stock-sums.ts';
import type { Wire } from './wire.ts';

// After a restart: what was never answered is asked again until it is; what was acknowledged is asked again too and must
// be known, with the same answer. Then the sums must fit to the unit.

export interface AuditScope {
  /** Entries of the log from these indexes on are all looked at. */
  readonly feedsFrom: number;
  readonly triesFrom: number;
  readonly ordersFrom: number;
  readonly handsFrom: number;
  readonly staffFrom: number;
  /** So many older ones of each, by chance. */
  readonly older: number;
}

const LANES = 8;
/** A saga that the crash cut is finished, and an expiry written down, well within this, in ms. */
const SETTLE_MS_MAX = 10_000;

export async function audit(
  { wire, log, findings }: { wire: Wire; log: ClientLog; findings: Findings },
  chance: Random,
  scope: AuditScope,
): Promise<void> {
  const { feedsFrom, triesFrom, older } = scope;
  const feeds = new Set([...log.feeds.slice(feedsFrom), ...some(log.feeds.slice(0, feedsFrom), older, chance)]);
  await inLanes([...feeds], LANES, (entry) => checkFeed(wire, log, entry, findings));
  await auditOrders({ wire, log, findings }, (from, list) => [
    ...new Set([...list.slice(scope[from]), ...some(list.slice(0, scope[from]), older, chance)]),
  ]);
  const tries = new Set([
    ...log.unsureReleases,
    ...log.tries.slice(triesFrom),
    ...some(log.tries.slice(0, triesFrom), older, chance),
  ]);
  await inLanes([...tries], LANES, (entry) => checkTry(wire, log, entry, findings));
  await settleSums(wire, log, findings);
}

function some<T>(from: readonly T[], count: number, chance: Random): readonly T[] {
  return from.length <= count ? from : Array.from({ length: count }, () => chance.pick(from));
}

async function checkFeed(wire: Wire, log: ClientLog, entry: FeedEntry, findings: Findings): Promise<void> {
  const again = await answered(() => send(wire, entry.message));
  if (again.is === 'strange') findings.add(entry.acked ? 'ackedLost' : 'unexpected', again.says);
  else if (!entry.acked) log.ackedFeed(entry);
  else if (again.recorded > 0) {
    findings.add('ackedLost', `${again.recorded} acknowledged events of ${entry.message.source} were not known`);
  }
}

async function checkTry(wire: Wire, log: ClientLog, entry: TryEntry, findings: Findings): Promise<void> {
  const before = entry.answer;
  const again = await answered(() => reserve(wire, entry));
  if (before === undefined) log.answered(entry, again);
  else if (!sameAnswer(before, again)) {
    findings.add('ackedLost', `${entry.key}: was answered ${JSON.stringify(before)}, now ${JSON.stringify(again)}`);
  }
  if (!isReserved(entry)) return;
  if (entry.release === 'asked') {
    settleRelease(log, entry, await answered(() => release(wire, reservationOf(entry).id)), findings);
  }
  await checkState(wire, entry, findings);
}

async function checkState(wire: Wire, entry: Parameters<typeof reservationOf>[0], findings: Findings): Promise<void> {
  const { id, expiresAt } = reservationOf(entry);
  const until = performance.now() + SETTLE_MS_MAX;
  const askedAt = Date.now();
  let state = await stateOf(wire, id);
  // Its order is known, and is on its way to what it holds.
  while (entry.release === 'ordered' && state === 'held' && performance.now() < until) {
    await wait(POLL_MS);
    state = await stateOf(wire, id);
  }
  const right =
    entry.release === 'done'
      ? state === 'released'
      : entry.release === 'ordered'
        ? state === 'allocated'
        : (state === 'held' && askedAt < expiresAt + CLOCK_MS) || (state === 'expired' && Date.now() >= expiresAt);
  if (!right) findings.add('ackedLost', `${entry.key}: ${id} is ${state}, by the log it is ${entry.release}`);
}

async function stateOf(wire: Wire, id: string): Promise<string> {
  const reply = await answered(() => wire.ask('GET', `/v1/reservations/${id}`));
  return reply.status === 200 ? (reply.body as ReservationInfo).state : codeOf(reply);
}

/** The server holds a hold's time by a clock that never runs backwards; ours may be read a moment apart, in ms. */
const CLOCK_MS = 100;

export async function settleSums(wire: Wire, log: ClientLog, findings: Findings): Promise<void> {
  const until = performance.now() + SETTLE_MS_MAX;
  for (;;) {
    const differences = await compareStock(wire, log);
    if (differences.length === 0) return;
    if (performance.now() >= until) {
      for (const { finding, words } of differences) findings.add(finding, words);
      return;
    }
    await wait(POLL_MS);
  }
}
