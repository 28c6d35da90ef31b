import type { NodeCommand } from '../contract/command.ts';
import type { ShardRequest } from '../contract/machine.ts';
import type { NodePortReply, OfferRefusal } from '../contract/node-port.ts';
import { afterOpenMs, localDayOf } from '../contract/opening-hours.ts';
import { refuse } from '../contract/outcome.ts';
import type { NodeRef } from '../contract/reference.ts';
import { WORK_OPEN_MAX, type WorkOrder } from '../contract/work-order.ts';
import { todayOf } from './node-answers.ts';
import type { NodeState } from './node-state.ts';
import { type Decided, NOTHING, shown } from './work-moved.ts';

type Offer = Extract<NodeCommand, { do: 'offer-work' }>;

/** Work for a node. The same offer again has the answer of the first, whatever the node takes by then. */
export function offerWork(state: NodeState, offer: Offer, at: number): Decided {
  const { id, node } = offer.work;
  const known = state.works.get(id);
  if (known !== undefined) return answer(offer, { status: 'queued', work: shown(known.work) });
  const before = state.refused.get(id);
  if (before !== undefined) return answer(offer, refuse(before.code));

  const ref = state.node(node);
  const code = refusalOf(state, ref, offer.work.from !== undefined, at);
  if (ref === undefined || code !== undefined) {
    const refusal = code ?? 'unknown-node';
    const facts = [{ fact: 'OfferRefused', at, work: id, node, code: refusal }] as const;
    return { ...answer(offer, refuse(refusal)), facts };
  }
  return queued(state, offer, ref, at);
}

/** Codes in the order of OFFER_REFUSALS. What is on its way comes, whatever the node takes. */
function refusalOf(
  state: NodeState,
  ref: NodeRef | undefined,
  isComing: boolean,
  at: number,
): OfferRefusal | undefined {
  if (ref === undefined) return 'unknown-node';
  if (isComing) return undefined;
  if (!ref.enabled) return 'node-switched-off';
  const isFull = todayOf(state, ref, at) >= (ref.ordersPerDay ?? Infinity);
  return isFull || (state.nodes.get(ref.id)?.open.size ?? 0) >= WORK_OPEN_MAX ? 'capacity-reached' : undefined;
}

function queued(state: NodeState, offer: Offer, ref: NodeRef, at: number): Decided {
  const { work: wanted, acceptMs, collectMs, replyTo } = offer;
  const acceptBy = acceptMs === undefined ? wanted.acceptBy : afterOpenMs(ref, at, acceptMs);
  const work: WorkOrder = {
    ...wanted,
    state: 'queued',
    parcels: [],
    offeredAt: at,
    at,
    version: 1,
    // A place that is hardly ever open is waited for.
    ...(acceptBy !== undefined && Number.isFinite(acceptBy) && { acceptBy }),
  };
  const o = (state.nodes.get(ref.id)?.head ?? 0) + 1;
  const fact = {
    fact: 'WorkMoved',
    at,
    news: { o, node: ref.id, op: 'queued', at, work },
    tell: replyTo,
    // A day is planned by what is picked on it.
    ...(wanted.from === undefined && { day: localDayOf(ref.timeZone, at) }),
    ...(collectMs !== undefined && { collectMs }),
  } as const;
  return { ...answer(offer, { status: 'queued', work: shown(work) }), facts: [fact] };
}

function answer(
  { work, replyTo }: Offer,
  outcome: Extract<NodePortReply, { do: 'offer-answered' }>['outcome'],
): Decided {
  const reply: ShardRequest = {
    shard: replyTo,
    command: { do: 'offer-answered', order: work.order, work: work.id, outcome },
  };
  return { ...NOTHING, requests: [reply] };
}
