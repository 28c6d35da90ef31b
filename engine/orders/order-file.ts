import { assert, unreachable } from '../contract/assert.ts';
import type { NodeId, ReservationId, WorkOrderId } from '../contract/ids.ts';
import { SOURCING_TRIES_MAX, type Order } from '../contract/order.ts';
import type { OrderFact, PieceChange, Said, StepUnits } from '../contract/order-fact.ts';
import type { Sku } from '../contract/ids.ts';
import type { ActRefusal } from '../contract/order-command.ts';
import type { Refused } from '../contract/outcome.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import { evolveOrder } from './evolve-order.ts';
import { BY_HAND, handAnswered, handHeard } from './hand-move.ts';
import { isPlaceless, needsPlace } from './needs-place.ts';
import { unitsIn } from './pieces.ts';

// An order with what its shard knows of it beside: what channels said, what is asked of stock and nodes and not answered yet.
// Immutable, the fold of its facts; all requests are derived from it, so a crash loses none (requests.ts).

export interface AskedStep {
  readonly step: number;
  readonly shard: number;
  readonly what: AllocationStep;
  readonly of: readonly StepUnits[];
  readonly why: string;
}

interface Pull {
  readonly work: WorkOrderId;
  readonly ask: number;
  readonly aim: 'cancel' | 're-source';
  readonly state: 'asked' | 'done' | 'refused';
}

/** Units sent to a node by hand (hand-move.ts). */
interface HandMove {
  readonly key: string;
  readonly node: NodeId;
  readonly steps: readonly number[];
  readonly refusal?: Refused<ActRefusal>;
}

/** What was said, with what tells an earlier word from a later one. */
interface Heard<S extends Said> {
  readonly at: number;
  readonly message: string;
  readonly says: S;
}

export interface OrderFile {
  readonly order: Order;
  readonly secret: string;
  readonly shards: Readonly<Record<Sku, number>>;
  /** A cart's hold that was not asked for yet; not before `heldAfter`, when units of it are being moved. */
  readonly reservation?: ReservationId;
  readonly heldAfter?: number;
  /** The cart's hold was over, or never was: its units are asked for like others. */
  readonly lostHold?: true;
  /** Digest of each message that was taken. */
  readonly messages: Readonly<Record<string, string>>;
  /** Newest word on how the order stands; absent: as it was placed. */
  readonly stands?: Heard<Extract<Said, { as: 'stands' }>>;
  readonly fewer: readonly Extract<Said, { as: 'fewer' }>[];
  readonly isCancelled: boolean;
  /** Units of each line that are not to be: of those ordered, since we cancelled some by hand, by rule, or for not being collected. */
  readonly ours: Readonly<Record<string, number>>;
  readonly acts: Readonly<Record<string, string>>;
  /** An act that waits for stock and a node. */
  readonly hand?: HandMove;
  /** Acts that they refused, by key: asked again, they are told the same. */
  readonly refusedActs: Readonly<Record<string, Refused<ActRefusal>>>;
  /** Asked and not answered, in order; the first of each shard is on its way. */
  readonly steps: readonly AskedStep[];
  readonly stepCount: number;
  /** Questions to sourcing: how many were asked, and how many of them are over. */
  readonly asks: number;
  readonly asksOver: number;
  readonly askedSkus: readonly Sku[];
  /** Who was asked: the group may have other nodes by the time they answer. */
  readonly askedNodes: readonly NodeId[];
  readonly tries: number;
  readonly lastRule?: string;
  readonly failedSteps: readonly string[];
  /** No node was found: why, and when what is left is cancelled (rule OR5). */
  readonly givenUp?: { readonly why: string; readonly cancelAt?: number };
  readonly pulls: readonly Pull[];
  /** Newest serving of backordered units, by shard and sku. */
  readonly served: Readonly<Record<string, number>>;
  readonly stuck?: string;
  /** Automations that ran: each once per order. */
  readonly ran: readonly string[];
}

type FactOf<Name extends OrderFact['fact']> = Extract<OrderFact, { fact: Name }>;
export type FileFact = Exclude<OrderFact, FactOf<'MessageKept' | 'RowsApplied' | 'OrderForgotten'>>;

export function evolveFile(file: OrderFile | undefined, fact: FileFact): OrderFile {
  const order = evolveOrder(file?.order, fact);
  assert(order !== undefined, () => `order ${fact.order} is gone`);
  if (fact.fact === 'OrderPlaced') return placed(order, fact);
  assert(file !== undefined, () => `${fact.fact} of ${fact.order}, which was not placed`);
  return closeAsk({ ...file, order, ...changeOf(file, fact) });
}

function placed(order: Order, { secret, shards, reservation }: FactOf<'OrderPlaced'>): OrderFile {
  return {
    order,
    secret,
    shards,
    ...(reservation !== undefined && { reservation }),
    messages: {},
    fewer: [],
    isCancelled: false,
    ours: {},
    acts: {},
    refusedActs: {},
    steps: [],
    stepCount: 0,
    asks: 0,
    asksOver: 0,
    askedSkus: [],
    askedNodes: [],
    tries: 0,
    failedSteps: [],
    pulls: [],
    served: {},
    ran: [],
  };
}

