import { unreachable } from '../contract/assert.ts';
import type { AutomationRef } from '../contract/automation.ts';
import { digestHex } from '../contract/digest.ts';
import type { OrderFact, PieceChange } from '../contract/order-fact.ts';
import type { OrderAct, Piece } from '../contract/order.ts';
import type { NodeGroupRef, NodeRef } from '../contract/reference.ts';
import type { ShopMessage } from '../contract/shop-order.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import { type FactOf, hubFile, type HubFile, type HubLine, unitsOf } from './hub-file.ts';
import type { HubModel, SentMessages } from './hub-model.ts';
import { saysOf } from './hub-wanted.ts';
import { requireBegins } from './judge-placed.ts';
import { judgeWorkHeard, type KnownWork } from './judge-work-heard.ts';
import { isSame, require, requireSame } from './violation.ts';

// Whether a shard of orders may write a fact down, as things stand in the model before it.

/** What was sent, and what other shards have made durable. */
export interface KnownHub extends KnownWork {
  readonly sentMessages: SentMessages;
  readonly sentAct: (order: string, key: string) => readonly OrderAct[];
  /** The shard has decided about the step. */
  readonly isStepDurable: (asked: FactOf<'StepAsked'>, fact: FactOf<'StepAnswered'>) => boolean;
  /** Units a stock shard gave the order out of what came. */
  readonly served: (shard: number, serving: number, order: string) => number | undefined;
}

export function judgeHub(model: HubModel, fact: OrderFact, known: KnownHub): void {
  if (fact.fact === 'RowsApplied') return;
  if (fact.fact === 'MessageKept') return judgeKept(model, fact.message, known);
  if (fact.fact === 'OrderPlaced') return judgePlaced(model, fact, known);
  require(fact.fact !== 'OrderForgotten', () => `${fact.order} is forgotten within days`);
  const file = model.files.get(fact.order);
  require(file !== undefined, () => `${fact.fact} of ${fact.order}, which was not placed`);
  judgeChange(model, file, fact, known);
  for (const { line, units, pieces, kit } of hubFile(file, fact, model.said(fact)).lines) {
    const sum = unitsOf(pieces);
    require(kit === true || sum === units, () =>
      `${file.id}: ${units} ordered of line ${line}, ${sum} in pieces (OR3)`);
  }
}

function judgeKept(model: HubModel, message: ShopMessage, known: KnownHub): void {
  const { channel, channelOrderId, message: id } = message;
  requireSent(message, known);
  require(model.find(channel, channelOrderId) === undefined, () =>
    `${channelOrderId} is there, ${id} is kept for later`);
  const early = model.early.get(`${channel} ${channelOrderId}`)?.messages ?? [];
  require(!early.some((each) => each.message === id), () => `${id} is kept twice (OR1)`);
}

function requireSent(message: ShopMessage, { sentMessages }: KnownHub): void {
  require(sentMessages(message).some((each) => isSame(each, message)), () => `nobody sent ${JSON.stringify(message)}`);
}

function judgePlaced(model: HubModel, { begins, message, order, reservation }: FactOf<'OrderPlaced'>, known: KnownHub) {
  const { channel, channelOrderId, version } = begins;
  require(model.find(channel, channelOrderId) === undefined, () =>
    `${channel} ${channelOrderId} is placed twice (OR1)`);
  const isTaken = [...model.early.values()].some(({ id }) => id === order) || model.files.has(order);
  const early = model.early.get(`${channel} ${channelOrderId}`)?.id;
  require(early === order || !isTaken, () => `${order} is the id of another order`);
  requireSame([order, version], [early ?? order, 1], () => `${channelOrderId} as it begins`);
  const sent = known.sentMessages({ channel, channelOrderId, message });
  const why = sent.map((each) => requireBegins(each, begins, reservation));
  require(why.includes(undefined), () => `${order} begins otherwise than it was sent: ${why.join('; or ')}`);
}

