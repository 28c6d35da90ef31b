import type { WorkEvent, WorkState } from '../contract/work-order.ts';

// The life of a work order (rule OR8):
//
//            accept        start         pick          pack        ship           deliver
//   queued ─────────► accepted ──► picking ──► picked ──────► packed ──► shipped ────────► delivered
//     │ │ reject         │ reject     │ reject    │ pull-back     │ ready
//     │ └───────► rejected ◄──────────┘           │               ▼          collect
//     │ accept-timeout, pull-back (from here on,  ▼      ready-for-pickup ─────────► collected
//     └─────────── until it is packed) ──► pulled-back ◄──────────┘ pickup-timeout, pull-back
//
// What comes packed from another node is received instead of picked: queued or accepted → ready-for-pickup.
// `delivered`, `collected`, `rejected` and `pulled-back` are final. A pick that finds nothing is the event `reject`.

type Row = Readonly<Record<WorkEvent, WorkState | 'refused'>>;

const NOTHING: Row = {
  accept: 'refused',
  start: 'refused',
  pick: 'refused',
  pack: 'refused',
  ship: 'refused',
  ready: 'refused',
  collect: 'refused',
  deliver: 'refused',
  receive: 'refused',
  reject: 'refused',
  'pull-back': 'refused',
  'accept-timeout': 'refused',
  'pickup-timeout': 'refused',
};
const IN_HAND: Row = { ...NOTHING, reject: 'rejected', 'pull-back': 'pulled-back' };

export const WORK_TABLE: Readonly<Record<WorkState, Row>> = {
  queued: { ...IN_HAND, accept: 'accepted', receive: 'ready-for-pickup', 'accept-timeout': 'pulled-back' },
  accepted: { ...IN_HAND, start: 'picking', receive: 'ready-for-pickup' },
  picking: { ...IN_HAND, pick: 'picked' },
  picked: { ...NOTHING, pack: 'packed', 'pull-back': 'pulled-back' },
  packed: { ...NOTHING, ship: 'shipped', ready: 'ready-for-pickup' },
  'ready-for-pickup': {
    ...NOTHING,
    collect: 'collected',
    'pull-back': 'pulled-back',
    'pickup-timeout': 'pulled-back',
  },
  shipped: { ...NOTHING, deliver: 'delivered' },
  delivered: NOTHING,
  collected: NOTHING,
  rejected: NOTHING,
  'pulled-back': NOTHING,
};

/** Nothing can happen to it any more. */
export function isFinal(state: WorkState): boolean {
  return Object.values(WORK_TABLE[state]).every((next) => next === 'refused');
}

/** It asks nothing more of the node: it has left, or ended. */
export function isDone(state: WorkState): boolean {
  return state === 'shipped' || isFinal(state);
}
