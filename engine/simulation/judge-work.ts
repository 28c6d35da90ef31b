import type { NodeFact } from '../contract/order-fact.ts';
import { orderOfWork } from '../contract/ids.ts';
import type { NodeRef } from '../contract/reference.ts';
import type { WorkAct, WorkEvent, WorkOrder, WorkState } from '../contract/work-order.ts';
import { type HubFile, unitsOf } from './hub-file.ts';
import { require, requireSame } from './violation.ts';
import type { ModelWork, WorkModel } from './work-model.ts';

// Whether a shard of nodes' work may write a fact down, as things stand in the model before it (rule OR8).

export interface KnownOffers {
  /** The order as it is durable. */
  readonly order: (id: string) => HubFile | undefined;
  readonly sentWork: (work: string, keyDigest: string) => readonly WorkAct[];
}

type Moved = Extract<NodeFact, { fact: 'WorkMoved' }>;

const DAY_MS = 86_400_000;
/** The same life in other words than the engine's table: what may happen to it where. */
const LIFE: Readonly<Record<WorkEvent, { readonly from: readonly WorkState[]; readonly to: WorkState }>> = {
  accept: { from: ['queued'], to: 'accepted' },
  start: { from: ['accepted'], to: 'picking' },
  pick: { from: ['picking'], to: 'picked' },
  pack: { from: ['picked'], to: 'packed' },
  ship: { from: ['packed'], to: 'shipped' },
  ready: { from: ['packed'], to: 'ready-for-pickup' },
  collect: { from: ['ready-for-pickup'], to: 'collected' },
  deliver: { from: ['shipped'], to: 'delivered' },
  receive: { from: ['queued', 'accepted'], to: 'ready-for-pickup' },
  reject: { from: ['queued', 'accepted', 'picking'], to: 'rejected' },
  'pull-back': { from: ['queued', 'accepted', 'picking', 'picked', 'ready-for-pickup'], to: 'pulled-back' },
  'accept-timeout': { from: ['queued'], to: 'pulled-back' },
  'pickup-timeout': { from: ['ready-for-pickup'], to: 'pulled-back' },
};

export function judgeWork(model: WorkModel, fact: NodeFact, known: KnownOffers): void {
  requireNoneOverdue(model, fact);
  switch (fact.fact) {
    case 'RowsApplied':
      return;
    case 'WorkMoved':
      return judgeMoved(model, fact, known);
    case 'OfferRefused': {
      requireOffered(fact.work, fact.node, known);
      return require(!model.works.has(fact.work) && !model.refused.has(fact.work), () =>
        `${fact.work} is answered anew`);
    }
    case 'PullBackRefused': {
      const { work } = workOf(model, fact.work);
      requirePulled(fact.work, fact.ask, known);
      return require(!LIFE['pull-back'].from.includes(work.state), () => `${fact.work} is ${work.state} and kept`);
    }
    case 'WorkToldHeard': {
      const version = orderSees(fact.work, known)?.version ?? 0;
      return require(version >= fact.version, () => `${fact.work} is heard up to ${fact.version}, durable ${version}`);
    }
    case 'WorkForgotten':
      return fact.works.forEach((work) => requireOver(model, work, fact.at));
  }
}

const TIMEOUTS: readonly string[] = ['accept-timeout', 'pickup-timeout'];

/** What is past its time goes back before anything else is decided at that moment. */
function requireNoneOverdue(model: WorkModel, fact: NodeFact): void {
  if (fact.fact === 'WorkForgotten' || (fact.fact === 'WorkMoved' && TIMEOUTS.includes(fact.news.op))) return;
  for (const { work } of model.works.values()) {
    const due = work.state === 'queued' ? work.acceptBy : work.collectBy;
    const isOpen = work.state === 'queued' || work.state === 'ready-for-pickup';
    require(!isOpen || (due ?? Infinity) > fact.at, () =>
      `${fact.fact} at ${fact.at}, yet ${work.id} is due at ${due}`);
  }
}

function workOf(model: WorkModel, id: string): ModelWork {
  const known = model.works.get(id);
  require(known !== undefined, () => `there is no work ${id}`);
  return known;
}

const orderSees = (work: string, { order }: KnownOffers): HubFile['works'][number] | undefined =>
  order(orderOfWork(work) ?? '')?.works.find((each) => each.work === work);

/** Only what its order's facts have said may be asked of a node. */
function requireOffered(work: string, node: string, known: KnownOffers): void {
  const offered = orderSees(work, known);
  require(offered?.node === node, () => `${work} comes to ${node}, and its offer is not durable`);
}

function requirePulled(work: string, ask: number, { order }: KnownOffers): void {
  const isAsked = order(orderOfWork(work) ?? '')?.pulls.some((pull) => pull.work === work && pull.ask === ask);
  require(isAsked === true, () => `${work} is asked back, and that is not durable`);
}

