import { unreachable } from '../contract/assert.ts';
import { digestHex } from '../contract/digest.ts';
import type { NodeId, OrderId } from '../contract/ids.ts';
import type { ActRefusal, OrderCommand } from '../contract/order-command.ts';
import type { Order, OrderAct, OrderLine, Piece } from '../contract/order.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import { isOpenPlacing } from './ask-step.ts';
import type { OrderFile } from './order-file.ts';
import { hasLeft, isOver } from '../contract/order-status.ts';
import { isPlaceless } from './needs-place.ts';
import { movable, moveByHand } from './place-pieces.ts';
import { unitsIn } from './pieces.ts';
import { receiveReturn, returnable } from './take-return.ts';
import { nodesOf, type World } from './world.ts';

// What staff do by hand (rule OR10), with who and why in the timeline; the same key again changes nothing.

type No = Refused<ActRefusal>;
type Act = Extract<OrderCommand, { do: 'order-act' }>;
type Of<Name extends OrderAct['act']> = Extract<OrderAct, { act: Name }>;

/** Acts of one order at most whose keys are remembered: more is a program in a loop. */
const ACTS_MAX = 500;

/** Facts, none when it was done before; or why not. */
export function takeAct(file: OrderFile, { by, what }: Act, world: World): readonly OrderFact[] | No {
  const { order, acts } = file;
  const digest = digestHex(JSON.stringify(what));
  const known = acts[by.key];
  if (known !== undefined) return known === digest ? [] : refuse('key-reused', { field: 'key' });
  if (by.ifVersion !== undefined && by.ifVersion !== order.version)
    return refuse('version-conflict', { units: order.version });
  if (Object.keys(acts).length >= ACTS_MAX) return refuse('nothing-to-do', { field: 'key' });
  const about = { at: world.at, order: order.id, by: by.by, ...(by.reason !== undefined && { reason: by.reason }) };
  const taken: OrderFact = { fact: 'ActTaken', ...about, key: by.key, digest, what };
  const done = doneBy(file, what, about, world);
  return 'status' in done ? done : [taken, ...done];
}

interface About {
  readonly at: number;
  readonly order: OrderId;
  readonly by: string;
  readonly reason?: string;
}

/** Facts that follow beside the act itself; what an act alone makes happen follows in advance.ts. */
function doneBy(file: OrderFile, what: OrderAct, about: About, world: World): OrderFact[] | No {
  const { order } = file;
  switch (what.act) {
    case 'cancel':
      return judgeCancel(file, what) ?? [];
    case 'hold':
      return isHeld(order, what.kind)
        ? refuse('already-held', { field: 'kind' })
        : [{ fact: 'HoldPut', ...about, kind: what.kind }];
    case 'unhold':
      return isHeld(order, what.kind)
        ? [{ fact: 'HoldLifted', ...about, kind: what.kind }]
        : refuse('not-held', { field: 'kind' });
    case 'allocate':
      return allocate(file, what, world);
    case 'release':
      return release(file, about);
    case 'pull-back':
      return pullBack(file, what, about);
    case 're-source':
      return order.lines.some(({ pieces }) => pieces.some(isPlaceless)) ? [] : refuse('nothing-to-do');
    case 'tag':
      return [{ fact: 'OrderChanged', ...about, set: { tags: [...new Set(what.tags)] } }];
    case 'set-priority':
      return [{ fact: 'OrderChanged', ...about, set: { priority: what.priority } }];
    case 'note':
      return [{ fact: 'OrderChanged', ...about, set: { note: what.text } }];
    case 'request-return':
      return requestReturn(file, what, about);
    case 'receive-return':
      return receive(file, what, about, world);
    case 'refuse-return':
      return openReturn(order, what.id) === undefined
        ? refuse('unknown-return', { field: 'id' })
        : [{ fact: 'ReturnRefused', ...about, id: what.id }];
    default:
      return unreachable(what);
  }
}

const isHeld = ({ holds }: Order, kind: string): boolean => holds.some((hold) => hold.kind === kind);
const openReturn = ({ returns }: Order, id: string) =>
  returns.find((each) => each.id === id && each.state === 'requested');

/** Checks units by line, against what of each can still be changed so. */
function judgeLines(
  order: Order,
  lines: readonly { readonly line: string; readonly units: number }[],
  unitsOf: (line: OrderLine) => number,
): No | undefined {
  const asked = new Map<string, number>();
  for (const [index, { line: name, units }] of lines.entries()) {
    const line = order.lines.find((each) => each.line === name);
    if (line === undefined) return refuse('unknown-line', { field: `lines[${index}].line` });
    const sum = (asked.get(name) ?? 0) + units;
    asked.set(name, sum);
    const most = unitsOf(line);
    const isGood = Number.isSafeInteger(units) && units >= 1 && sum <= most;
    if (!isGood) return refuse('units-out-of-bounds', { field: `lines[${index}].units`, units: most });
  }
  return undefined;
}

