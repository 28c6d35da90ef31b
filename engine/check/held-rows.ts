import type { ReserveLine } from '../contract/reservation.ts';
import type { AnyMachine } from '../shard/hosted-shard.ts';
import type { AllocationsSaved } from '../stock/allocations.ts';
import type { HoldsSaved } from '../stock/holds.ts';
import { linesOf, type PartsSaved } from '../stock/parts.ts';

interface NamedLines {
  readonly id: string;
  readonly lines: readonly ReserveLine[];
}

/** Holds and parts of a stock machine that are held, and its allocations, read from its image: no query lists the parts. */
export function heldRows(machine: AnyMachine): {
  readonly held: readonly NamedLines[];
  readonly allocated: readonly NamedLines[];
} {
  const image = machine.beginImage();
  const text = Buffer.from(image.header).toString();
  image.abandon();
  const { holds, parts, allocations } = JSON.parse(text) as {
    readonly holds: HoldsSaved;
    readonly parts: PartsSaved;
    readonly allocations: AllocationsSaved;
  };
  const own = holds.rows
    .map(({ reservation }) => reservation)
    .filter(({ state }) => state === 'held')
    .map(({ id, lines }) => ({ id, lines }));
  const shared = parts.rows.flatMap(([id, part]) => (part.ended ? [] : [{ id, lines: linesOf(part) }]));
  return { held: [...own, ...shared], allocated: allocations.map(([id, { lines }]) => ({ id, lines })) };
}
