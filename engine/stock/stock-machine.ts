import { unreachable } from '../contract/assert.ts';
import type { StockChange } from '../contract/change.ts';
import type { StockCommand } from '../contract/command.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { Decision, Machine, OpenCount, ShardRequest, StateImage } from '../contract/machine.ts';
import type { StockAnswer, StockQuery } from '../contract/query.ts';
import {
  applyPartEnded,
  applyPartHeld,
  applyPartRefused,
  applyReleased,
  applyReservationRefused,
  applyReserved,
} from './apply-hold.ts';
import { applyExtended, applyMoved, applyPartMoved, applyPartMoveRefused } from './apply-move.ts';
import {
  applyAllocated,
  applyAllocationMoved,
  applyAllocationReduced,
  applyAllocationRefused,
  applyCameBack,
  applyDeparted,
  applyHeldAllocated,
} from './apply-allocation.ts';
import { applyReference } from './apply-reference.ts';
import { applySafetyDates } from './apply-safety.ts';
import { applyTransferred, applyWrittenOff } from './apply-transfer.ts';
import { applyAwaited, applyWaitingStopped } from './await-units.ts';
import { settleSkus } from './close-sku.ts';
import { applyCorrection, decideCorrection } from './corrections.ts';
import { decideAllocatePart, decideAllocation } from './decide-allocation.ts';
import { decideApply } from './decide-apply.ts';
import { decideExtend } from './decide-extend.ts';
import { decideMove, decideMovePart } from './decide-move.ts';
import { decideEndPart, decideHoldPart } from './decide-part.ts';
import { decideRelease, decideReserve, expire } from './decide-reserve.ts';
import { applyShort } from './declare-short.ts';
import { forgetExpected } from './expect.ts';
import { IdentityMemo, type RecordedEvent } from './event-identity.ts';
import { judgeEvent } from './feeds.ts';
import { applyNodeSilence, decideNodeSilence } from './node-silence.ts';
import { noteOwnerHeard, outstandingHeard, ownerHeardRequests } from './owner-heard.ts';
import { readNodes } from './read-nodes.ts';
import { recordEvent } from './record-event.ts';
import { applyRepaired, decideRepair } from './repairs.ts';
import { applyServed, heardFacts, outstandingCame, serveWaiting } from './serve-waiting.ts';
import { settleShortfalls } from './shortfalls.ts';
import { changeOf } from './stock-answers.ts';
import { beginImage, digestState, ImageHeader, restoreImage } from './stock-image.ts';
import { answerQuery, type EventCounts } from './stock-queries.ts';
import { newStockState, type StockSettings, type StockState } from './stock-state.ts';

export type { StockSettings };

/** Holds one tick lets expire: a flood of expiries is spread over ticks, and other commands get their turn. */
const EXPIRED_PER_TICK = 4_096;

type StockDecision = Decision<StockFact>;

/** The state machine of one stock shard: every position of the skus it owns (SPEC.md §§2–4). */
export function createStockMachine(settings: StockSettings): Machine<StockCommand, StockFact, StockQuery, StockAnswer> {
  return new StockMachine(settings);
}

class StockMachine implements Machine<StockCommand, StockFact, StockQuery, StockAnswer> {
  private readonly state: StockState;
  private readonly header: ImageHeader;
  private readonly identities = new IdentityMemo();
  private readonly counts: EventCounts = { recorded: 0, duplicates: 0, refused: 0 };
  /** The event accepted last and when it was received: its fact is applied next. */
  private accepted: { readonly event: RecordedEvent; readonly receivedAt: number } | undefined;

  constructor(settings: StockSettings) {
    this.state = newStockState(settings);
    this.header = new ImageHeader(this.state);
  }

