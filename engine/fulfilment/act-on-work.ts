import { unreachable } from '../contract/assert.ts';
import { digestHex } from '../contract/digest.ts';
import type { WorkRefusal } from '../contract/node-port.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { WorkAct, WorkEvent, WorkOrder, WorkState } from '../contract/work-order.ts';
import type { NodeState, WorkEntry } from './node-state.ts';
import { pickedLines, rejectedLines } from './pick-lines.ts';
import { sameParcels, shippedParcels } from './parcels.ts';
import { type Decided, moved, NOTHING, shown, tellOrder } from './work-moved.ts';
import { isFinal, WORK_TABLE } from './work-table.ts';

/** Clocks of handhelds differ; further ahead than this something is wrong (as rule FD10). */
const AHEAD_MS_MAX = 300_000;

/** What an act does to its work order. */
type Effect = { readonly op: WorkEvent; readonly set: Partial<WorkOrder> };
type Refusing = Refused<WorkRefusal>;

/** Somebody at a node says what they did. By the same key, or where it has been done already, it is done once (rule OR8). */
export function actOnWork(state: NodeState, act: WorkAct, self: number, at: number): Decided {
  const entry = state.workAt(act.work, act.node);
  if (entry === undefined) return { ...NOTHING, outcome: refuse('unknown-work', { field: 'work' }) };
  const digests = digestsOf(act);
  const known = entry.acts.find(([keyDigest]) => keyDigest === digests.keyDigest);
  if (known !== undefined && known[1] !== digests.contentDigest) {
    return { ...NOTHING, outcome: refuse('key-reused', { field: 'key' }) };
  }
  if (known !== undefined || isDoneAlready(entry.work, act)) return done(entry.work);
  const effect = effectOf(entry, act, at);
  if ('status' in effect) return { ...NOTHING, outcome: effect };

  const { op, set } = effect;
  const fact = { ...moved(state, entry, op, { at, set: { by: act.by, ...set } }), act: digests, tell: entry.tell };
  return { ...done(fact.news.work), facts: [fact], requests: [tellOrder(entry.tell, op, fact.news.work, self)] };
}

function done(work: WorkOrder): Decided {
  return { ...NOTHING, outcome: { status: 'done', work: shown(work) } };
}

/** Whatever order its fields were written in; who retries is no part of it. */
function digestsOf(act: WorkAct): { keyDigest: string; contentDigest: string } {
  const { key, by: _by, ...content } = act;
  const sorted = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  return { keyDigest: digestHex(key), contentDigest: digestHex(JSON.stringify(sorted)) };
}

const LEADS_TO: Readonly<Record<WorkAct['act'], WorkState>> = {
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

/** The same said once more, under another key. */
function isDoneAlready(work: WorkOrder, act: WorkAct): boolean {
  if (LEADS_TO[act.act] !== work.state) return false;
  switch (act.act) {
    case 'accept':
    case 'start':
    case 'pack':
    case 'ready':
    case 'deliver':
      return true;
    case 'receive':
      return work.from !== undefined;
    case 'pick': {
      const lines = pickedLines(work, act.lines);
      return Array.isArray(lines) && JSON.stringify(lines) === JSON.stringify(work.lines);
    }
    case 'ship': {
      const parcels = shippedParcels(work, act);
      return Array.isArray(parcels) && sameParcels(parcels, work.parcels);
    }
    case 'collect':
      return isCode(act.code, work.collectCode);
    case 'reject':
      return act.reason === work.reason;
    default:
      return unreachable(act);
  }
}

/** Codes in the order of WORK_REFUSALS. */
function effectOf({ work, collectMs }: WorkEntry, act: WorkAct, at: number): Effect | Refusing {
  if (isFinal(work.state)) return refuse('already-ended');
  if (WORK_TABLE[work.state][act.act] === 'refused' || !suits(work, act)) return refuse('not-in-this-state');
  switch (act.act) {
    case 'accept':
    case 'start':
    case 'pack':
    case 'deliver':
      return { op: act.act, set: {} };
    case 'ready':
    case 'receive':
      return { op: act.act, set: collectMs === undefined ? {} : { collectBy: at + collectMs } };
    case 'pick':
      return pick(work, act.lines);
    case 'ship': {
      const parcels = shippedParcels(work, act);
      return 'status' in parcels ? parcels : whenHappened(act, at, { op: 'ship', set: { parcels } });
    }
    case 'collect':
      if (!isCode(act.code, work.collectCode)) return refuse('wrong-code', { field: 'code' });
      return whenHappened(act, at, { op: 'collect', set: {} });
    case 'reject':
      return { op: 'reject', set: { lines: rejectedLines(work, act.reason), reason: act.reason } };
    default:
      return unreachable(act);
  }
}

/** What is handed over at the node does not leave with a carrier, and the other way round; what comes packed is not picked. */
function suits({ node, method, pickupNode, from }: WorkOrder, { act }: WorkAct): boolean {
  if (from !== undefined) return act === 'accept' || act === 'receive' || act === 'collect';
  const isElsewhere = method === 'ship-to-store' && pickupNode !== undefined && pickupNode !== node;
  if (act === 'ship') return method === 'ship' || (method === 'ship-to-store' && pickupNode !== node);
  return act !== 'receive' && (act !== 'ready' || (method !== 'ship' && !isElsewhere));
}

function pick(work: WorkOrder, said: Extract<WorkAct, { act: 'pick' }>['lines']): Effect | Refusing {
  const lines = pickedLines(work, said);
  if ('status' in lines) return lines;
  const reason = lines.find(({ short }) => short !== undefined)?.short;
  const set = { lines, ...(reason !== undefined && { reason }) };
  // Nothing was found at all: there is nothing to pack.
  return { op: lines.every(({ picked }) => picked === 0) ? 'reject' : 'pick', set };
}

function whenHappened({ happenedAt }: { happenedAt?: number }, at: number, effect: Effect): Effect | Refusing {
  if (happenedAt === undefined) return effect;
  if (!(happenedAt <= at + AHEAD_MS_MAX)) return refuse('happened-in-the-future', { field: 'happenedAt' });
  return { ...effect, set: { ...effect.set, at: happenedAt } };
}

/** Looks at every character, so that how long it takes says nothing about how much was right. Without a code anybody may have it. */
function isCode(said: string, code = said): boolean {
  let differs = said.length ^ code.length;
  for (let i = 0; i < code.length; i++) differs |= (said.charCodeAt(i) || 0) ^ code.charCodeAt(i);
  return differs === 0;
}
