import type { Engine } from '../../engine/api.ts';
import { FactFollower } from './fact-follower.ts';
import type { Webhooks } from './webhooks.ts';

/** A follower that puts events into the webhook thread. */
export function followFacts(engine: Engine, webhooks: Webhooks, log: (line: string) => void): FactFollower {
  return new FactFollower({
    engine,
    sink: {
      cursor: () => webhooks.askIfInUse('cursor'),
      put: (drafts, cursor) => webhooks.ask('put', drafts, cursor),
    },
    later(run, ms) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    log,
  });
}
