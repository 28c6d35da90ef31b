import { unreachable } from '../contract/assert.ts';
import type { MovedUnits, SilenceFact, StockFact, TakenUnits } from '../contract/stock-fact.ts';
import type { NodeId } from '../contract/ids.ts';
import { STAFF } from '../contract/correction.ts';
import type { EventId } from '../contract/ids.ts';
import type { Movement, MovementDetail } from '../contract/ledger.ts';
import { isOfSku, skuOfKey, type SafetyRef } from '../contract/reference.ts';
import type { WrongSum } from '../contract/repair.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { CompleteEvent, DeltaEvent, HeartbeatEvent, StockEvent } from '../contract/stock-event.ts';

/** A movement before it has its place: what the fact alone says. */
export type Draft = Omit<Movement, 'row' | 'position' | 'recordedAt'>;

/** What a hold holds now as far as the ledger knows, a draft per sku and place: held less given back. */
export type HeldLines = (hold: string) => readonly Draft[];

/**
 * What a fact of a stock shard moves, one draft per line. Facts about refusals move nothing. Reference data that every
 * shard repeats is taken from the one called `first`.
 */
export function movementsOf(fact: StockFact, heldLines: HeldLines, first: boolean): readonly Draft[] {
  switch (fact.fact) {
    case 'StockRecorded':
      return [recorded(fact)];
    case 'UnitsReserved': {
      const { id, channel, client, expiresAt, lines } = fact.reservation;
      return lines.map((line) => held(line, { ref: id, channel, at: fact.at, detail: { client, expiresAt } }));
    }
    case 'PartHeld':
      return fact.lines.map((line) => held(line, { ref: fact.saga, channel: fact.channel, at: fact.at }));
    case 'UnitsReleased':
      return released(fact.id, fact, heldLines(fact.id));
    case 'PartEnded':
      return heldLines(fact.saga).length === 0 ? [] : released(fact.saga, fact, heldLines(fact.saga));
    case 'UnitsMoved':
      return moved(fact.id, fact, heldLines(fact.id));
    case 'PartMoved':
      return moved(fact.saga, fact, heldLines(fact.saga));
    case 'UnitsCameBack': {
      const { id: ref, channel, sku, units, node, movementRef, leftAt: at } = fact;
      return [{ kind: 'come-back', ref, channel, sku, units, node, at, detail: { movementRef } }];
    }
    case 'UnitsTransferred':
      return transferred(fact);
    case 'UnitsWrittenOff': {
      const { id: ref, channel, sku, to: node, units, reason, movementRef, at } = fact;
      return [{ kind: 'transit', ref, channel, sku, node, units: -units, reason, at, detail: { movementRef } }];
    }
    case 'UnitsAwaited': {
      const { id: ref, at, channel, sku, group, units, movementRef, dueAt } = fact;
      return [{ kind: 'await', ref, at, channel, sku, group, units, detail: { movementRef, dueAt } }];
    }
    case 'WaitingStopped': {
      const { id: ref, at, sku, units } = fact;
      return [{ kind: 'await', ref, at, sku, units: -units, reason: 'stopped' }];
    }
    case 'UnitsServed':
      return fact.served.flatMap(({ id: ref, channel, group, units }) => {
        const about = { ref, channel, at: fact.at, reason: 'came' };
        const line = { sku: fact.sku, units, group };
        const waited = allocated({ ...line, units: -units }, { ...about, kind: 'await' });
        return [waited, allocated(line, { ...about, kind: 'allocate' })];
      });
    case 'ShortDeclared': {
      const { id: ref, step, seenAt: at, sku, node, units, to } = fact;
      if (units === 0) return [];
      const entry = { source: STAFF, id: `${ref}.${step}` as EventId, at, postedAt: at };
      return [{ kind: 'move', ...entry, ref, sku, node, units, reason: 'short', detail: { from: 'sellable', to } }];
    }
    case 'StockCorrected': {
      const { at, sku, node, units, reason, client, keyDigest } = fact;
      const id = keyDigest as EventId;
      return [
        { kind: 'correction', source: STAFF, id, at, postedAt: at, sku, node, units, reason, detail: { client } },
      ];
    }
    case 'SumsRepaired':
      return fact.repaired.map((each) => repaired(each, fact));
    case 'UnitsAllocated':
      return fact.lines.map((line) =>
        allocated(line, { kind: 'allocate', ref: fact.id, channel: fact.channel, at: fact.at }),
      );
    case 'HeldAllocated': {
      const { id, at, channel, taken } = fact;
      const given = released(fact.from, { at, end: 'allocated' }, heldLines(fact.from));
      return [...given, ...taken.map((each) => allocated(lineOf(each), { kind: 'allocate', ref: id, channel, at }))];
    }
    case 'AllocationMoved': {
      const { sku, units, from, to } = fact.moved;
      const about = { ref: fact.id, at: fact.at, reason: 'moved' };
      return [
        allocated({ sku, units, ...from }, { kind: 'deallocate', ...about }),
        allocated({ sku, units, ...to }, { kind: 'allocate', ...about }),
      ];
    }
    case 'AllocationReduced':
      return fact.taken.map((each) => allocated(lineOf(each), { kind: 'deallocate', ref: fact.id, at: fact.at }));
    case 'UnitsDeparted': {
      const { id, as: reason, movementRef, happenedAt: at } = fact;
      const about = { kind: 'depart', ref: id, at, reason, detail: { movementRef } } as const;
      return fact.departed.map((each) => allocated(lineOf(each), about));
    }
    case 'ReferenceApplied':
      return referenced(fact, first);
    case 'NodeWentStale':
    case 'SilenceStepReached':
    case 'NodeCameBack':
      return first ? [silenced(fact)] : [];
    case 'ServingHeard':
    case 'HoldExtended':
    case 'SafetyDatesReached':
    case 'BandDatesReached':
    case 'ReservationRefused':
    case 'PartRefused':
    case 'PartMoveRefused':
    case 'AllocationRefused':
      return [];
    default:
      return unreachable(fact);
  }
}