function judgeCancel({ order }: OrderFile, { lines }: Of<'cancel'>): No | undefined {
  const bad = judgeLines(order, lines ?? [], ({ pieces }) => unitsIn(pieces, canCancel));
  if (bad !== undefined) return bad;
  if (isOver(order)) return refuse('already-ended');
  const packed = order.works.filter(({ state }) => state === 'packed').map(({ work }) => work);
  const named = lines?.map(({ line }) => line);
  const meant = order.lines.filter(
    ({ line, of }) => named === undefined || named.includes(line) || named.includes(of ?? ''),
  );
  const open = meant.flatMap(({ pieces }) => pieces.filter(canCancel));
  return open.length > 0 && open.every(({ work }) => work !== undefined && packed.includes(work))
    ? refuse('already-packed')
    : undefined;
}

function canCancel(piece: Piece): boolean {
  return !hasLeft(piece) && piece.state !== 'cancelled' && piece.state !== 'refused';
}

function allocate(file: OrderFile, { node, lines }: Of<'allocate'>, world: World): OrderFact[] | No {
  const { order } = file;
  const there = (line: OrderLine): number =>
    movable(file, line).reduce(
      (sum, { place, units }) => sum + ('node' in place && place.node === node ? 0 : units),
      0,
    );
  const bad = judgeLines(order, lines ?? [], there);
  if (bad !== undefined) return bad;
  if (!nodesOf(world).has(node)) return refuse('unknown-node', { field: 'node' });
  if (file.hand !== undefined || file.steps.some(isOpenPlacing)) return refuse('under-way');
  const all =
    lines ?? order.lines.map((line) => ({ line: line.line, units: there(line) })).filter(({ units }) => units > 0);
  return all.length === 0 ? refuse('nothing-to-do') : moveByHand(file, node, all, world);
}

/** Only a hold stops it (rule OR4), and one that was not put by hand is not lifted by the way: whoever put it looks first. */
function release({ order }: OrderFile, about: About): OrderFact[] | No {
  if (isOver(order)) return refuse('already-ended');
  const other = order.holds.find(({ kind }) => kind !== 'manual');
  if (other !== undefined) return refuse('on-hold', { field: other.kind });
  return isHeld(order, 'manual') ? [{ fact: 'HoldLifted', ...about, kind: 'manual' }] : refuse('nothing-to-do');
}

function pullBack({ order, pulls }: OrderFile, { work: id }: Of<'pull-back'>, about: About): OrderFact[] | No {
  const work = order.works.find((each) => each.work === id);
  if (work === undefined) return refuse('unknown-work', { field: 'work' });
  if (['shipped', 'delivered', 'collected', 'rejected', 'pulled-back'].includes(work.state))
    return refuse('already-ended', { field: 'work' });
  // What is on its way is nowhere to be put back yet.
  const isComing = work.from !== undefined && work.state !== 'ready-for-pickup';
  if (work.state === 'packed' || isComing) return refuse('already-packed', { field: 'work' });
  // Before the node has the offer there is nothing to pull.
  if (work.state === 'offered' || pulls.some((pull) => pull.work === id && pull.state === 'asked'))
    return refuse('under-way');
  return [{ fact: 'PullBackAsked', ...about, work: id, ask: pulls.length + 1, aim: 're-source' }];
}

function requestReturn(file: OrderFile, { lines }: Of<'request-return'>, about: About): OrderFact[] | No {
  const { order } = file;
  if (!order.lines.some(({ line }) => returnable(file, line) > 0)) return refuse('not-shipped');
  const bad = judgeLines(order, lines, ({ line }) => returnable(file, line));
  if (bad !== undefined) return bad;
  if (lines.length === 0) return refuse('nothing-to-do', { field: 'lines' });
  return [{ fact: 'ReturnRequested', ...about, id: `${order.id}.r${order.returns.length + 1}`, lines }];
}

function receive(
  file: OrderFile,
  { id, node, grades, refundMinor }: Of<'receive-return'>,
  about: About,
  world: World,
): OrderFact[] | No {
  const { order } = file;
  const open = openReturn(order, id);
  const announced = (name: string): number => Math.min(sumOf(open?.lines ?? [], name), returnable(file, name, id));
  const bad = open === undefined ? undefined : judgeLines(order, grades, ({ line }) => announced(line));
  if (bad !== undefined) return bad;
  if (!isKnown(node, world)) return refuse('unknown-node', { field: 'node' });
  if (open === undefined) return refuse('unknown-return', { field: 'id' });
  const { by, reason } = about;
  const came = { id, node, by, ...(reason !== undefined && { reason }) };
  const facts = receiveReturn(file, came, grades, world);
  return refundMinor === undefined || refundMinor === 0
    ? facts
    : [...facts, { fact: 'RefundDue', ...about, id, amountMinor: refundMinor }];
}

const isKnown = (node: NodeId, world: World): boolean => nodesOf(world).has(node);

function sumOf(lines: readonly { readonly line: string; readonly units: number }[], name: string): number {
  return lines.reduce((sum, each) => sum + (each.line === name ? each.units : 0), 0);
}
