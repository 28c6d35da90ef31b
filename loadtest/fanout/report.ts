import { textTable } from '../text-table.ts';
import type { ConflatedRow } from './conflated.ts';
import type { FanoutRow } from './run.ts';

/** A row for each server and length of burst. */
export function burstsTable(rows: readonly FanoutRow[]): string {
  const head = ['server', 'burst', 'µs of CPU each', '× bare', 'deliveries/s', 'KiB idle socket', 'age p50', 'p99 ms'];
  const bare = (burst: number): number | undefined =>
    rows.find((row) => row.who === 'bare' && row.burst === burst)?.microsEach;
  return textTable([
    [...head, 'messages a read', 'bytes each', 'server CPU', 'waited', 'client CPU', 'missing'],
    ...rows.map((row) => {
      const least = bare(row.burst);
      return [
        row.who,
        `${row.burst}`,
        row.microsEach.toFixed(2),
        least === undefined ? '-' : (row.microsEach / least).toFixed(2),
        `${row.deliveriesPerSec}`,
        row.idleKib.toFixed(1),
        `${row.age.p50}`,
        `${row.age.p99}`,
        `${row.framesPerRead}`,
        `${row.bytesEach}`,
        `${row.server.cpu} %`,
        `${row.server.waited} %`,
        `${row.clientCpu} %`,
        `${row.missing}`,
      ];
    }),
  ]);
}

export function conflatedTable(row: ConflatedRow): string {
  return textTable([
    ['sockets × skus', `${row.sockets} × ${row.keys} of ${row.skus}`],
    ['updates/s published', `${row.updatesPerSec}`],
    ['conflation', `${row.conflateMs} ms`],
    ['server CPU', `${row.server.cpu} % of a core (waited for one ${row.server.waited} %)`],
    ['deliveries/s', `${row.deliveriesPerSec}`],
    ['messages a read', `${row.framesPerRead}`],
    ['age p50, p99, max', `${row.age.p50}, ${row.age.p99}, ${row.age.max} ms`],
    ['idle socket', `${row.idleKib.toFixed(1)} KiB`],
    ['silent sockets', `${row.silent}`],
    ['client CPU', `${row.clientCpu} %`],
  ]);
}