function recorded({ event, units, approvedBy }: Extract<StockFact, { fact: 'StockRecorded' }>): Draft {
  const { detail } = detailOf(event);
  const { kind, source, id, at, postedAt, stream, epoch, seq, ref, channel, node } = event;
  return {
    kind,
    source,
    id,
    at,
    node,
    ...(event.kind !== 'complete' && { sku: event.sku }),
    // A void moves what it annuls, a complete whatever is there.
    ...(event.kind !== 'complete' && event.kind !== 'void' && { units }),
    ...(event.kind === 'delta' && { reason: event.reason }),
    ...(postedAt !== undefined && { postedAt }),
    ...(stream !== undefined && { stream }),
    ...(epoch !== undefined && { epoch }),
    ...(seq !== undefined && { seq }),
    ...(ref !== undefined && { ref }),
    ...(channel !== undefined && { channel }),
    ...(detail !== undefined && { detail }),
    ...(approvedBy !== undefined && { detail: { ...detail, approvedBy } }),
  };
}

function detailOf(event: Exclude<StockEvent, HeartbeatEvent> | CompleteEvent): { detail?: MovementDetail } {
  switch (event.kind) {
    case 'snapshot': {
      const { covers, states, expected } = event;
      return {
        detail: { covers, ...(states !== undefined && { states }), ...(expected !== undefined && { expected }) },
      };
    }
    case 'complete':
      return { detail: { covers: event.covers } };
    case 'delta':
      return deltaDetail(event);
    case 'move':
      return { detail: { from: event.from, to: event.to } };
    case 'inbound':
      return { detail: { inboundRef: event.inboundRef, dueAt: event.dueAt } };
    case 'void':
      return { detail: { voids: event.voids } };
    default:
      return unreachable(event);
  }
}

function deltaDetail({ inboundRef, expected, movementRef }: DeltaEvent): { detail?: MovementDetail } {
  if (inboundRef === undefined && expected === undefined && movementRef === undefined) return {};
  return {
    detail: {
      ...(inboundRef !== undefined && { inboundRef }),
      ...(expected !== undefined && { expected }),
      ...(movementRef !== undefined && { movementRef }),
    },
  };
}

function held(line: ReserveLine, about: Pick<Draft, 'ref' | 'channel' | 'at' | 'reason' | 'detail'>): Draft {
  const place = 'node' in line ? { node: line.node } : { group: line.group };
  return { kind: 'hold', sku: line.sku, units: line.units, ...place, ...about };
}

/** What left the sender, and what is on its way to the receiver. */
function transferred(fact: Extract<StockFact, { fact: 'UnitsTransferred' }>): readonly Draft[] {
  const { id: ref, channel, sku, from, to, units, movementRef, dueAt, leftAt: at } = fact;
  const about = { ref, channel, sku, units, at, reason: 'transferred' };
  return [
    { ...about, kind: 'depart', node: from, detail: { movementRef, to } },
    { ...about, kind: 'transit', node: to, detail: { movementRef, from, dueAt } },
    ...(fact.keep === true ? [{ ...about, kind: 'allocate', node: to, detail: { movementRef } } as const] : []),
  ];
}

function repaired(
  { sum, node, ref, channel, nodes, before, after }: WrongSum,
  { at, sku, by, reason }: Extract<StockFact, { fact: 'SumsRepaired' }>,
): Draft {
  return {
    kind: 'repair',
    at,
    sku,
    units: after,
    reason,
    ...(node !== undefined && { node }),
    ...(ref !== undefined && { ref }),
    ...(channel !== undefined && { channel }),
    detail: { client: by, sum, before, ...(nodes !== undefined && { nodes }) },
  };
}

function lineOf({ sku, units, at }: TakenUnits): ReserveLine {
  return { sku, units, ...at };
}

