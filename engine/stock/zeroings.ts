// What snapshots took to 0 at a node of late, per source (rule FD12): counted by the hour of the journal, so that a replay
// counts the same. The hour that runs and the one before count, so a window is one to two hours wide.

const HOUR_MS = 3_600_000;

/** One source at one node; a node has as many as sources have set absolutes there. */
export interface Zeroing {
  readonly source: number;
  hour: number;
  inHour: number;
  inHourBefore: number;
}

export function countZeroing(zeroings: Zeroing[], source: number, atMs: number): void {
  const hour = Math.floor(atMs / HOUR_MS);
  const known = zeroings.find((each) => each.source === source);
  if (known === undefined) {
    zeroings.push({ source, hour, inHour: 1, inHourBefore: 0 });
    return;
  }
  if (hour !== known.hour) {
    known.inHourBefore = hour === known.hour + 1 ? known.inHour : 0;
    known.inHour = 0;
    known.hour = hour;
  }
  known.inHour++;
}

/** Positions taken to 0 in the window that ends now. */
export function zeroedOf(zeroings: readonly Zeroing[], source: number, atMs: number): number {
  const known = zeroings.find((each) => each.source === source);
  if (known === undefined) return 0;
  const hours = Math.floor(atMs / HOUR_MS) - known.hour;
  if (hours <= 0) return known.inHour + known.inHourBefore;
  return hours === 1 ? known.inHour : 0;
}
