import type { PromiseFact } from '../contract/promise-fact.ts';
import type { TakenUnits } from '../contract/stock-fact.ts';
import type { AllocationStep, LineUnits } from '../contract/stock-port.ts';
import { modelBase } from '../stock/slow-model.ts';
import { type Granted, grantOf } from './grant.ts';
import type { Known } from './judge-stock.ts';
import { type OrderFact, type OrderRow, rowsOf, take } from './order-model.ts';
import type { ModelSaga } from './promise-model.ts';
import { POSTS_WITHIN_MS } from './retailer.ts';
import { against, leavesOf, roomIn } from './room.ts';
import type { StockModel } from './stock-model.ts';
import { require, requireSame } from './violation.ts';
import { dueFor, whyNotAwaited } from './waiting-model.ts';

// Whether a stock shard may write a step of an order down, as things stand in the model before it (rules RS3, FD8).

type Of<Name extends OrderFact['fact']> = Extract<OrderFact, { fact: Name }>;
type StepOf<Name extends AllocationStep['do']> = Extract<AllocationStep, { do: Name }>;

export function judgeOrder(model: StockModel, fact: OrderFact, shard: number, known: Known): void {
  const { id, step } = fact;
  if (fact.fact === 'HeldAllocated' && !model.holds.has(fact.from))
    return judgePartAllocated(model, fact, shard, known);
  const last = model.orders.steps.get(id)?.step ?? -Infinity;
  require(step > last, () => `step ${step} of ${id} counts after step ${last} (RS3)`);
  const asked = known.sentSteps(id, step);
  require(asked.length > 0, () => `nobody sent step ${step} of ${id}`);
  const reasons = asked.map((command) => whyNot(model, fact, command));
  require(reasons.includes(undefined), () => `${fact.fact} of ${id}, step ${step}: ${reasons.join('; or ')}`);
}

/** Undefined: the command leads to exactly this fact. */
function whyNot(model: StockModel, fact: OrderFact, command: AllocationStep): string | undefined {
  switch (fact.fact) {
    case 'UnitsAllocated':
      return command.do === 'allocate' ? differs(granted(fact), grantFor(model, command)) : 'another step';
    case 'HeldAllocated':
      return command.do === 'allocate-held' ? whyNotHeld(model, fact, command) : 'another step';
    case 'AllocationMoved':
      return command.do === 'move-allocated' ? whyNotMoved(model, fact, command) : 'another step';
    case 'AllocationReduced': {
      if (command.do !== 'reduce-allocated') return 'another step';
      return differs(fact.taken, takenOf(ordersRows(model, fact.id), command.lines));
    }
    case 'UnitsDeparted':
      return command.do === 'ship-allocated' ? whyNotShipped(model, fact, command) : 'another step';
    case 'UnitsCameBack': {
      if (command.do !== 'take-back') return 'another step';
      const { sku, node, units, leftAt } = fact;
      const history = [...(model.events.get(`${sku} ${node}`) ?? []), ...(model.completes.get(node) ?? [])];
      const should = command.happenedAt ?? Math.max(fact.at, modelBase(history, sku, node)?.at ?? 0);
      return differs([sku, node, units, leftAt], [command.sku, command.node, command.units, should]);
    }
    case 'UnitsTransferred':
      return command.do === 'transfer' ? whyNotTransferred(model, fact, command) : 'another step';
    case 'UnitsWrittenOff': {
      if (command.do !== 'write-off') return 'another step';
      const { sku, to, units, movementRef } = fact;
      if (model.orders.transit.units(model, sku, to, movementRef) < units) return 'fewer are in transit';
      return differs([sku, to, units], [command.sku, command.to, command.units]);
    }
    case 'UnitsAwaited':
      return command.do === 'await-units' ? whyNotAwaited(model, fact, command) : 'another step';
    case 'WaitingStopped': {
      if (command.do !== 'stop-waiting') return 'another step';
      const { units = 0 } = model.orders.waiting.find(fact.id, command.sku) ?? {};
      return differs([fact.sku, fact.units], [command.sku, command.units ?? units]);
    }
    case 'ShortDeclared':
      return command.do === 'declare-short' ? whyNotShort(model, fact, command) : 'another step';
    case 'AllocationRefused':
      return whyNotRefused(model, fact, command);
  }
}