/** A question about units that need no place any more is over, answered or not. */
function closeAsk(file: OrderFile): OrderFile {
  const isOpen = file.asks > file.asksOver;
  return isOpen && !needsPlace(file.order) ? { ...file, asksOver: file.asks } : file;
}

/** Sourcing begins anew: from the first step, with all its tries. */
const ANEW = { tries: 0, failedSteps: [], givenUp: undefined } as unknown as Partial<OrderFile>;

function changeOf(file: OrderFile, fact: Exclude<FileFact, FactOf<'OrderPlaced'>>): Partial<OrderFile> {
  switch (fact.fact) {
    case 'MessageTaken':
      return { messages: { ...file.messages, [fact.message]: fact.digest }, ...said(file, fact) };
    case 'LinesAdded':
      return { shards: { ...file.shards, ...fact.shards }, ...ANEW };
    case 'StepAsked': {
      const { step, shard, what, of, why } = fact;
      const asked: AskedStep = { step, shard, what, of, why };
      const isTaken = what.do === 'allocate-held';
      const left = isTaken ? ({ reservation: undefined } as unknown as Partial<OrderFile>) : {};
      const hand = why === BY_HAND && file.hand ? { hand: { ...file.hand, steps: [...file.hand.steps, step] } } : {};
      return { ...left, ...hand, steps: [...file.steps, asked], stepCount: step };
    }
    case 'StepAnswered':
      return { ...answered(file, fact), ...handAnswered(file, fact) };
    case 'SourcingAsked': {
      // Nothing waits for an answer any more.
      const { ask: asks, skus: askedSkus, nodes: askedNodes } = fact;
      return { asks, askedSkus, askedNodes, ...(askedSkus.length === 0 && { asksOver: asks }) };
    }
    case 'OrderSourced':
      return sourced(file, fact);
    case 'WorkHeard':
      return { ...heardOfWork(file, fact), ...handHeard(file, fact) };
    case 'PullBackAsked': {
      const { work, ask, aim } = fact;
      return { pulls: [...file.pulls, { work, ask, aim, state: 'asked' }] };
    }
    case 'PiecesChanged': {
      const { served, what } = fact;
      if (served === undefined) return what === 'wanted' ? ANEW : {};
      const { shard, sku, serving } = served;
      const steps = servedEarly(file, fact.pieces, sku);
      return { ...ANEW, steps, served: { ...file.served, [`${shard} ${sku}`]: serving } };
    }
    case 'ActTaken':
      return acted(file, fact);
    case 'ActEnded': {
      const { key, refusal } = fact;
      const refusedActs = refusal === undefined ? file.refusedActs : { ...file.refusedActs, [key]: refusal };
      return { hand: undefined, refusedActs } as unknown as Partial<OrderFile>;
    }
    case 'AutomationRan':
      return automated(file, fact);
    case 'QueueEntered':
    case 'QueueLeft':
    case 'OrderChanged':
    case 'WorkOffered':
    case 'HoldPut':
    case 'HoldLifted':
    case 'ReturnRequested':
    case 'ReturnReceived':
    case 'ReturnRefused':
    case 'RefundDue':
      return {};
    default:
      return unreachable(fact);
  }
}

/** Units may come before the stock shard's word that they wait: that word is about the others then. */
function servedEarly({ order, steps }: OrderFile, pieces: readonly PieceChange[], sku: Sku): OrderFile['steps'] {
  const wasAsked = ({ line: name, from }: PieceChange): boolean =>
    order.lines.find(({ line }) => line === name)?.pieces[from]?.state === 'asked';
  let early = pieces.filter(wasAsked);
  if (early.length === 0) return steps;
  return steps.map((step) => {
    if (step.what.do !== 'await-units' || step.what.sku !== sku) return step;
    const of = step.of.map((each) => {
      const come = early.filter(({ line }) => line === each.line).reduce((sum, { units }) => sum + units, 0);
      early = early.filter(({ line }) => line !== each.line);
      return { ...each, units: Math.max(0, each.units - come) };
    });
    return { ...step, of };
  });
}

function said(file: OrderFile, { message, said: at, says }: FactOf<'MessageTaken'>): Partial<OrderFile> {
  switch (says.as) {
    case 'cancelled':
      return { isCancelled: true };
    case 'fewer':
      return says.lines.length === 0 ? {} : { fewer: [...file.fewer, says] };
    case 'stands':
      return file.stands === undefined || isLater({ at, message }, file.stands)
        ? { stands: { at, message, says } }
        : {};
    default:
      return unreachable(says);
  }
}

/** Of two words the one said later; of one moment the greater name, so that all shards and orders of arrival agree. */
export function isLater(a: { at: number; message: string }, b: { at: number; message: string }): boolean {
  return a.at > b.at || (a.at === b.at && a.message > b.message);
}

