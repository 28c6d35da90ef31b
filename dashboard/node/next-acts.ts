import type { WorkActBody, WorkAnswer } from '../../gateway/protocol/work-bodies.ts';

export type Work = WorkAnswer['work'];

export type WorkState = Work['state'];
export type ActName = WorkActBody['act'];

/** Where a work order is on its way through the building: what the queue is divided by. */
export const STAGES = ['queued', 'accepted', 'picking', 'picked', 'packed', 'ready-for-pickup'] as const;
export type Stage = (typeof STAGES)[number];

/** What each act makes of a work order. */
const LEADS_TO: Readonly<Record<ActName, WorkState>> = {
  accept: 'accepted',
  start: 'picking',
  pick: 'picked',
  pack: 'packed',
  ship: 'shipped',
  ready: 'ready-for-pickup',
  collect: 'collected',
  deliver: 'delivered',
  receive: 'ready-for-pickup',
  reject: 'rejected',
};

/** Work orders only ever go forward: a greater number is further on. Ends are all the same far. */
const FAR: Readonly<Record<WorkState, number>> = {
  queued: 0,
  accepted: 1,
  picking: 2,
  picked: 3,
  packed: 4,
  'ready-for-pickup': 5,
  shipped: 6,
  delivered: 7,
  collected: 7,
  rejected: 7,
  'pulled-back': 7,
};

/** The one step that brings the work order on; undefined: the node has nothing more to do for it. */
export function nextAct({ state, method, pickupNode, node, from }: Work): ActName | undefined {
  // It comes packed: there is nothing to pick.
  if (from !== undefined && (state === 'queued' || state === 'accepted')) return 'receive';
  switch (state) {
    case 'queued':
      return 'accept';
    case 'accepted':
      return 'start';
    case 'picking':
      return 'pick';
    case 'picked':
      return 'pack';
    case 'packed':
      return method === 'pickup' || (method === 'ship-to-store' && pickupNode === node) ? 'ready' : 'ship';
    case 'ready-for-pickup':
      return 'collect';
    case 'shipped':
    case 'delivered':
    case 'collected':
    case 'rejected':
    case 'pulled-back':
      return undefined;
    default:
      return state satisfies never;
  }
}

/** Nothing has been picked for good yet: it can still be given back. */
export function mayReject({ state, from }: Work): boolean {
  if (from !== undefined) return false;
  return state === 'queued' || state === 'accepted' || state === 'picking';
}

/** It has left the building, or will not: it is no longer in the queue. */
export function isOver({ state }: Work): boolean {
  return !STAGES.some((stage) => stage === state);
}

/**
 * The work order as it is once these acts are taken: what the screen shows while they wait to be sent. Acts that it is past
 * already change nothing, since the server may have taken one whose answer was lost.
 */
export function withActs(work: Work, acts: readonly WorkActBody[]): Work {
  return acts.reduce(withAct, work);
}

function withAct(work: Work, act: WorkActBody): Work {
  if (FAR[LEADS_TO[act.act]] <= FAR[work.state]) return work;
  if (act.act !== 'pick') return { ...work, state: LEADS_TO[act.act] };
  const lines = work.lines.map((line) => ({
    ...line,
    picked: line.units,
    ...act.lines?.find((said) => said.line === line.line),
  }));
  return { ...work, lines, state: lines.every(({ picked }) => picked === 0) ? 'rejected' : 'picked' };
}
