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
  /** Best first. */
  readonly ways: readonly Way[];
  /** Index into `ways`. */
  readonly rung: number;
  /** In a row, on this rung. */
  readonly failures: number;
  /** The server greeted on this rung: the network lets it through. */
  readonly proven: boolean;
}

export type LadderEvent =
  | { readonly is: 'greeted' }
  | { readonly is: 'stood' }
  /** `hung`: nothing came at all, for long; worth two quick failures, so that nobody waits twice as long. */
  | { readonly is: 'failed'; readonly hung?: boolean }
  /** The machine may be in another network now: what its proxies let through is not known. */
  | { readonly is: 'moved' }
  | { readonly is: 'climbed'; readonly rung: number };

export function ladderOf(ways: readonly Way[], rung = 0): Ladder {
  return { ways, rung, failures: 0, proven: false };
}

export function wayOf({ ways, rung }: Ladder): Way {
  return ways[rung] ?? 'websocket';
}

export function nextLadder(ladder: Ladder, event: LadderEvent): Ladder {
  switch (event.is) {
    case 'greeted':
      return { ...ladder, proven: true };
    case 'stood':
      return { ...ladder, failures: 0 };
    case 'failed':
      return failed(ladder, event.hung === true ? 2 : 1);
    case 'moved':
      return ladderOf(ladder.ways);
    case 'climbed':
      return ladderOf(ladder.ways, event.rung);
  }
}

/** Below the top one failure is enough: the way back to the top must stay short when it is the server that is away. */
function failed(ladder: Ladder, weight: number): Ladder {
  const { ways, rung, proven } = ladder;
  const failures = ladder.failures + weight;
  const failuresMax = proven ? FAILURES_MAX_PROVEN : rung === 0 ? FAILURES_MAX : 1;
  if (failures < failuresMax) return { ...ladder, failures };
  return ladderOf(ways, (rung + 1) % ways.length);
}