/** How long a move of a cart's units is given before it is asked for them again, in ms: it takes a few messages. */
const HELD_AGAIN_MS = 50;

const MUST_GO: readonly AllocationStep['do'][] = ['ship-allocated', 'reduce-allocated', 'take-back', 'transfer'];

function answered(file: OrderFile, { step, outcome, at }: FactOf<'StepAnswered'>): Partial<OrderFile> {
  const asked = file.steps.find((each) => each.step === step);
  const steps = file.steps.filter((each) => each !== asked);
  if (asked === undefined || outcome.status !== 'refused') return { steps };
  const { what } = asked;
  if (MUST_GO.includes(what.do)) return { steps, stuck: `${what.do}-refused-as-${outcome.code}` };
  if (what.do === 'allocate-held') return { steps, ...holdRefused(what.id, outcome.code, at) };
  if (what.do !== 'move-allocated' || asked.why === BY_HAND) return { steps };
  const tries = file.tries + 1;
  if (tries < SOURCING_TRIES_MAX) return { steps, tries };
  const { lastRule } = file;
  // A line of one certain node has no next step.
  if (asked.why !== 'sourced' || lastRule === undefined) return { steps, givenUp: { why: outcome.code } };
  return { steps, tries: 0, failedSteps: [...file.failedSteps, lastRule] };
}

/** While units of the hold are being moved it is asked for again; otherwise there is none. */
function holdRefused(reservation: ReservationId, code: string, at: number): Partial<OrderFile> {
  return code === 'move-under-way' ? { reservation, heldAfter: at + HELD_AGAIN_MS } : { lostHold: true };
}

function sourced(file: OrderFile, { ask, decision, at }: FactOf<'OrderSourced'>): Partial<OrderFile> {
  const { plan, step, otherwise } = decision;
  const over = { asksOver: ask };
  if (plan !== undefined && plan.parts.length > 0) return { ...over, ...(step !== undefined && { lastRule: step }) };
  const cancelAt = typeof otherwise === 'object' ? at + otherwise.cancelAfterMs : undefined;
  return { ...over, givenUp: { why: 'no-plan', ...(cancelAt !== undefined && { cancelAt }) } };
}

function heardOfWork(file: OrderFile, fact: FactOf<'WorkHeard'>): Partial<OrderFile> {
  const { work, op, now, pieces } = fact;
  if (op === 'pull-back') {
    const state = now === undefined ? ('refused' as const) : ('done' as const);
    const pulls = file.pulls.map((pull) => (pull.work === work && pull.state === 'asked' ? { ...pull, state } : pull));
    return now === undefined ? { pulls } : { pulls, ...ANEW };
  }
  if (op === 'pickup-timeout') return { ours: cancelled(file, pieces) };
  return pieces.some(({ to }) => to.failed !== undefined) ? ANEW : {};
}

/** Of what is there of each line so many fewer: what was refused or cancelled before is not counted for it. */
function cancelled({ order, ours }: OrderFile, lines: readonly LineUnits[]): OrderFile['ours'] {
  const sums = { ...ours };
  for (const { line: name, units: fewer } of lines) {
    const line = order.lines.find((each) => each.line === name);
    if (line === undefined) continue;
    const there = line.units - unitsIn(line.pieces, ({ state }) => state === 'cancelled' || state === 'refused');
    const left = Math.min(there, line.units - (sums[name] ?? 0)) - fewer;
    sums[name] = line.units - Math.max(0, left);
  }
  return sums;
}

interface LineUnits {
  readonly line: string;
  readonly units: number;
}

function acted(file: OrderFile, { key, digest, what }: FactOf<'ActTaken'>): Partial<OrderFile> {
  const acts = { ...file.acts, [key]: digest };
  if (what.act === 're-source') return { acts, ...ANEW };
  if (what.act === 'allocate') return { acts, hand: { key, node: what.node, steps: [] } };
  if (what.act !== 'cancel') return { acts };
  return what.lines === undefined ? { acts, isCancelled: true } : { acts, ours: cancelled(file, what.lines) };
}

/** What the engine itself cancels when a step of the waterfall says so: not a rule's name anybody may give. */
export const BY_WATERFALL = '*waterfall';

function automated(file: OrderFile, { rule, did }: FactOf<'AutomationRan'>): Partial<OrderFile> {
  const ran = file.ran.includes(rule) ? file.ran : [...file.ran, rule];
  if (rule === BY_WATERFALL) return { ours: cancelled(file, unfilledOf(file.order)), ...ANEW };
  if (did === 'cancel') return { ran, isCancelled: true };
  return did === 're-source' ? { ran, ...ANEW } : { ran };
}

function unfilledOf({ lines }: Order): { line: string; units: number }[] {
  return lines.flatMap(({ line, pieces }) =>
    pieces.filter((piece) => isPlaceless(piece) || piece.state === 'backordered').map(({ units }) => ({ line, units })),
  );
}