function requireOver({ works, refused }: WorkModel, id: string, at: number): void {
  if (refused.has(id)) return;
  const { overAt, work } = works.get(id) ?? {};
  const keptMs = work?.state === 'shipped' ? 14 * DAY_MS : DAY_MS;
  require(overAt !== undefined && overAt + keptMs <= at, () => `${id} is forgotten, over since ${overAt}`);
}

function judgeMoved(model: WorkModel, fact: Moved, known: KnownOffers): void {
  const { o, node, op, work } = fact.news;
  const head = model.heads.get(node) ?? 0;
  require(o === head + 1, () => `event ${o} of ${node} follows event ${head}`);
  if (op === 'queued') return judgeQueued(model, fact, known);
  const { work: before } = workOf(model, work.id);
  const { from, to } = LIFE[op];
  require(from.includes(before.state), () => `${op} of ${work.id}, which is ${before.state}`);
  requireSame([work.state, work.version, work.node], [to, before.version + 1, node], () => `${work.id} after ${op}`);
  requireCause(fact, before, known);
  requireLines(work, before);
}

function judgeQueued(model: WorkModel, { news: { node, work }, day }: Moved, known: KnownOffers): void {
  requireOffered(work.id, node, known);
  require(!model.works.has(work.id) && !model.refused.has(work.id), () => `${work.id} is taken twice`);
  const { enabled = false, ordersPerDay = Infinity } = (model.rows.get(`nodes ${node}`) ?? {}) as Partial<NodeRef>;
  // What is on its way cannot be refused, and is no work of that day (rule OR7).
  const isComing = work.from !== undefined;
  require(enabled || isComing, () => `${node} is switched off and takes ${work.id}`);
  const today = model.days.get(node);
  const taken = today?.day === day ? (today?.taken ?? 0) : 0;
  require(taken < ordersPerDay || isComing, () =>
    `${node} takes ${taken + 1} orders a day, it may take ${ordersPerDay}`);
  requireSame([work.state, work.version], ['queued', 1], () => `${work.id} as it comes`);
  const file = known.order(work.order);
  const lines = (file?.lines ?? []).flatMap(({ line, pieces }) => {
    const units = unitsOf(pieces.filter((piece) => piece.work === work.id));
    return units === 0 ? [] : [[line, units]];
  });
  requireSame(
    work.lines.map(({ orderLine, units }) => [orderLine, units]),
    lines,
    () => `lines of ${work.id}`,
  );
}

/** Somebody did it, its order asked for it, or its time had come. */
function requireCause({ act, ask, at, news: { op, work } }: Moved, before: WorkOrder, known: KnownOffers): void {
  if (op === 'pull-back') return requirePulled(work.id, ask ?? 0, known);
  const due = op === 'accept-timeout' ? before.acceptBy : before.collectBy;
  if (TIMEOUTS.includes(op))
    return require(due !== undefined && due <= at, () => `${op} of ${work.id} at ${at}, due ${due}`);
  const sent = known.sentWork(work.id, act?.keyDigest ?? '');
  const isDone = sent.some((each) => leadsTo(each, op, work));
  require(isDone, () => `nobody did ${op} to ${work.id} as ${JSON.stringify(work.lines)}`);
}

/** A line nobody names was found whole; a pick that finds nothing rejects. */
function leadsTo(act: WorkAct, op: WorkEvent | 'queued', { lines }: WorkOrder): boolean {
  if (act.act !== 'pick') return act.act === op;
  const found = lines.map(({ line, units }) => act.lines.findLast((each) => each.line === line)?.picked ?? units);
  const isNothing = found.every((picked) => picked === 0);
  if (op !== (isNothing ? 'reject' : 'pick')) return false;
  return lines.every(({ picked }, index) => picked === found[index]);
}

/** What was ordered stays; what was found is part of it. */
function requireLines({ id, lines, state }: WorkOrder, before: WorkOrder): void {
  const named = (all: WorkOrder['lines']): unknown =>
    all.map(({ line, orderLine, sku, units }) => [line, orderLine, sku, units]);
  requireSame(named(lines), named(before.lines), () => `lines of ${id}`);
  for (const { line, units, picked = units, short } of lines) {
    require(picked >= 0 && picked <= units, () => `${picked} of ${units} are picked in line ${line} of ${id}`);
    require(picked === units || short !== undefined, () => `line ${line} of ${id} is short without a reason`);
  }
  const known = before.lines.map(({ picked }) => picked);
  if (state === 'picked' || state === 'rejected' || known.every((picked) => picked === undefined)) return;
  requireSame(
    lines.map(({ picked }) => picked),
    known,
    () => `what was picked of ${id}`,
  );
}
