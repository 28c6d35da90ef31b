import type { WorkRefusal } from '../contract/node-port.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { ShortReason, WorkAct, WorkLine, WorkOrder } from '../contract/work-order.ts';

type Said = Extract<WorkAct, { act: 'pick' }>['lines'];

/** The lines as they are once picked; lines nobody named were found whole. Codes in the order of WORK_REFUSALS. */
export function pickedLines({ lines }: WorkOrder, said: Said): WorkLine[] | Refused<WorkRefusal> {
  const find = (number: number): WorkLine | undefined => lines.find(({ line }) => line === number);
  const fieldOf = (isWrong: (row: Said[number]) => boolean): string | undefined => {
    const index = said.findIndex(isWrong);
    return index < 0 ? undefined : `lines.${index}`;
  };
  const unknown = fieldOf(({ line }) => find(line) === undefined);
  if (unknown !== undefined) return refuse('unknown-line', { field: unknown });
  const outside = fieldOf(
    ({ line, picked }) => !(Number.isInteger(picked) && picked >= 0 && picked <= find(line)!.units),
  );
  if (outside !== undefined) return refuse('units-out-of-bounds', { field: outside });
  const silent = fieldOf(({ line, picked, short }) => picked < find(line)!.units && short === undefined);
  if (silent !== undefined) return refuse('reason-missing', { field: silent });

  const rows = new Map(said.map((row) => [row.line, row]));
  return lines.map((line) => {
    const { picked = line.units, short } = rows.get(line.line) ?? {};
    return { ...line, picked, ...(short !== undefined && picked < line.units && { short }) };
  });
}

/** As a pick that found nothing. */
export function rejectedLines({ lines }: WorkOrder, short: ShortReason): WorkLine[] {
  return lines.map((line) => ({ ...line, picked: 0, short }));
}