function judgeChange(model: HubModel, file: HubFile, fact: OrderFact, known: KnownHub): void {
  switch (fact.fact) {
    case 'MessageTaken':
      return judgeTaken(model, file, fact);
    case 'StepAsked':
      return judgeAsked(file, fact);
    case 'StepAnswered':
      return judgeAnswered(file, fact, known);
    case 'OrderSourced':
      return judgeSourced(model, file, fact);
    case 'WorkOffered':
      return judgeOffered(file, fact);
    case 'WorkHeard':
      return judgeWorkHeard(file, fact, known);
    case 'PiecesChanged':
      return judgePieces(file, fact, known);
    case 'ActTaken': {
      require(!file.acts.has(fact.key), () => `${fact.key} is done twice (OR10)`);
      const sent = known.sentAct(file.id, fact.key);
      const isSent = sent.some((act) => digestHex(JSON.stringify(act)) === fact.digest);
      return require(isSent, () => `nobody did ${JSON.stringify(fact.what)} to ${file.id}`);
    }
    case 'AutomationRan':
      return judgeRan(model, file, fact);
    case 'RefundDue':
      return require(!file.refunds.includes(fact.id), () => `${fact.id} is paid back twice (OR1)`);
    case 'ReturnReceived':
    case 'ReturnRefused':
      return require(file.returns.includes(fact.id), () => `${fact.id} ends, and is not open (OR11)`);
    case 'PullBackAsked': {
      const pull = file.pulls.find(({ work, state }) => work === fact.work && state === 'asked');
      return require(pull === undefined, () => `${fact.work} is asked back twice at once`);
    }
    case 'LinesAdded': {
      const before = (name: string): number => file.lines.find(({ line }) => line === name)?.units ?? 0;
      const isMore = fact.lines.every(({ line, units }) => units > before(line));
      return require(isMore, () => `${file.id} has lines added that are no more than before`);
    }
    case 'OrderPlaced':
    case 'OrderForgotten':
    case 'OrderChanged':
    case 'SourcingAsked':
    case 'HoldPut':
    case 'HoldLifted':
    case 'QueueEntered':
    case 'QueueLeft':
    case 'ReturnRequested':
    case 'ActEnded':
    case 'MessageKept':
    case 'RowsApplied':
      return;
    default:
      return unreachable(fact);
  }
}

function judgeTaken(model: HubModel, file: HubFile, fact: FactOf<'MessageTaken'>): void {
  const said = model.said(fact);
  require(said !== undefined, () => `nobody sent ${fact.message} of ${file.channelOrderId}`);
  require(!file.messages.has(fact.message), () => `${fact.message} of ${file.id} counts twice (OR1)`);
  requireSame(fact.says, saysOf(said), () => `what ${fact.message} says`);
}

const PLACING: readonly AllocationStep['do'][] = ['allocate', 'allocate-held', 'await-units', 'move-allocated'];

function judgeAsked(file: HubFile, fact: FactOf<'StepAsked'>): void {
  const { step, what, of } = fact;
  require(step === file.steps + 1, () => `${file.id} asks step ${step} after ${file.steps}`);
  requireSame([what.allocation, what.step], [file.id, step], () => `step ${step} of ${file.id}`);
  if (!PLACING.includes(what.do)) return;
  for (const [name, units] of sums(of)) {
    const line = file.lines.find((each) => each.line === name);
    const free = line === undefined ? 0 : unlocked(file, line, placeOf(what));
    require(units <= free, () => `${what.do} of ${units} in line ${name} of ${file.id}, ${free} are not asked for yet`);
  }
}

function sums(of: FactOf<'StepAsked'>['of']): [string, number][] {
  return [...Map.groupBy(of, ({ line }) => line)].map(([line, all]) => [line, unitsOf(all)]);
}

/** Where the step takes the units from; undefined: from those nobody has promised yet. */
function placeOf(what: AllocationStep): string | undefined {
  return what.do === 'move-allocated' ? JSON.stringify(what.from) : undefined;
}

function unlocked({ open }: HubFile, line: HubLine, place: string | undefined): number {
  const there = line.pieces.filter((piece) =>
    place === undefined ? piece.state === 'asked' : standsAt(piece) === place,
  );
  const locking = open.filter(({ what }) => PLACING.includes(what.do) && placeOf(what) === place);
  return unitsOf(there) - unitsOf(locking.flatMap(({ of }) => of.filter((each) => each.line === line.line)));
}

function standsAt({ state, node, group }: Piece): string | undefined {
  if (state === 'unplaced') return JSON.stringify({ group });
  return state === 'allocated' ? JSON.stringify({ node }) : undefined;
}

/** What an answer may make of pieces. */
const ANSWERS: Partial<Record<AllocationStep['do'], readonly string[]>> = {
  allocate: ['asked unplaced', 'asked allocated', 'asked refused'],
  'allocate-held': ['asked unplaced', 'asked allocated'],
  'await-units': ['asked backordered', 'asked refused'],
  'move-allocated': ['unplaced allocated', 'allocated allocated'],
};

function judgeAnswered(file: HubFile, fact: FactOf<'StepAnswered'>, known: KnownHub): void {
  const { step, shard, pieces } = fact;
  const asked = file.open.find((each) => each.step === step && each.shard === shard);
  require(asked !== undefined, () => `step ${step} of ${file.id} is answered twice, or was never asked`);
  require(known.isStepDurable(asked, fact), () => `step ${step} of ${file.id} is answered, and is not durable there`);
  const isFirst = file.open.find((each) => each.shard === shard) === asked;
  require(isFirst, () => `step ${step} of ${file.id} is answered before one that was asked before it`);
  requireChanges(file, pieces, ANSWERS[asked.what.do] ?? []);
  for (const { line, from, to } of pieces) {
    if (asked.what.do !== 'move-allocated' || asked.why !== 'sourced') continue;
    const { failed = [] } = pieceAt(file, line, from);
    const isOut = failed.some(({ node }) => node === to.node);
    require(!isOut, () => `line ${line} of ${file.id} goes to ${to.node}, which has failed it (OR8)`);
  }
}

