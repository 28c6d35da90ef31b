/** One line of the comparison. Rates hold for this machine and this moment; rows of one run may be compared. */
export interface Row {
  /** Who did it: `engine`, `engine over HTTP`, `redis`, `postgres`. */
  readonly who: string;
  /** What was done, and how many waited at once. */
  readonly what: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of all its processes or threads per operation, µs; the load generator's own is not in it. */
  readonly cpuMicros: number;
  /** What the work came to, so that work that was not done shows. */
  readonly digest: string;
}

/** What could not be measured, and why. */
export interface Skipped {
  readonly who: string;
  readonly why: string;
}

export function table(rows: readonly Row[]): string {
  const head = ['who', 'what', 'per second', 'p50 ms', 'p99 ms', 'CPU µs each', 'digest'];
  const lines = rows.map((row) => [
    row.who,
    row.what,
    Math.round(row.perSecond).toLocaleString('en-US'),
    row.p50Ms.toFixed(2),
    row.p99Ms.toFixed(2),
    row.cpuMicros.toFixed(1),
    row.digest.slice(0, 16),
  ]);
  return printed(head, lines, 6, 2);
}

/** Columns under each other; those from `from` until before `to` are numbers and stand to the right. */
export function printed(
  head: readonly string[],
  lines: readonly (readonly string[])[],
  to: number,
  from: number = 0,
): string {
  const widths = head.map((name, i) => Math.max(name.length, ...lines.map((line) => (line[i] ?? '').length)));
  const print = (line: readonly string[]): string =>
    line
      .map((cell, i) => (i >= from && i < to ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ');
  return [head, ...lines].map(print).join('\n');
}

/** The middle of several runs, row by row: by rate, so that its latencies belong to the same run. */
export function medians(runs: readonly (readonly Row[])[]): Row[] {
  const [first = []] = runs;
  return first.map((row) => {
    const same = runs.flatMap((run) => run.filter(({ who, what }) => who === row.who && what === row.what));
    const sorted = same.toSorted((a, b) => a.perSecond - b.perSecond);
    return sorted[Math.floor((sorted.length - 1) / 2)] ?? row;
  });
}
