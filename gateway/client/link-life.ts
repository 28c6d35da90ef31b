// The life of the link to the server, as a table.
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

/** What is not listed says nothing new in that state, a late timer for example, and is ignored. */
const LIFE: Readonly<Record<LinkState, Readonly<Partial<Record<LinkEvent, LinkState>>>>> = {
  idle: { start: 'connecting' },
  connecting: { opened: 'greeting', lost: 'waiting', refused: 'refused', stop: 'idle' },
  greeting: {
    welcomed: 'live',
    'key-wanted': 'authorizing',
    drained: 'draining',
    lost: 'waiting',
    refused: 'refused',
    stop: 'idle',
  },
  authorizing: { accepted: 'live', lost: 'waiting', refused: 'refused', stop: 'idle' },
  live: { drained: 'draining', lost: 'waiting', refused: 'refused', stop: 'idle' },
  draining: { lost: 'waiting', refused: 'refused', stop: 'idle' },
  waiting: { due: 'connecting', online: 'connecting', stop: 'idle' },
  refused: { stop: 'idle' },
};

export function nextLinkState(state: LinkState, event: LinkEvent): LinkState | 'ignored' {
  return LIFE[state][event] ?? 'ignored';
}

/** Whether numbers are followed right now. */
export function isFollowing(state: LinkState): boolean {
  return state === 'live' || state === 'draining';
}