function pieceAt({ id, lines }: HubFile, name: string, from: number): Piece {
  const piece = lines.find(({ line }) => line === name)?.pieces[from];
  require(piece !== undefined, () => `${id} has no piece ${from} in line ${name}`);
  return piece;
}

function requireChanges(file: HubFile, changes: readonly PieceChange[], may: readonly string[]): void {
  for (const { line, from, to } of changes) {
    const turn = `${pieceAt(file, line, from).state} ${to.state}`;
    require(may.includes(turn), () => `a piece of ${file.id} goes from ${turn.replace(' ', ' to ')}`);
  }
}

function judgeSourced(model: HubModel, file: HubFile, { decision }: FactOf<'OrderSourced'>): void {
  const { nodes = [] } = (model.rows.get(`groups ${file.group}`) ?? {}) as Partial<NodeGroupRef>;
  const failed = file.lines
    .flatMap(({ pieces }) => pieces)
    .flatMap((piece) =>
      ['shipped', 'delivered', 'collected', 'returned'].includes(piece.state) ? [] : (piece.failed ?? []),
    );
  for (const { node } of decision.plan?.parts ?? []) {
    require(!failed.some((each) => each.node === node), () =>
      `${file.id} is sourced at ${node}, which failed it (OR8)`);
    require(nodes.includes(node), () => `${file.id} is sourced at ${node}, which is not in ${file.group}`);
    const { enabled = false } = (model.rows.get(`nodes ${node}`) ?? {}) as Partial<NodeRef>;
    require(enabled, () => `${file.id} is sourced at ${node}, which is switched off`);
  }
}

/** What is on its way is offered to where it goes, whether the order is on hold or not. */
function judgeComing(file: HubFile, { work, node, from, pieces }: FactOf<'WorkOffered'>): void {
  const sender = file.works.find((each) => each.node === from && each.isOnward === true);
  require(sender !== undefined, () => `${work} comes from ${from}, which sent nothing`);
  const own = file.lines.flatMap((line) => line.pieces).filter((piece) => piece.work === work);
  const isComing = own.length > 0 && own.every((piece) => piece.state === 'in-transit' && piece.node === node);
  require(isComing && pieces.length === 0, () => `${work} is about nothing that is on its way`);
}

function judgeOffered(file: HubFile, fact: FactOf<'WorkOffered'>): void {
  const { work, node, pieces } = fact;
  require(!file.works.some((each) => each.work === work), () => `${work} is offered twice`);
  if (fact.from !== undefined) return judgeComing(file, fact);
  require(file.holds.length === 0, () => `${file.id} is on hold and released (OR4)`);
  require(pieces.length > 0, () => `${work} is about nothing`);
  requireChanges(file, pieces, ['allocated released']);
  for (const { line, from, to } of pieces) {
    const piece = pieceAt(file, line, from);
    requireSame([to.node, to.work, piece.node], [node, work, node], () => `a piece of ${work}`);
    const hasFailed = (piece.failed ?? []).some((each) => each.node === node);
    require(!hasFailed, () => `${work} is offered to ${node}, which has failed it (OR8)`);
  }
}

const MAY: Record<FactOf<'PiecesChanged'>['what'], readonly string[]> = {
  cancelled: ['asked cancelled', 'backordered cancelled', 'unplaced cancelled', 'allocated cancelled'],
  wanted: ['cancelled asked'],
  came: ['backordered unplaced', 'asked unplaced'],
  returned: ['shipped returned', 'delivered returned', 'collected returned'],
  refused: ['asked refused'],
};

function judgePieces(file: HubFile, { what, pieces, served }: FactOf<'PiecesChanged'>, known: KnownHub): void {
  requireChanges(file, pieces, MAY[what]);
  if (what !== 'came') return;
  const { shard = -1, sku = '', serving = 0 } = served ?? {};
  const before = file.served.get(`${shard} ${sku}`) ?? 0;
  require(serving > before, () => `serving ${serving} counts for ${file.id} after ${before} (OR9)`);
  const units = known.served(shard, serving, file.id);
  require(units !== undefined, () => `${file.id} is told of serving ${serving} of ${shard}, which is not durable`);
  require(unitsOf(pieces) <= units, () => `${units} came for ${file.id}, it takes ${unitsOf(pieces)}`);
}

function judgeRan(model: HubModel, file: HubFile, { rule, by }: FactOf<'AutomationRan'>): void {
  if (by === 'sourcing') return require(file.waitsToCancel, () => `${file.id} is given up, no step said so`);
  const row = model.rows.get(`automations ${rule}`) as AutomationRef | undefined;
  require(row?.enabled === true, () => `${rule} runs, and is no rule any more`);
  const times = file.ran.filter((each) => each === rule).length;
  require(times < row.then.length, () => `${rule} runs more than once for ${file.id} (OR10)`);
}
