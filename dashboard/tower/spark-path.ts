/** The box of a small line, in units of its own: stretched to wherever it stands. */
export const WIDTH = 100;
export const HEIGHT = 24;

interface SparkPath {
  readonly line: string;
  /** The area under the line. */
  readonly under: string;
}

/** Lines from 0 to the greatest value, one per run of known values: where nothing is known there is a gap, no zero. */
export function sparkPaths(values: readonly (number | null)[]): readonly SparkPath[] {
  const top = Math.max(...values.map((value) => value ?? 0), 1e-9);
  const runs: [x: number, y: number][][] = [[]];
  for (const [index, value] of values.entries()) {
    const x = values.length < 2 ? 0 : (index / (values.length - 1)) * WIDTH;
    if (value === null) runs.push([]);
    else runs.at(-1)!.push([x, HEIGHT - 1 - (value / top) * (HEIGHT - 3)]);
  }
  // One point is no line.
  return runs.filter((run) => run.length > 1).map(pathOf);
}

function pathOf(run: readonly (readonly [x: number, y: number])[]): SparkPath {
  const points = run.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');
  const [left, right] = [run[0]![0].toFixed(1), run.at(-1)![0].toFixed(1)];
  return { line: `M${points}`, under: `M${left} ${HEIGHT}L${points}L${right} ${HEIGHT}Z` };
}