function allocated(line: ReserveLine, about: Omit<Draft, 'sku' | 'units' | 'node' | 'group'>): Draft {
  return { ...held(line, about), kind: about.kind };
}

/** A hold the ledger does not know is older than the ledger: that it ended is all there is to say. */
function released(ref: string, { at, end }: { at: number; end: string }, lines: readonly Draft[]): readonly Draft[] {
  const known = lines.length === 0 ? [{}] : lines;
  return known.map(({ sku, node, group, units, channel }: Partial<Draft>) => ({
    kind: 'release',
    ref,
    at,
    reason: end,
    ...(sku !== undefined && { sku }),
    ...(node !== undefined && { node }),
    ...(group !== undefined && { group }),
    ...(units !== undefined && { units }),
    ...(channel !== undefined && { channel }),
  }));
}

/** Given back where they were and held where they are now: Σ holds − Σ releases of a place is what is held there. */
function moved(
  ref: string,
  { at, moved: { sku, from, to, units } }: { readonly at: number; readonly moved: MovedUnits },
  lines: readonly Draft[],
): readonly Draft[] {
  const channel = lines.find((line) => line.channel !== undefined)?.channel;
  const about = { ref, at, reason: 'moved', ...(channel !== undefined && { channel }) };
  const taken = held({ sku, units, ...from }, about);
  return [{ ...taken, kind: 'release' }, held({ sku, units, ...to }, about)];
}

type Applied = Extract<StockFact, { fact: 'ReferenceApplied' }>;

/** Each says who made the change, as far as the journal knows. */
function referenced(fact: Applied, first: boolean): readonly Draft[] {
  const { by } = fact;
  const drafts = [...rowsOf(fact, first), ...retiredOf(fact, first)];
  return by === undefined ? drafts : drafts.map((draft) => ({ ...draft, detail: { ...draft.detail, by } }));
}

function retiredOf({ at, batch: { of }, retire = [] }: Applied, first: boolean): Draft[] {
  if (of === 'sources' || (!first && !isOfSku(of))) return [];
  return retire.map((key) => {
    const place = isOfSku(of) ? { sku: skuOfKey(key) } : of === 'nodes' ? { node: key as NodeId } : {};
    return { kind: 'reference', at, reason: of, ref: key.split('\n').at(-1)!, ...place, detail: { retired: true } };
  });
}

function rowsOf({ at, batch }: Applied, first: boolean): readonly Draft[] {
  const head = { kind: 'reference', at, reason: batch.of } as const;
  if (batch.of === 'items') {
    return batch.rows.map(({ sku, enabled }) => ({ ...head, sku, detail: { enabled } }));
  }
  if (batch.of === 'pools') {
    return batch.rows.map(({ id, sku, channel, units }) => ({ ...head, ref: id, sku, channel, units }));
  }
  if (batch.of === 'switches') {
    return batch.rows.map(({ sku, node, enabled }) => ({ ...head, sku, node, detail: { enabled } }));
  }
  if (!first) return [];
  switch (batch.of) {
    case 'nodes':
      return batch.rows.map(({ id, safety, enabled }) => ({ ...head, node: id, units: safety, detail: { enabled } }));
    case 'groups':
      return batch.rows.map(({ id, nodes }) => ({ ...head, group: id, detail: { nodes } }));
    case 'channels':
      return batch.rows.map(({ id, group, threshold }) => {
        return { ...head, channel: id, group, ...(threshold !== undefined && { units: threshold }) };
      });
    case 'safety':
      return batch.rows.map((rule) => ({ ...head, ...safetyRule(rule) }));
    case 'kits':
      return batch.rows.map(({ sku, components }) => ({ ...head, sku, reason: 'kit', detail: { components } }));
    case 'sources':
    case 'outfeeds':
    case 'carriers':
    case 'sourcing':
    case 'automations':
      return [];
    default:
      return unreachable(batch);
  }
}

/** What a stale node keeps back; without `silentSince` it is stale no more. */
function silenced(fact: SilenceFact): Draft {
  const head = { kind: 'reference', at: fact.at, node: fact.node, reason: 'silence' } as const;
  if (fact.fact === 'NodeCameBack') return { ...head, units: 0 };
  const { source, since, widenUnits, switchedOff } = fact.silence;
  return { ...head, units: widenUnits, source, detail: { enabled: !switchedOff, silentSince: since } };
}

function safetyRule({ id, sku, node, department, nodeKind, units, from, to }: SafetyRef): Partial<Draft> {
  const detail = {
    ...(department !== undefined && { department }),
    ...(nodeKind !== undefined && { nodeKind }),
    ...(from !== undefined && { beginsAt: from }),
    ...(to !== undefined && { endsAt: to }),
  };
  return {
    ref: id,
    units,
    ...(sku !== undefined && { sku }),
    ...(node !== undefined && { node }),
    ...(Object.keys(detail).length > 0 && { detail }),
  };
}