const granted = ({ lines, drawn }: Of<'UnitsAllocated'>): Granted =>
  drawn === undefined ? { lines } : { lines, drawn };

function grantFor(model: StockModel, { allocation, channel, lines, partial }: StepOf<'allocate'>) {
  const { orders, waiting } = model.orders;
  const known = (orders.get(allocation) ?? waiting.anyOf(allocation))?.channel ?? channel;
  return grantOf(model, { channel: known as typeof channel, lines, partial });
}

const ordersRows = (model: StockModel, id: string): readonly OrderRow[] => model.orders.orders.get(id)?.rows ?? [];

function whyNotHeld(
  model: StockModel,
  fact: Of<'HeldAllocated'>,
  command: StepOf<'allocate-held'>,
): string | undefined {
  const hold = model.holds.get(fact.from);
  if (hold === undefined || fact.from !== command.id) return 'another hold';
  if (hold.endedAt !== undefined || hold.reservation.expiresAt <= fact.at) return 'it is not held any more (RS4)';
  if (hold.reservation.client !== command.client) return `it is ${hold.reservation.client}'s`;
  return differs(fact.taken, takenOf(model.heldRows(fact.from), command.lines));
}

function whyNotMoved(
  model: StockModel,
  { moved, id }: Of<'AllocationMoved'>,
  command: StepOf<'move-allocated'>,
): string | undefined {
  const row = ordersRows(model, id)[moved.line];
  const { sku, from, to, units = row?.units } = command;
  if (row === undefined || row.sku !== sku || row.place !== placeName(from)) return 'another line';
  const room = roomToMove(model, id, moved.line, command);
  if (room < moved.units) return `there is room for ${room}`;
  return differs({ sku, from, to, units }, { sku: moved.sku, from: moved.from, to: moved.to, units: moved.units });
}

/** Units the new place can take when those that move are given back first. */
function roomToMove(model: StockModel, id: string, line: number, command: StepOf<'move-allocated'>): number {
  const row = ordersRows(model, id)[line] as OrderRow;
  const { units = row.units, sku, to } = command;
  const without = model.clone();
  const back = { line, sku, at: command.from, units, drawn: Math.min(units, row.drawn) };
  without.apply({ fact: 'AllocationReduced', at: model.lastAt, id: id as never, step: 0, taken: [back] }, model.lsn);
  without.takeCameOf(model, sku);
  const [put] = rowsOf(without, [{ sku, units, ...to }], row.channel);
  const leaves = against(leavesOf(without, sku), without, row.channel);
  return Math.max(0, roomIn(leaves, [...model.nodes.keys()], put?.nodes ?? []));
}

function whyNotShipped(
  model: StockModel,
  fact: Of<'UnitsDeparted'>,
  command: StepOf<'ship-allocated'>,
): string | undefined {
  const taken = fact.departed.map(({ line, sku, at, units, drawn }): TakenUnits => {
    return { line, sku, at, units, ...(drawn !== undefined && { drawn }) };
  });
  const other = differs(taken, takenOf(ordersRows(model, fact.id), command.lines));
  if (other !== undefined) return other;
  for (const { sku, at, leftAt, postedBy } of fact.departed) {
    const node = 'node' in at ? at.node : '';
    const history = [...(model.events.get(`${sku} ${node}`) ?? []), ...(model.completes.get(node) ?? [])];
    const should = command.happenedAt ?? Math.max(fact.at, modelBase(history, sku, node)?.at ?? 0);
    if (leftAt !== should || postedBy !== leftAt + POSTS_WITHIN_MS) return `left at ${leftAt}, should be ${should}`;
  }
  return undefined;
}

function whyNotTransferred(
  model: StockModel,
  fact: Of<'UnitsTransferred'>,
  command: StepOf<'transfer'>,
): string | undefined {
  const { sku, from, to, units, dueAt, leftAt, taken, id } = fact;
  const lines = [{ sku: command.sku, units: command.units, node: command.from }];
  const should = command.of === 'allocated' ? takenOf(ordersRows(model, id), lines) : undefined;
  const other = differs(
    [sku, from, to, units, dueAt],
    [command.sku, command.from, command.to, command.units, command.dueAt],
  );
  if (other !== undefined) return other;
  if (JSON.stringify(taken) !== JSON.stringify(should)) return 'other units of the order';
  const history = [...(model.events.get(`${sku} ${from}`) ?? []), ...(model.completes.get(from) ?? [])];
  const left = command.happenedAt ?? Math.max(fact.at, modelBase(history, sku, from)?.at ?? 0);
  if (leftAt !== left) return `left at ${leftAt}, should be ${left}`;
  if (command.of === 'allocated') return undefined;
  const room = roomIn(against(leavesOf(model, sku), model, ''), [...model.nodes.keys()], [from]);
  const after = model.clone();
  after.apply(fact, model.lsn);
  const [before, then] = [model.ordered(sku, from), after.ordered(sku, from)];
  const more = then.departed + then.allocated - before.departed - before.allocated;
  return more > Math.max(0, room) ? `there is room for ${room}` : undefined;
}

