import type { EngineStats, ReferenceView } from '../engine/api.ts';
import type { DeadLetter } from '../engine/contract/dead-letter.ts';
import type { NodeId, SourceId } from '../engine/contract/ids.ts';
import type { Reservation } from '../engine/contract/reservation.ts';
import type { Mover } from './movers.ts';
import type { OpsMover, OpsNode, OpsReservation, OpsSilence, OpsSource, OpsState } from './protocol/wire.ts';

/** What the operator's state is made of. */
export interface OpsInput {
  readonly at: number;
  /** Since the last state. */
  readonly seconds: number;
  readonly stats: EngineStats;
  readonly before: EngineStats | undefined;
  readonly pushes: number;
  /** Events per source since the last state. */
  readonly eventsBySource: ReadonlyMap<string, number>;
  readonly pushMs: OpsState['pushMs'];
  readonly sockets: number;
  readonly reference: ReferenceView;
  readonly movers: readonly Mover[];
  readonly low: readonly Mover[];
  readonly reservations: readonly Reservation[];
  readonly letters: readonly DeadLetter[];
}

export function opsState(input: OpsInput): OpsState {
  const { stats, before, seconds, reference } = input;
  const events = (of: EngineStats) => of.recorded + of.duplicates + of.refused;
  const named = (mover: Mover): OpsMover => {
    const item = reference.items.get(mover.sku);
    return { ...mover, name: item?.name ?? mover.sku, scale: item?.scale ?? 0 };
  };
  return {
    at: input.at,
    eventsPerSec: before === undefined ? 0 : rate(events(stats) - events(before), seconds),
    pushesPerSec: rate(input.pushes, seconds),
    pushMs: input.pushMs,
    sockets: input.sockets,
    skus: stats.skus,
    positions: stats.positions,
    sources: sources(input),
    nodes: nodes(stats),
    movers: input.movers.map(named),
    low: input.low.map(named),
    reservations: { held: stats.holds, recent: input.reservations.map(reservationLine) },
    letters: { open: stats.openLetters, recent: input.letters.map(letterLine) },
    alerts: {
      silentNodes: stats.silent.length,
      silent: silences(input),
      gaps: stats.gaps,
      slowClocks: stats.slowClocks,
    },
    ledgerLag: stats.projector.lag,
    invariants: stats.invariants,
    journal: {
      head: stats.journal.head,
      commitMicrosP50: stats.journal.commitMicrosP50,
      commitMicrosP99: stats.journal.commitMicrosP99,
      bytes: stats.journal.bytes,
    },
  };
}

function sources(input: OpsInput): OpsSource[] {
  const heard = new Map<SourceId, number>();
  for (const { source, at } of input.stats.heard) heard.set(source, Math.max(at, heard.get(source) ?? at));
  return [...input.reference.sources.values()].map(({ id, name, kind, freshMs }) => ({
    source: id,
    name,
    kind,
    heardAt: heard.get(id) ?? null,
    freshMs,
    eventsPerSec: rate(input.eventsBySource.get(id) ?? 0, input.seconds),
  }));
}

/** Silences an operator sees: the longest. */
const SILENCES_SHOWN = 50;

function silences({ stats, reference }: OpsInput): OpsSilence[] {
  const longest = stats.silent.toSorted((a, b) => a.since - b.since).slice(0, SILENCES_SHOWN);
  return longest.map(({ source, node, since }) => {
    return { source, node, since, freshMs: reference.sources.get(source)?.freshMs ?? 0 };
  });
}

function nodes(stats: EngineStats): OpsNode[] {
  const heard = new Map<NodeId, number>();
  for (const { node, at } of stats.heard) {
    if (node !== undefined) heard.set(node, Math.max(at, heard.get(node) ?? at));
  }
  return stats.health.map(({ node, positions, stocked, low, short }) => {
    return { node, positions, stocked, low, short, heardAt: heard.get(node) ?? null };
  });
}

function reservationLine(reservation: Reservation): OpsReservation {
  const { id, client, channel, state, lines, expiresAt } = reservation;
  const units = lines.reduce((sum, line) => sum + line.units, 0);
  return { id, client, channel, state, lines: lines.length, units, expiresAt };
}

function letterLine({ id, source, code, message, place, receivedAt, times }: DeadLetter) {
  return { id, source, code, message, place, receivedAt, times };
}

function rate(count: number, seconds: number): number {
  return seconds <= 0 ? 0 : Math.round(count / seconds);
}
