import type { Movement } from '../contract/ledger.ts';
import type { DeltaTimes } from '../stock/coverage.ts';
import { seriesName } from '../stock/streams.ts';

/** What a movement did to its position, as the rules of coverage see it. */
export interface Effect {
  readonly movement: Movement;
  /** Signed. */
  readonly units: number;
  readonly times: DeltaTimes;
  /** Absent: on-hand itself; else units went from one state to another. */
  readonly moved?: { readonly from: string; readonly to: string };
}

/** Numbers for series, so that two are compared as the shard does; 0 for an event without number. */
export class SeriesNumbers {
  readonly #numbers = new Map<string, number>();

  of(movement: Movement): number {
    if (movement.seq === undefined || movement.source === undefined) return 0;
    const { source, stream, epoch } = movement;
    const name = seriesName({ source, ...(stream !== undefined && { stream }), ...(epoch !== undefined && { epoch }) });
    const known = this.#numbers.get(name) ?? this.#numbers.size + 1;
    this.#numbers.set(name, known);
    return known;
  }
}

/**
 * Effects of one position's movements, given oldest first. A void is an effect of its own: the opposite units at the time
 * of what it annuls, booked and numbered as the void was; of two voids of one event the first counts (SPEC.md, Void).
 */
export function effectsOf(movements: readonly Movement[], series: SeriesNumbers): Effect[] {
  const effects = new Map<string, Effect>();
  for (const movement of movements) {
    const { kind } = movement;
    if (kind !== 'delta' && kind !== 'move' && kind !== 'correction') continue;
    const { from, to } = movement.detail ?? {};
    const moved = from !== undefined && to !== undefined ? { moved: { from, to } } : {};
    const times = { ...booked(movement, series), at: movement.at };
    effects.set(keyOf(movement.source, movement.id), { movement, units: movement.units ?? 0, times, ...moved });
  }
  const voids: Effect[] = [];
  const voided = new Set<string>();
  for (const movement of movements) {
    if (movement.kind !== 'void') continue;
    const key = keyOf(movement.source, movement.detail?.voids);
    const annulled = effects.get(key);
    if (annulled === undefined || voided.has(key)) continue;
    voided.add(key);
    const times = { ...booked(movement, series), at: annulled.times.at };
    voids.push({ ...annulled, movement, units: -annulled.units, times });
  }
  return [...effects.values(), ...voids];
}

function keyOf(source: string | undefined, id: string | undefined): string {
  return `${source}\n${id}`;
}

function booked(movement: Movement, series: SeriesNumbers): Omit<DeltaTimes, 'at'> {
  return { postedAt: movement.postedAt ?? -1, seq: movement.seq ?? -1, series: series.of(movement) };
}
