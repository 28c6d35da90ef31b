import type { ReserveLine } from '../contract/reservation.ts';
import type { AnyMachine } from '../shard/hosted-shard.ts';
import type { HoldsSaved } from '../stock/holds.ts';
import { linesOf, type PartsSaved } from '../stock/parts.ts';

/** Holds and parts of a stock machine that are held, read from its image: no query lists the parts. */
export function heldRows(
  machine: AnyMachine,
): readonly { readonly id: string; readonly lines: readonly ReserveLine[] }[] {
  const image = machine.beginImage();
  const text = Buffer.from(image.header).toString();
  image.abandon();
  const { holds, parts } = JSON.parse(text) as { readonly holds: HoldsSaved; readonly parts: PartsSaved };
  const own = holds.rows
    .map(({ reservation }) => reservation)
    .filter(({ state }) => state === 'held')
    .map(({ id, lines }) => ({ id, lines }));
  const shared = parts.rows.flatMap(([id, part]) => (part.ended ? [] : [{ id, lines: linesOf(part) }]));
  return [...own, ...shared];
}
