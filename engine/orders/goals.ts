import type { OrderLine } from '../contract/order.ts';
import type { OrderFile } from './order-file.ts';
import { unitsIn } from './pieces.ts';

// How many units of a line are wanted, worked out from all that was said of them, in whatever order it came (rule OR1).

/** Units wanted, >= 0. Ordered 5, an edit says 4, a refund cancels 1, staff cancel 1 of the 5 -> 3. */
export function wantedOf(file: OrderFile, line: OrderLine): number {
  if (file.isCancelled) return 0;
  const { kit, each } = kitOf(file, line);
  const said = Math.max(0, saidOf(file, kit ?? line)) * each;
  const ours = Math.max(
    0,
    line.units - (file.ours[line.line] ?? 0) - (kit === undefined ? 0 : (file.ours[kit.line] ?? 0) * each),
  );
  // Of a kit no component is kept alone (rule AV9).
  const whole = kit === undefined ? Infinity : wholeKitsOf(file, kit) * each;
  return Math.min(said, ours, whole);
}

/** How the order stands is said in units ordered in all, so what refunds take back comes off, whenever it was said. */
function saidOf({ stands, fewer }: OrderFile, { line, units }: OrderLine): number {
  const less = fewer.flatMap(({ lines }) => lines).filter((each) => each.line === line);
  const ordered = stands === undefined ? units : (stands.says.units[line] ?? 0);
  return ordered - less.reduce((sum, each) => sum + each.units, 0);
}

function kitOf({ order }: OrderFile, { of, units }: OrderLine): { readonly kit?: OrderLine; readonly each: number } {
  const kit = of === undefined ? undefined : order.lines.find(({ line }) => line === of);
  return kit === undefined ? { each: 1 } : { kit, each: units / kit.units };
}

/** Where some of a component were refused there are no more of it than it has: what was cancelled before was never asked for. */
function wholeKitsOf({ order }: OrderFile, kit: OrderLine): number {
  const parts = order.lines.filter(({ of }) => of === kit.line);
  return Math.min(
    ...parts.map(({ units, pieces }) => {
      const had = units - unitsIn(pieces, ({ state }) => state === 'refused' || state === 'cancelled');
      const isShort = pieces.some(({ state }) => state === 'refused');
      return isShort ? Math.floor((had * kit.units) / units) : kit.units;
    }),
  );
}
