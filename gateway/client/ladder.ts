// How a page reaches the server: by the best way that its network lets through.
//
//   websocket ──failed──► sse ──failed──► polling ──failed──► websocket (nothing gets through: the server is away)
//       ▲                  └───────┬─────────┘
//       └──────── climbed ─────────┘   a better way was tried beside the one in use, and greeted
//
// A failure is an attempt that ended before the server greeted, or a link that was cut young. What the server says itself
// (a close code, a drain) and a machine without network are no evidence against the way.

export type Way = 'websocket' | 'sse' | 'polling';

export const WAYS: readonly Way[] = ['websocket', 'sse', 'polling'];

/** Failures in a row before the next way down is tried: one may be chance. */
const FAILURES_MAX = 2;
/** The same for a way that the server once greeted on: what fails then is more likely the server. */
const FAILURES_MAX_PROVEN = 5;

export interface Ladder {
  /** Best first, at least one. */
  readonly ways: readonly Way[];
  /** Index into `ways`. */
  readonly rung: number;
  /** In a row, on this rung. */
  readonly failures: number;
  /** Ways that the server greeted on since the machine came into this network. */
  readonly proven: readonly Way[];
}

export type LadderEvent =
  | { readonly is: 'greeted' }
  | { readonly is: 'stood' }
  /** `hung`: nothing came at all, for long; worth two quick failures, so that nobody waits twice as long. */
  | { readonly is: 'failed'; readonly hung?: boolean }
  /** The machine may be in another network now: what its proxies let through is not known. */
  | { readonly is: 'moved' }
  | { readonly is: 'climbed'; readonly rung: number };

export function ladderOf(ways: readonly Way[]): Ladder {
  if (ways.length === 0) throw new Error('name at least one way to the server');
  return { ways, rung: 0, failures: 0, proven: [] };
}

export function wayOf({ ways, rung }: Ladder): Way {
  return ways[rung] ?? 'websocket';
}

export function nextLadder(ladder: Ladder, event: LadderEvent): Ladder {
  switch (event.is) {
    case 'greeted':
      return { ...ladder, proven: [...new Set([...ladder.proven, wayOf(ladder)])] };
    case 'stood':
      return { ...ladder, failures: 0 };
    case 'failed':
      return failed(ladder, event.hung === true ? 2 : 1);
    case 'moved':
      return ladderOf(ladder.ways);
    case 'climbed':
      return { ...ladder, rung: event.rung, failures: 0 };
  }
}

/** Below the top one failure is enough: the way back to the top must stay short when it is the server that is away. */
function failed(ladder: Ladder, weight: number): Ladder {
  const { ways, rung, proven } = ladder;
  const failures = ladder.failures + weight;
  const failuresMax = proven.includes(wayOf(ladder)) ? FAILURES_MAX_PROVEN : rung === 0 ? FAILURES_MAX : 1;
  if (failures < failuresMax) return { ...ladder, failures };
  return { ...ladder, rung: (rung + 1) % ways.length, failures: 0 };
}
