import { unreachable } from '../contract/assert.ts';
import type { NodeId, OrderId, WorkOrderId } from '../contract/ids.ts';
import type { OrderFact, PieceChange } from '../contract/order-fact.ts';
import type { ExceptionQueue, OrderLine, Piece } from '../contract/order.ts';
import type { OrderMethod, ShopMessage } from '../contract/shop-order.ts';
import { require } from './violation.ts';

// An order as its facts tell it, folded by the plainest rules. Values are never changed in place.

export type FactOf<Name extends OrderFact['fact']> = Extract<OrderFact, { fact: Name }>;
export type HubLine = Pick<OrderLine, 'line' | 'sku' | 'units' | 'of' | 'kit' | 'at' | 'pieces'>;

interface HubWork {
  readonly work: WorkOrderId;
  readonly node: NodeId;
  readonly state: string;
  readonly version: number;
  /** Its units come packed from there. */
  readonly from?: NodeId;
  /** It has sent its units on to where they are handed over. */
  readonly isOnward?: true;
}

interface HubPull {
  readonly work: WorkOrderId;
  readonly ask: number;
  readonly aim: 'cancel' | 're-source';
  readonly state: 'asked' | 'done' | 'refused';
}

export interface HubFile {
  readonly id: OrderId;
  readonly channel: string;
  readonly channelOrderId: string;
  readonly method: OrderMethod;
  readonly pickupNode: NodeId | undefined;
  readonly group: string;
  readonly version: number;
  /** The customer left with the goods. */
  readonly isTillSale: boolean;
  readonly lines: readonly HubLine[];
  readonly holds: readonly string[];
  readonly works: readonly HubWork[];
  readonly queue?: ExceptionQueue | undefined;
  /** Digest of each message that was taken, by its id. */
  readonly messages: ReadonlyMap<string, string>;
  readonly says: readonly ShopMessage[];
  /** Steps that are asked and not answered. */
  readonly open: readonly FactOf<'StepAsked'>[];
  readonly steps: number;
  readonly acts: ReadonlyMap<string, string>;
  readonly ran: readonly string[];
  readonly served: ReadonlyMap<string, number>;
  readonly pulls: readonly HubPull[];
  readonly refunds: readonly string[];
  /** Returns that are announced and have not come. */
  readonly returns: readonly string[];
  /** Staff, a rule or time gave up some of it: how many are wanted is no longer the channel's word alone. */
  readonly isOurs: boolean;
  /** A step of the waterfall gives up what it cannot place, in time. */
  readonly waitsToCancel: boolean;
}

/** `message`: what was sent, for a MessageTaken. */
export function hubFile(file: HubFile | undefined, fact: OrderFact, message?: ShopMessage): HubFile {
  if (fact.fact === 'OrderPlaced') return placed(fact);
  require(file !== undefined, () => `${fact.fact}, and there is no such order`);
  return { ...file, ...changeOf(file, fact, message), version: file.version + 1 };
}

function placed({ begins }: FactOf<'OrderPlaced'>): HubFile {
  const { id, channel, channelOrderId, method, pickupNode, group, version, lines, holds } = begins;
  return {
    id,
    channel,
    channelOrderId,
    method,
    pickupNode,
    group,
    version,
    isTillSale: lines.some(({ pieces }) => pieces.some(({ state }) => state === 'collected')),
    lines,
    holds: holds.map(({ kind }) => kind),
    works: [],
    messages: new Map(),
    says: [],
    open: [],
    steps: 0,
    acts: new Map(),
    ran: [],
    served: new Map(),
    pulls: [],
    refunds: [],
    returns: [],
    isOurs: false,
    waitsToCancel: false,
  };
}

