import { EVERYTHING, may, reaches, type Caller } from './caller.ts';
import type { LogHub } from './log/log-hub.ts';
import { STATE_CHANNELS, type Cap, type StateChannel } from './protocol/wire.ts';

// Who may watch which channel of states. Checked by the command itself; `connected` says it beforehand, also of logs.

interface Right {
  readonly holds: (caller: Caller) => boolean;
  /** What it takes, as a refusal says it. */
  readonly needs: string;
}

/** What they show concerns the whole retailer. */
const OPERATOR: Right = {
  holds: (caller) => may(caller, 'ops') && reaches(caller, EVERYTHING),
  needs: 'the scope ops and without limits',
};

const RIGHTS: Readonly<Record<StateChannel, Right>> = {
  stock: { holds: () => true, needs: 'nothing' },
  ops: OPERATOR,
  alerts: OPERATOR,
  // Whose orders one sees is asked of each key: see orders/order-topics.ts.
  order: { holds: () => true, needs: 'nothing' },
  orders: {
    holds: (caller) => may(caller, 'desk') && reaches(caller, { channel: undefined, node: undefined }),
    needs: 'the scope desk and without limits to channels or nodes',
  },
};

/** Why the caller may not watch the channel; undefined: it may. */
export function refusalToWatch(caller: Caller, ch: StateChannel): string | undefined {
  const lacked = lackedToWatch(caller, ch);
  return lacked === undefined ? undefined : `${ch} needs a key with ${lacked}; send connect first`;
}

/** What a key would have to have. */
export function lackedToWatch(caller: Caller, ch: StateChannel): string | undefined {
  const { holds, needs } = RIGHTS[ch];
  return holds(caller) ? undefined : needs;
}

/** Channels of states that the caller may watch. */
export function stateCaps(caller: Caller): readonly Cap[] {
  return STATE_CHANNELS.filter((ch) => RIGHTS[ch].holds(caller)).map((ch) => ({ ch, allow: ['sub'] }));
}

/** Logs, as they are now, that the caller may read: some hundreds at most. */
export function logCaps(hub: Pick<LogHub, 'namedTo'>, caller: Caller): readonly Cap[] {
  return hub.namedTo(caller).map((ch) => ({ ch, allow: ['sub', 'ack'] }));
}
