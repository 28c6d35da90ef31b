/** How far the two clocks may drift apart before it was no drift, in ms: more than a thread waits between two readings. */
const STEP_MS = 100;

/**
 * Ms since the epoch with fractions, for what is compared with other machines' times. Between two settings of the
 * machine's clock it runs as evenly as the steady one; when that clock was set, or stood still while the machine slept, it
 * follows. Pace and timeouts go by the steady clock, which knows nothing of all that.
 */
export function wallClock(steady: () => number, date: () => number = () => Date.now()): () => number {
  let aheadMs = 0;
  return () => {
    const steadyMs = steady();
    const awayMs = date() - steadyMs - aheadMs;
    if (Math.abs(awayMs) >= STEP_MS) aheadMs += awayMs;
    return steadyMs + aheadMs;
  };
}