function changeOf(file: HubFile, fact: OrderFact, message: ShopMessage | undefined): Partial<HubFile> {
  switch (fact.fact) {
    case 'MessageTaken': {
      const messages = new Map(file.messages).set(fact.message, fact.digest);
      return { messages, says: message === undefined ? file.says : [...file.says, message] };
    }
    case 'LinesAdded':
      return { lines: withLines(file.lines, fact.lines) };
    case 'StepAsked':
      return { open: [...file.open, fact], steps: fact.step };
    case 'StepAnswered':
      return { open: file.open.filter(({ step }) => step !== fact.step), lines: changed(file, fact.pieces) };
    case 'OrderSourced':
      return { waitsToCancel: typeof fact.decision.otherwise === 'object' };
    case 'WorkOffered': {
      const { work, node, from, pieces } = fact;
      const offered = { work, node, state: 'offered', version: 0, ...(from !== undefined && { from }) };
      return { lines: changed(file, pieces), works: [...file.works, offered] };
    }
    case 'WorkHeard':
      return { lines: changed(file, fact.pieces), ...heard(file, fact) };
    case 'PullBackAsked':
      return { pulls: [...file.pulls, { work: fact.work, ask: fact.ask, aim: fact.aim, state: 'asked' }] };
    case 'PiecesChanged': {
      const { served, pieces } = fact;
      const known = file.served;
      const now = served && new Map(known).set(`${served.shard} ${served.sku}`, served.serving);
      return { lines: changed(file, pieces), served: now ?? known };
    }
    case 'HoldPut':
      return { holds: [...file.holds, fact.kind] };
    case 'HoldLifted':
      return { holds: file.holds.filter((kind) => kind !== fact.kind) };
    case 'QueueEntered':
      return { queue: fact.queue };
    case 'QueueLeft':
      return { queue: undefined };
    case 'RefundDue':
      return { refunds: [...file.refunds, fact.id] };
    case 'ReturnRequested':
      return { returns: [...file.returns, fact.id] };
    case 'ReturnReceived':
    case 'ReturnRefused':
      return { returns: file.returns.filter((id) => id !== fact.id) };
    case 'ActTaken':
      return { acts: new Map(file.acts).set(fact.key, fact.digest), isOurs: file.isOurs || fact.what.act === 'cancel' };
    case 'AutomationRan':
      return { ran: [...file.ran, fact.rule], isOurs: file.isOurs || fact.did.startsWith('cancel') };
    case 'OrderPlaced':
    case 'OrderForgotten':
    case 'OrderChanged':
    case 'SourcingAsked':
    case 'ActEnded':
    case 'MessageKept':
    case 'RowsApplied':
      return {};
    default:
      return unreachable(fact);
  }
}

function withLines(lines: readonly HubLine[], more: readonly HubLine[]): HubLine[] {
  const names = new Set(lines.map(({ line }) => line));
  const replaced = lines.map((line) => more.find((each) => each.line === line.line) ?? line);
  return [...replaced, ...more.filter(({ line }) => !names.has(line))];
}

/** Changes name pieces as they were before; what is alike afterwards is one piece, where the first of it was. */
function changed({ id, lines }: HubFile, changes: readonly PieceChange[]): readonly HubLine[] {
  return lines.map((line) => {
    const own = changes.filter((change) => change.line === line.line);
    if (own.length === 0) return line;
    const left = line.pieces.map((piece, index) => {
      const taken = own.filter(({ from }) => from === index);
      return { ...piece, units: piece.units - unitsOf(taken) };
    });
    require(left.every(({ units }) => units >= 0), () => `${id}: more of line ${line.line} changes than there is`);
    const all = [...left, ...own.map(({ to, units }) => ({ ...to, units }))].filter(({ units }) => units > 0);
    return { ...line, pieces: joined(all) };
  });
}

function joined(pieces: readonly Piece[]): Piece[] {
  const kinds = Map.groupBy(pieces, ({ state, node, group, work, dueAt, failed }) =>
    JSON.stringify([state, node, group, work, dueAt, failed]),
  );
  return [...kinds.values()].map((alike) => ({ ...(alike[0] as Piece), units: unitsOf(alike) }));
}

function heard(file: HubFile, { work, op, now, pieces }: FactOf<'WorkHeard'>): Partial<HubFile> {
  const known = file.works.find((each) => each.work === work);
  require(known !== undefined, () => `${file.id} hears of ${work}, which it never offered`);
  const refused = op === 'refused' ? { ...known, state: 'rejected' } : known;
  const onward = pieces.some(({ to }) => to.state === 'in-transit') ? { isOnward: true as const } : {};
  const next = now === undefined ? refused : { ...known, ...onward, state: now.state, version: now.version };
  const works = file.works.map((each) => (each.work === work ? next : each));
  const isOurs = file.isOurs || op === 'pickup-timeout';
  if (op !== 'pull-back') return { works, isOurs };
  const state = now === undefined ? 'refused' : 'done';
  const pulls = file.pulls.map((pull) => (pull.work === work && pull.state === 'asked' ? { ...pull, state } : pull));
  return { works, pulls: pulls as HubFile['pulls'] };
}

export function unitsOf(some: readonly { readonly units: number }[]): number {
  return some.reduce((sum, { units }) => sum + units, 0);
}

export function unitsIn({ pieces }: Pick<HubLine, 'pieces'>, ...states: readonly Piece['state'][]): number {
  return unitsOf(pieces.filter(({ state }) => states.includes(state)));
}
