import { LogHub } from './log-hub.ts';
import { LogStore } from './log-store.ts';

/** For tests of sessions that read no log. */
export function noLogs(): LogHub {
  const store = new LogStore({ path: '', consumersMax: 1, parkedMax: 1, log: () => undefined });
  return new LogHub({
    sources: [],
    store,
    limits: { creditMax: 1, ackMs: 1, acksPerSec: 1 },
    now: () => 0,
    wallNow: () => 0,
    hit: () => undefined,
  });
}
