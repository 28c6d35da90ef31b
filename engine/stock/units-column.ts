import type { I32Column } from './columns.ts';
import type { Pages } from './pages.ts';

/** Stands in the column for a number that does not fit; nothing else may have this value. */
const ESCAPED = -(2 ** 31);

/** Rows whose number does not fit, with it. */
export type EscapedUnits = readonly (readonly [row: number, units: number])[];

/**
 * Units in four bytes instead of eight: no event moves more than 1,000,000,000, so hardly any sum leaves 32 bits.
 * One that does, or is no whole number, is kept in a map beside the column.
 */
export class UnitsColumn {
  readonly column: I32Column;
  private readonly escaped = new Map<number, number>();

  constructor(pages: Pages) {
    this.column = pages.i32();
  }

  get(row: number): number {
    const units = this.column.get(row);
    return units === ESCAPED ? (this.escaped.get(row) as number) : units;
  }

  set(row: number, units: number): void {
    const fits = (units | 0) === units && units !== ESCAPED;
    if (!fits) this.escaped.set(row, units);
    else if (this.column.get(row) === ESCAPED) this.escaped.delete(row);
    this.column.set(row, fits ? units : ESCAPED);
  }

  /** In the order of the rows, so that equal states are saved equal. */
  save(): EscapedUnits {
    return [...this.escaped].toSorted(([a], [b]) => a - b);
  }

  load(saved: EscapedUnits): void {
    for (const [row, units] of saved) this.escaped.set(row, units);
  }
}