  decide(command: StockCommand, atMs: number): StockDecision {
    switch (command.do) {
      case 'record':
        return this.decideRecord(command, atMs);
      case 'apply':
        return decideApply(this.state, command, atMs);
      case 'reserve':
        return withoutRequests(decideReserve(this.state, command, atMs));
      case 'release':
        return withoutRequests(decideRelease(this.state, command, atMs));
      case 'extend':
        return withoutRequests(decideExtend(this.state, command.request, atMs));
      case 'move':
        return withoutRequests(decideMove(this.state, command.request, atMs));
      case 'move-part':
        return { outcome: { status: 'applied' }, ...decideMovePart(this.state, command, atMs) };
      case 'hold-part':
        return { outcome: { status: 'applied' }, ...decideHoldPart(this.state, command, atMs) };
      case 'end-part':
        return { outcome: { status: 'applied' }, ...decideEndPart(this.state, command, atMs) };
      case 'allocate':
      case 'allocate-held':
      case 'move-allocated':
      case 'reduce-allocated':
      case 'ship-allocated':
      case 'take-back':
      case 'transfer':
      case 'write-off':
      case 'await-units':
      case 'stop-waiting':
      case 'declare-short':
        return decideAllocation(this.state, command, atMs);
      case 'read-nodes':
        return { ...accepted([]), requests: [readNodes(this.state, command)] };
      case 'units-heard':
        return accepted(heardFacts(this.state, command, atMs));
      case 'node-silence':
        return decideNodeSilence(this.state, command, atMs);
      case 'allocate-part':
        return { outcome: { status: 'applied' }, ...decideAllocatePart(this.state, command, atMs) };
      case 'correct':
        return { ...decideCorrection(this.state, command.request, atMs), requests: [] };
      case 'repair-sums':
        return { ...decideRepair(this.state, command.request, atMs), requests: [] };
      case 'tick':
        return this.decideTick(atMs);
      default:
        return unreachable(command);
    }
  }

  /** What time gives back comes first, so that those who wait for it are served from what is there by then. */
  private decideTick(atMs: number): StockDecision {
    const dates = this.datesReached(atMs);
    const over = this.state.holds.expired(atMs).slice(0, EXPIRED_PER_TICK);
    if (dates.length > 0) return accepted([...dates, ...expire(over, atMs)]);
    const moved = new Set(over.flatMap(({ lines }) => lines.map(({ sku }) => sku)));
    const { facts, requests } = serveWaiting(this.state, moved, atMs);
    return { ...accepted([...expire(over, atMs), ...facts]), requests };
  }

  private datesReached(atMs: number): StockFact[] {
    const { safety, bandDates } = this.state;
    const facts: StockFact[] = [];
    if (safety.nextDateMs <= atMs) facts.push({ fact: 'SafetyDatesReached', at: atMs });
    if (bandDates.nextMs <= atMs) facts.push({ fact: 'BandDatesReached', at: atMs });
    return facts;
  }

  private decideRecord(command: Extract<StockCommand, { do: 'record' }>, atMs: number): StockDecision {
    const { event, receivedAt, approvedBy } = command;
    const judged = judgeEvent(this.state, command, () => this.identities.of(event), atMs);
    if (judged.status !== 'accepted') {
      if (judged.status === 'duplicate') this.counts.duplicates++;
      else this.counts.refused++;
      return { outcome: judged, facts: [], requests: [] };
    }
    this.counts.recorded++;
    this.accepted = { event, receivedAt };
    const position = `${this.state.settings.shard}.${this.state.lsn + 1}`;
    const recorded: StockFact = { fact: 'StockRecorded', at: atMs, event, ...judged.units };
    const fact: StockFact = approvedBy === undefined ? recorded : { ...recorded, approvedBy };
    return {
      outcome: { status: 'recorded', position },
      facts: [fact],
      requests: ownerHeardRequests(this.state, event, atMs),
    };
  }

  evolve(fact: StockFact, lsn: number): void {
    const { state } = this;
    state.holds.forgetOld(fact.at);
    state.keys.forgetOld(fact.at);
    state.parts.forgetOld(fact.at);
    state.steps.forgetOld(fact.at);
    state.corrections.forgetOld(fact.at);
    forgetExpected(state, fact.at);
    state.atMs = fact.at;
    this.apply(fact, lsn);
    settleShortfalls(state, fact, lsn);
    state.lsn = lsn;
  }

