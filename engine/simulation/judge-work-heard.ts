import type { WorkOrder } from '../contract/work-order.ts';
import { type FactOf, type HubFile, type HubLine, hubFile, unitsOf } from './hub-file.ts';
import type { ModelWork } from './work-model.ts';
import { require, requireSame } from './violation.ts';

/** What the nodes' shards have made durable. */
export interface KnownWork {
  /** Undefined: never offered there, or forgotten. */
  readonly work: (node: string, work: string) => ModelWork | undefined;
  readonly isOfferRefused: (node: string, work: string) => boolean;
  /** More than a day has passed: what ended may be forgotten. */
  readonly paused: boolean;
}

/** What an order makes of a node's word about its work (rule OR8). */
export function judgeWorkHeard(file: HubFile, fact: FactOf<'WorkHeard'>, known: KnownWork): void {
  const { work, op, now } = fact;
  const before = file.works.find((each) => each.work === work);
  require(before !== undefined, () => `${file.id} hears of ${work}, which it never offered`);
  if (op === 'refused') {
    const isRefused = known.paused || known.isOfferRefused(before.node, work);
    require(isRefused, () => `${work} is said to be refused, that is not durable`);
  }
  if (now !== undefined) requireDurable(known, now);
  if (now !== undefined && op !== 'pull-back')
    require(now.version > before.version, () => `${work}: version ${now.version} is heard after ${before.version}`);
  requireFailed(file, fact, before.node);
  if (now === undefined) return;
  const after = hubFile(file, fact);
  if (before.isOnward === true) return requireGone(after, now);
  for (const each of now.lines) {
    const line = after.lines.find((one) => one.line === each.orderLine);
    requirePieces(line as HubLine, now, (each.picked ?? each.units) - sentOn(file, fact, each.orderLine));
  }
}

function requireGone({ lines }: HubFile, now: WorkOrder): void {
  const own = lines.flatMap(({ pieces }) => pieces).filter(({ work }) => work === now.id);
  require(own.length === 0, () => `${now.id} has sent its units on, and has ${unitsOf(own)} again`);
}

/** Only what goes to another node's customer goes on, all of it at once. */
function sentOn(file: HubFile, { now, pieces }: FactOf<'WorkHeard'>, name: string): number {
  const on = pieces.filter(({ line, to }) => line === name && to.state === 'in-transit');
  const isMeant = now?.state === 'shipped' || now?.state === 'delivered';
  const isElsewhere = file.method === 'ship-to-store' && file.pickupNode !== now?.node && isMeant;
  require(on.length === 0 || isElsewhere, () => `${now?.id} of ${file.id} sends units on`);
  require(on.every(({ to }) => to.node === file.pickupNode), () => `${now?.id} sends units to another node`);
  return unitsOf(on);
}

function requireDurable({ work, paused }: KnownWork, now: WorkOrder): void {
  const durable = work(now.node, now.id);
  if (durable === undefined) return require(paused, () => `${now.id} is heard of, and is not durable`);
  require(durable.work.version >= now.version, () => `version ${now.version} of ${now.id} is not durable`);
  if (durable.work.version === now.version)
    requireSame(now.state, durable.work.state, () => `${now.id} as its order hears of it`);
}

/** Units a node could not supply remember that; those nobody wanted any more do not. */
function requireFailed(file: HubFile, { work, op, pieces }: FactOf<'WorkHeard'>, node: string): void {
  const aim = file.pulls.findLast((pull) => pull.work === work)?.aim;
  if (op === 'pickup-timeout' || (op === 'pull-back' && aim === 'cancel')) return;
  for (const { to, line } of pieces) {
    const isMarked = (to.failed ?? []).some((each) => each.node === node);
    const isBack = to.state === 'allocated';
    require(!isBack || isMarked, () => `line ${line} of ${work} comes back and may go to ${node} again (OR8)`);
  }
}

const AS: Partial<Record<WorkOrder['state'], string>> = {
  'ready-for-pickup': 'ready',
  shipped: 'shipped',
  delivered: 'delivered',
  collected: 'collected',
};

/** The pieces of a work order are as many as it has, in the state it is in. */
function requirePieces({ line, pieces }: HubLine, now: WorkOrder, found: number): void {
  const own = pieces.filter((piece) => piece.work === now.id);
  const isLost = now.state === 'rejected' || now.state === 'pulled-back';
  const should = isLost ? 0 : found;
  const back = unitsOf(pieces.filter(({ state }) => state === 'returned'));
  const units = unitsOf(own);
  require(units <= should && units >= should - back, () =>
    `${now.id} has ${should} of line ${line}, its order ${units}`);
  const state = AS[now.state] ?? (now.from === undefined ? 'released' : 'in-transit');
  require(own.every((piece) => piece.state === state), () => `${now.id} is ${now.state}, its order's pieces are not`);
}
