/** Least wait before a reconnect, in ms: a restart takes about that long, and nobody hammers. */
const WAIT_MS_MIN = 500;
/** Most jitter, in ms: a page is back within half a minute of a long outage's end. */
const JITTER_MS_MAX = 20_000;

/**
 * Wait before reconnect number `attempt` (from 0), in ms: 500 + random × min(20,000, 500 × 2^attempt).
 * attempt 0 -> 500 to 1,000; attempt 6 and later -> 500 to 20,500. The jitter keeps a restart from being a stampede.
 */
export function reconnectWaitMs(attempt: number, random: number): number {
  // 2^31 and beyond is the ceiling anyway; the bound keeps the number finite.
  const ceilingMs = Math.min(JITTER_MS_MAX, WAIT_MS_MIN * 2 ** Math.min(attempt, 31));
  return WAIT_MS_MIN + random * ceilingMs;
}
