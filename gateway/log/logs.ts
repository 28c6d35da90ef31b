import { join } from 'node:path';
import type { Engine } from '../../engine/api.ts';
import type { OutfeedState } from '../../engine/contract/outfeed.ts';
import type { WorkLogState } from '../../engine/contract/work-log.ts';
import type { Config } from '../config.ts';
import type { Hit } from '../limits.ts';
import { FeedSource } from './feed-source.ts';
import { LogHub } from './log-hub.ts';
import { LogStore } from './log-store.ts';
import { WorkSource } from './work-source.ts';

/** Everything of logs that a server has, joined. */
export interface Logs {
  readonly hub: LogHub;
  readonly store: LogStore;
  /** What the engine publishes. */
  readonly publishOutfeeds: (moved: readonly OutfeedState[]) => void;
  readonly publishWork: (moved: readonly WorkLogState[]) => void;
}

export function createLogs(
  config: Config,
  deps: {
    readonly engine: Engine;
    readonly now: () => number;
    readonly wallNow: () => number;
    readonly log: (line: string) => void;
    readonly hit: Hit;
  },
): Logs {
  const { engine, now, log, hit } = deps;
  const wallNow = (): number => Math.round(deps.wallNow());
  const store = new LogStore({
    path: join(config.dataDir, 'log-consumers.sqlite'),
    consumersMax: config.logConsumersMax,
    parkedMax: config.logParkedMax,
    log,
  });
  const feeds = new FeedSource(engine);
  const work = new WorkSource(engine);
  const limits = { creditMax: config.logCreditMax, ackMs: config.logAckMs, acksPerSec: config.logAcksPerSec };
  const hub = new LogHub({ sources: [feeds, work], store, limits, now, wallNow, hit });
  return {
    hub,
    store,
    publishOutfeeds(moved) {
      for (const name of feeds.take(moved)) hub.moved(`${feeds.kind}:${name}`);
    },
    publishWork(moved) {
      for (const name of work.take(moved)) hub.moved(`${work.kind}:${name}`);
    },
  };
}