/** Rule OR8: what is damaged is as many as was said, what was not found all that nobody else was promised. */
function whyNotShort(
  model: StockModel,
  { id, at, sku, node, to, units, seenAt }: Of<'ShortDeclared'>,
  command: StepOf<'declare-short'>,
): string | undefined {
  const state = command.as === 'damaged' ? 'damaged' : 'suspect';
  const rows = ordersRows(model, id).filter((row) => row.sku === sku && row.place === `node ${node}`);
  const own = rows.reduce((sum, row) => sum + row.units, 0);
  const { onHand = 0, unavailable = 0 } = model.position(sku, node) ?? {};
  const { allocated, departed } = model.ordered(sku, node);
  const free = onHand - unavailable - departed - allocated - model.reserved(sku, node);
  const missing = Math.max(0, free + Math.min(command.units, own));
  const should = command.as === 'damaged' ? command.units : missing;
  const history = [...(model.events.get(`${sku} ${node}`) ?? []), ...(model.completes.get(node) ?? [])];
  const sawAt = Math.max(at, (modelBase(history, sku, node)?.at ?? 0) + 1);
  return differs([sku, node, to, units, seenAt], [command.sku, command.node, state, should, sawAt]);
}

/** Codes about names and bounds are looked at by the step they belong to, the others by what they say. */
function whyNotRefused(model: StockModel, fact: Of<'AllocationRefused'>, command: AllocationStep): string | undefined {
  const { id, refusal } = fact;
  const rows = ordersRows(model, id);
  const { code } = refusal;
  if (code === 'unknown-allocation') return rows.length === 0 ? undefined : 'it has units';
  if (command.do === 'allocate') return differs(refusal, grantFor(model, command));
  if (command.do === 'take-back') return undefined;
  if (command.do === 'write-off') return undefined;
  if (command.do === 'transfer') return code === 'units-exceed-available' ? undefined : whyNotSent(rows, command);
  if (command.do === 'move-allocated')
    return code === 'units-exceed-available' ? whyRoom(model, id, command) : undefined;
  if (command.do === 'await-units') return whyNotToWait(model, fact, command);
  if (command.do === 'stop-waiting' || command.do === 'declare-short') return undefined;
  if (code === 'unknown-line' || code === 'units-out-of-bounds') {
    const from = command.do === 'allocate-held' ? model.heldRows(command.id) : rows;
    return takenOf(from, command.lines) === undefined ? undefined : 'the units are there';
  }
  const hold = command.do === 'allocate-held' ? model.holds.get(command.id) : undefined;
  if (hold === undefined || command.do !== 'allocate-held') return undefined;
  const isLive = hold.endedAt === undefined && hold.reservation.client === command.client;
  return isLive ? `it is held, refused as ${code}` : undefined;
}

/** Why an order that is told that nothing is due could wait. */
function whyNotToWait(
  model: StockModel,
  { refusal: { code, units: most = 0 }, at }: Of<'AllocationRefused'>,
  command: StepOf<'await-units'>,
): string | undefined {
  if (code !== 'no-supply-known') return undefined;
  const { allocation: id, sku } = command;
  const { orders, waiting } = model.orders;
  const { channel } = orders.get(id) ?? waiting.anyOf(id) ?? command;
  const nodes = waiting.find(id, sku)?.nodes ?? model.groups.get(command.group) ?? [];
  const due = (units: number) => dueFor(model, { sku, units }, { channel, nodes }, at);
  if (due(command.units) !== undefined) return 'units are due for it';
  return most > 0 && due(most) === undefined ? `${most} units are due, it was told` : undefined;
}

