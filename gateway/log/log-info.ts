import type { LogConsumerInfo, LogInfo } from '../protocol/log-bodies.ts';
import type { ConsumerMark } from './log-desk.ts';
import type { LogHub } from './log-hub.ts';
import type { LogState } from './log-source.ts';
import { keyOf } from './log-store.ts';

/** A log and who reads it, as staff see it; undefined while nothing is heard of it. */
export function logInfo(hub: LogHub, ch: string, parked: ReadonlyMap<string, number>): LogInfo | undefined {
  const state = hub.state(ch);
  if (state === undefined) return undefined;
  const marks = [...hub.deps.store.marks()].filter((mark) => mark.ch === ch);
  const { e, first, head } = state;
  return { ch, e, first, head, consumers: marks.map((mark) => consumerInfo(hub, state, mark, parked)) };
}

function consumerInfo(
  hub: LogHub,
  state: LogState,
  { ch, consumer, e, o, at }: ConsumerMark,
  parked: ReadonlyMap<string, number>,
): LogConsumerInfo {
  const delivery = hub.delivery(ch, consumer);
  return {
    consumer,
    e,
    o,
    ackedAt: at,
    lag: lagOf(state, { e, o }),
    parked: parked.get(keyOf(ch, consumer)) ?? 0,
    ...(delivery !== undefined && {
      connected: {
        since: delivery.since,
        client: delivery.about.caller.is === 'staff' ? delivery.about.caller.client : '',
        unacked: delivery.unacked,
      },
    }),
  };
}

/** Events kept that the consumer has not acknowledged. */
function lagOf({ e, first, head }: LogState, mark: { readonly e: string; readonly o: number }): number {
  const acked = mark.e === e ? Math.max(mark.o, first - 1) : first - 1;
  return Math.max(0, head - acked);
}
