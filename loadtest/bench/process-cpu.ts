import { readFileSync } from 'node:fs';

/** Linux counts a process's time in ticks of this many µs. */
const TICK_MICROS = 10_000;

/** CPU of a process so far, its ended children included, µs: PostgreSQL serves each connection with a child. */
export function cpuMicrosOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold blanks; user, system and the children's two are fields 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * TICK_MICROS, 0);
}
