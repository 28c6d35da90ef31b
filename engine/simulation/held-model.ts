import type { MovedUnits } from '../contract/stock-fact.ts';
import type { Place, ReserveLine } from '../contract/reservation.ts';
import type { Promised } from './promised.ts';
import type { StockModel } from './stock-model.ts';

// What is held after a move (rule RS7).

/** Lines of a hold, and what is promised for each. */
export interface Held {
  readonly lines: readonly ReserveLine[];
  readonly promised: readonly Promised[];
}

/** Given back at one place, held at the other: a line without units goes, units join a line of the same place. */
export function afterMove(model: StockModel, { lines, promised }: Held, moved: MovedUnits, channel: string): Held {
  const rows = lines.map((line, index) => ({ line, promise: promised[index] as Promised }));
  const { line, promise } = rows[moved.line] as (typeof rows)[number];
  const drawn = promise.drawn - (moved.returned ?? 0);
  rows[moved.line] = {
    line: { ...line, units: line.units - moved.units },
    promise: { ...promise, units: promise.units - moved.units, drawn },
  };
  const wanted: ReserveLine = { sku: moved.sku, units: moved.units, ...moved.to };
  const [put] = model.promised([wanted], channel, [moved.drawn ?? 0]) as [Promised];
  const kept = rows.filter((row) => row.line.units > 0);
  const same = kept.findIndex(
    (row) => row.line.sku === moved.sku && isAt(row.line, moved.to) && nodesText(row.promise) === nodesText(put),
  );
  const known = kept[same];
  if (known === undefined) kept.push({ line: wanted, promise: put });
  else
    kept[same] = {
      line: plus(known.line, wanted),
      promise: { ...plus(known.promise, put), drawn: known.promise.drawn + put.drawn },
    };
  return { lines: kept.map((row) => row.line), promised: kept.map((row) => row.promise) };
}

function plus<T extends { readonly units: number }>(known: T, { units }: { readonly units: number }): T {
  return { ...known, units: known.units + units };
}

export function isAt(line: ReserveLine, place: Place): boolean {
  if ('node' in place) return 'node' in line && line.node === place.node;
  return 'group' in line && line.group === place.group;
}

const nodesText = ({ nodes, placed }: Promised): string => `${placed} ${nodes.toSorted().join()}`;
