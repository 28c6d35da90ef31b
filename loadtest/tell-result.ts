import { machine, machineLine } from './machine.ts';
import { textTable } from './text-table.ts';

/** A table for people, then the last line, JSON; with --json that alone. */
export function tellResult(
  scenario: string,
  json: boolean,
  rows: readonly (readonly string[])[],
  result: object,
): void {
  if (!json) console.log(`${machineLine()}\n\n${textTable(rows)}\n`);
  console.log(JSON.stringify({ scenario, ...machine(), ...result }));
}
