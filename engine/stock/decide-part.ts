import type { StockFact } from '../contract/stock-fact.ts';
import type { ShardRequest } from '../contract/machine.ts';
import { refuse, sticksToKey, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import type { StockPortCommand, StockPortReply } from '../contract/stock-port.ts';
import { expire, overdue } from './decide-reserve.ts';
import { KEY_KEPT_MS } from './remembered.ts';
import { quotaRefusal } from './quota.ts';
import { grantLines } from './reserve-lines.ts';
import type { StockState } from './stock-state.ts';
import { wantedLines } from './wanted-lines.ts';

// decide() for this shard's part of a hold that spans shards. The same request again gets the same answer.

type HoldPart = Extract<StockPortCommand, { do: 'hold-part' }>;
type EndPart = Extract<StockPortCommand, { do: 'end-part' }>;
type PartOutcome = Extract<StockPortReply, { do: 'part-held' }>['outcome'];

/**
 * A request that comes so long after the start of its saga may be a repetition whose part is forgotten (a machine that
 * slept has them): a new part would be held for nobody. Half of the time that parts are remembered after their end, so
 * that no difference between the clocks of two shards matters.
 */
const LATE_MS = KEY_KEPT_MS / 2;

interface Decided {
  readonly facts: readonly StockFact[];
  readonly requests: readonly ShardRequest[];
}

export function decideHoldPart(state: StockState, command: HoldPart, atMs: number): Decided {
  const { saga, startedAt, channel, client, customer, keyDigest } = command;
  const known = state.parts.find(saga);
  if (known !== undefined) return { facts: [], requests: [held(state, command, known.answer)] };
  if (atMs - startedAt >= LATE_MS) return { facts: [], requests: [held(state, command, GIVEN_UP)] };
  const expired = overdue(state, atMs);
  const granted = linesFor(state, command, expired);
  if ('status' in granted) {
    const key = sticksToKey(granted.code) ? { keyDigest } : {};
    const refused: StockFact = { fact: 'PartRefused', at: atMs, saga, ...key, refusal: granted };
    return { facts: [refused], requests: [held(state, command, granted)] };
  }
  const whose = { keyDigest, client, ...(customer !== undefined && { customer }) };
  const part: StockFact = { fact: 'PartHeld', at: atMs, saga, ...whose, channel, ...granted };
  const facts = [...expire(expired, atMs), part];
  return { facts, requests: [held(state, command, { status: 'held', lines: granted.lines })] };
}

function linesFor(
  state: StockState,
  command: HoldPart,
  expired: ReturnType<StockState['holds']['expired']>,
): ReturnType<typeof grantLines> {
  // The coordinator knows its own keys; here somebody may have used it for a sku of this shard alone.
  if (state.keys.has(command.keyDigest)) return refuse('key-reused', { field: 'key' });
  const wanted = wantedLines(state, command);
  if ('status' in wanted) return wanted;
  const overQuota = quotaRefusal(state, command, wanted.lines, expired);
  if (overQuota !== undefined) return overQuota;
  return grantLines(
    state,
    wanted,
    expired.flatMap((hold) => hold.lines),
  );
}

function held(state: StockState, { saga, replyTo }: HoldPart, outcome: PartOutcome): ShardRequest {
  return { shard: replyTo, command: { do: 'part-held', saga, shard: state.settings.shard, outcome } };
}

/** Also without a part: the coordinator gave up first, and the request that still comes must stay without effect. */
export function decideEndPart(state: StockState, command: EndPart, atMs: number): Decided {
  const { saga, replyTo, reason, forgetsKey } = command;
  const isEnded = state.parts.find(saga)?.ended === true;
  const forgets = forgetsKey === true ? { forgetsKey } : {};
  const ended: StockFact = { fact: 'PartEnded', at: atMs, saga, end: reason, ...forgets };
  const reply: ShardRequest = { shard: replyTo, command: { do: 'part-ended', saga, shard: state.settings.shard } };
  return { facts: isEnded ? [] : [ended], requests: [reply] };
}

/** What a request is told that arrives after its saga was given up; nobody waits for it any more. */
export const GIVEN_UP: Refused<ReserveRefusal> = refuse('units-exceed-available');