/** Why a transfer of allocated units could be made. */
function whyNotSent(rows: readonly OrderRow[], { of, sku, units, from, to }: StepOf<'transfer'>): string | undefined {
  if (from === to || of === 'available') return undefined;
  return takenOf(rows, [{ sku, units, node: from }]) === undefined ? undefined : 'the units are there';
}

/** Why a move that is refused for want of units could be made. */
function whyRoom(model: StockModel, id: string, command: StepOf<'move-allocated'>): string | undefined {
  const rows = ordersRows(model, id);
  const { units = 1 } = command;
  // Two lines of one place when its group changed between them: the first that has enough is asked for.
  const line = rows.findIndex(
    (row) => row.sku === command.sku && row.place === placeName(command.from) && row.units >= units,
  );
  if (line === -1) return 'no line has so many units: that is another no';
  const room = roomToMove(model, id, line, command);
  return room >= (command.units ?? rows[line]?.units ?? 0) ? `there is room for ${room}` : undefined;
}

/** Units line by line, those out of the pool first; undefined when they are not there. */
function takenOf(
  rows: readonly OrderRow[],
  asked: readonly LineUnits[] | undefined,
): readonly TakenUnits[] | undefined {
  const left = [...rows];
  const taken: TakenUnits[] = [];
  const one = (line: number, units: number): void => {
    const row = left[line] as OrderRow;
    const drawn = Math.min(units, row.drawn);
    const [kind, name] = row.place.split(' ');
    const at = (kind === 'node' ? { node: name } : { group: name }) as TakenUnits['at'];
    taken.push({ line, sku: row.sku as TakenUnits['sku'], at, units, ...(drawn > 0 && { drawn }) });
    left[line] = { ...row, units: row.units - units, drawn: row.drawn - drawn };
  };
  if (asked === undefined) rows.forEach((row, line) => one(line, row.units));
  for (const wanted of asked ?? []) {
    let open = wanted.units;
    for (const [line, row] of left.entries()) {
      if (row.sku !== wanted.sku || row.place !== placeName(wanted)) continue;
      const units = Math.min(open, (left[line] as OrderRow).units);
      if (units > 0) one(line, units);
      open -= units;
    }
    if (open > 0) return undefined;
  }
  return taken;
}

function placeName(place: object): string {
  const { node, group } = place as { readonly node?: string; readonly group?: string };
  return node === undefined ? `group ${group}` : `node ${node}`;
}

function differs(is: unknown, should: unknown): string | undefined {
  const [a, b] = [JSON.stringify(is), JSON.stringify(should)];
  return a === b ? undefined : `${a}, the rules give ${b}`;
}

/** A part follows its coordinator, whose word must be durable. */
function judgePartAllocated(model: StockModel, fact: Of<'HeldAllocated'>, shard: number, known: Known): void {
  const { from, id, step, taken } = fact;
  const saga = known.saga(from);
  require(saga?.allocated !== undefined, () => `a part of ${from} is allocated, whose allocation is not durable (RS3)`);
  require(model.parts.get(from)?.ended === false, () => `a part of ${from} is allocated and not held`);
  const { allocation, takes } = saga.allocated;
  requireSame({ id, step }, { id: allocation, step: saga.allocated.step }, () => `part of ${from}`);
  const lines = takes.find((each) => each.shard === shard)?.lines ?? [];
  requireSame({ taken }, { taken: takenOf(model.heldRows(from), lines) }, () => `part of ${from}`);
  take(model.heldRows(from), taken);
}

export function judgeSagaAllocated(
  saga: ModelSaga,
  { id, allocated, at }: Extract<PromiseFact, { fact: 'ReservationAllocated' }>,
  known: Known,
): void {
  const { reservation } = saga;
  require(saga.state === 'held' && reservation !== undefined, () => `${id} is ${saga.state} and allocated`);
  require(reservation.expiresAt > at, () => `${id} is over since ${reservation.expiresAt} and allocated (RS4)`);
  const asked = known.sentSteps(allocated.allocation, allocated.step);
  const isAsked = asked.some((command) => command.do === 'allocate-held' && command.id === id);
  require(isAsked, () => `nobody asked to allocate ${id}`);
  const units = (lines: readonly LineUnits[]): number => lines.reduce((sum, line) => sum + line.units, 0);
  const held = units(reservation.lines);
  require(units(allocated.takes.flatMap(({ lines }) => lines)) <= held, () =>
    `${id} is allocated beyond what it holds`);
}