  private apply(fact: StockFact, lsn: number): void {
    const { state } = this;
    switch (fact.fact) {
      case 'StockRecorded':
        return this.applyRecorded(fact, lsn);
      case 'ReferenceApplied':
        return applyReference(state, fact, lsn);
      case 'SafetyDatesReached':
        return applySafetyDates(state, fact, lsn);
      case 'BandDatesReached':
        return settleSkus(state, state.bandDates.reached(fact.at), lsn);
      case 'NodeWentStale':
      case 'SilenceStepReached':
      case 'NodeCameBack':
        return applyNodeSilence(state, fact, lsn);
      case 'UnitsReserved':
        return applyReserved(state, fact, lsn);
      case 'ReservationRefused':
        return applyReservationRefused(state, fact, lsn);
      case 'UnitsReleased':
        return applyReleased(state, fact, lsn);
      case 'HoldExtended':
        return applyExtended(state, fact);
      case 'UnitsMoved':
        return applyMoved(state, fact, lsn);
      case 'PartMoved':
        return applyPartMoved(state, fact, lsn);
      case 'PartMoveRefused':
        return applyPartMoveRefused(state, fact);
      case 'PartHeld':
        return applyPartHeld(state, fact, lsn);
      case 'PartRefused':
        return applyPartRefused(state, fact);
      case 'PartEnded':
        return applyPartEnded(state, fact, lsn);
      case 'StockCorrected':
        return applyCorrection(state, fact, lsn);
      case 'SumsRepaired':
        return applyRepaired(state, fact, lsn);
      case 'UnitsAllocated':
        return applyAllocated(state, fact, lsn);
      case 'HeldAllocated':
        return applyHeldAllocated(state, fact, lsn);
      case 'AllocationMoved':
        return applyAllocationMoved(state, fact, lsn);
      case 'AllocationReduced':
        return applyAllocationReduced(state, fact, lsn);
      case 'UnitsDeparted':
        return applyDeparted(state, fact, lsn);
      case 'UnitsCameBack':
        return applyCameBack(state, fact, lsn);
      case 'UnitsTransferred':
        return applyTransferred(state, fact, lsn);
      case 'UnitsWrittenOff':
        return applyWrittenOff(state, fact, lsn);
      case 'UnitsAwaited':
        return applyAwaited(state, fact, lsn);
      case 'WaitingStopped':
        return applyWaitingStopped(state, fact, lsn);
      case 'UnitsServed':
        return applyServed(state, fact, lsn);
      case 'ServingHeard':
        return state.waiting.hear(fact.serving);
      case 'ShortDeclared':
        return applyShort(state, fact, lsn);
      case 'AllocationRefused':
        return applyAllocationRefused(state, fact);
      default:
        return unreachable(fact);
    }
  }

  private applyRecorded(fact: Extract<StockFact, { fact: 'StockRecorded' }>, lsn: number): void {
    const { touched } = this.state;
    touched.receivedAt = this.accepted?.event === fact.event ? this.accepted.receivedAt : 0;
    recordEvent(this.state, fact, this.identities.of(fact.event), lsn);
    touched.receivedAt = 0;
    noteOwnerHeard(this.state, fact.event, fact.at);
  }

  dueAt(): number {
    const { holds, safety, bandDates, waiting } = this.state;
    // What has come for those who wait is theirs at once.
    if (waiting.due.size > 0) return 0;
    return Math.min(holds.nextExpiry(), safety.nextDateMs, bandDates.nextMs);
  }

  takeChanges(atMs: number): StockChange[] {
    const changes: StockChange[] = [];
    for (const [sku, touched] of this.state.touched.take()) changes.push(changeOf(this.state, sku, touched, atMs));
    return changes;
  }

  takeOpen(): readonly OpenCount[] {
    return this.state.holds.takeOpen();
  }

  answer(query: StockQuery, atMs: number): StockAnswer {
    return answerQuery(this.state, this.counts, query, atMs);
  }

  /** Of sagas none: a stock shard answers, and whoever missed the answer asks again. */
  outstanding(): readonly ShardRequest[] {
    return [...outstandingHeard(this.state), ...outstandingCame(this.state)];
  }

  beginImage(): StateImage {
    return beginImage(this.state, this.header);
  }

  restore(header: Uint8Array, pages: Iterable<{ readonly page: number; readonly bytes: Uint8Array }>): void {
    restoreImage(this.state, header, pages);
  }

  digest(): string {
    return digestState(this.state, this.header);
  }
}

/** Written out, not spread: this is asked for every reservation. */
function withoutRequests({ outcome, facts }: Pick<StockDecision, 'outcome' | 'facts'>): StockDecision {
  return { outcome, facts, requests: NONE };
}

const NONE: StockDecision['requests'] = [];

function accepted(facts: readonly StockFact[]): StockDecision {
  return { outcome: { status: 'applied' }, facts, requests: [] };
}
