// The life of the link to the server, as a total table.
//
//   idle ─start─► connecting ─opened─► greeting ─welcomed─────────────► live ─drained─► draining
//    ▲               ▲  ▲                 └─key-wanted─► authorizing ─accepted─► live      │
//   stop         due │  │ start                                                            │
//  (any)         online │                                                                  │
//                 waiting ◄──────────────── lost (any of connecting … draining) ◄──────────┘
//                       refused ◄─ refused (bad key, or a close code of 4500 and above): nobody tries again
//
// `live` and `draining` carry data. Everything else keeps the last numbers and says so.

export type LinkState =
  | 'idle'
  | 'connecting'
  | 'greeting'
  | 'authorizing'
  | 'live'
  | 'draining'
  | 'waiting'
  | 'refused';

export type LinkEvent =
  | 'start'
  | 'opened'
  | 'welcomed'
  | 'key-wanted'
  | 'accepted'
  | 'drained'
  | 'lost'
  | 'refused'
  | 'due'
  | 'online'
  | 'stop';

/** `ignored`: the event says nothing new in that state, a late timer for example. */
type Next = LinkState | 'ignored';

const LIFE: Record<LinkState, Record<LinkEvent, Next>> = {
  idle: row({ start: 'connecting' }),
  connecting: row({ opened: 'greeting', lost: 'waiting', refused: 'refused', stop: 'idle' }),
  greeting: row({
    welcomed: 'live',
    'key-wanted': 'authorizing',
    drained: 'draining',
    lost: 'waiting',
    refused: 'refused',
    stop: 'idle',
  }),
  authorizing: row({ accepted: 'live', lost: 'waiting', refused: 'refused', stop: 'idle' }),
  live: row({ drained: 'draining', lost: 'waiting', refused: 'refused', stop: 'idle' }),
  draining: row({ lost: 'waiting', refused: 'refused', stop: 'idle' }),
  waiting: row({ due: 'connecting', online: 'connecting', stop: 'idle' }),
  refused: row({ stop: 'idle' }),
};

export function nextLinkState(state: LinkState, event: LinkEvent): Next {
  return LIFE[state][event];
}

/** Whether numbers are followed right now. */
export function isFollowing(state: LinkState): boolean {
  return state === 'live' || state === 'draining';
}

function row(moves: Partial<Record<LinkEvent, LinkState>>): Record<LinkEvent, Next> {
  return {
    start: 'ignored',
    opened: 'ignored',
    welcomed: 'ignored',
    'key-wanted': 'ignored',
    accepted: 'ignored',
    drained: 'ignored',
    lost: 'ignored',
    refused: 'ignored',
    due: 'ignored',
    online: 'ignored',
    stop: 'ignored',
    ...moves,
  };
}
