import { unreachable } from '../contract/assert.ts';
import type { AutomationIf, AutomationRef, AutomationThen, AutomationWhen } from '../contract/automation.ts';
import type { Order, Piece, PieceState } from '../contract/order.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import type { OrderFile } from './order-file.ts';
import { hasLeft, piecesOf, statusOf } from '../contract/order-status.ts';
import { valueOf } from './place-pieces.ts';
import type { World } from './world.ts';

// When an order comes to this and that holds, then do so (rule OR10). A rule runs once per order, when what it waits for
// becomes true: one that is written later does not reach back.

export function automate(before: OrderFile | undefined, file: OrderFile, world: World): OrderFact[] {
  const rules = [...world.rows.of<AutomationRef>('automations').values()];
  const due = rules.find((rule) => rule.enabled && !file.ran.includes(rule.id) && isTime(rule, before, file, world.at));
  return due === undefined ? [] : due.then.flatMap((action) => run(due, action, file, world.at));
}

function isTime(
  { when, if: condition }: AutomationRef,
  before: OrderFile | undefined,
  file: OrderFile,
  at: number,
): boolean {
  const isNew = when.event === 'unfilled' || before === undefined || !hasCome(when, before, at);
  return isNew && hasCome(when, file, at) && holds(condition, file.order);
}

/** Whether a rule would have run for the order, as far as how it stands now tells: what it has passed through counts. */
export function wouldRun({ when, if: condition }: AutomationRef, order: Order, at: number): boolean {
  const givenUp = order.queue?.queue === 'unfillable' ? order.queue : undefined;
  const passed = PASSED[when.event] ?? [];
  const hasPassed = piecesOf(order).some(({ state }) => passed.includes(state));
  return (hasPassed || hasCome(when, { order, givenUp }, at)) && holds(condition, order);
}

/** Where units are that were so once. */
const PASSED: Readonly<Partial<Record<AutomationWhen['event'], readonly PieceState[]>>> = {
  allocated: ['allocated', 'released', 'ready', 'shipped', 'delivered', 'collected', 'returned'],
  ready: ['ready', 'collected'],
  shipped: ['shipped', 'delivered'],
};

interface Stands {
  readonly order: Order;
  /** Sourcing has: no step had a plan. */
  readonly givenUp?: unknown;
}

/** Whether the order has come to that, at that time. */
function hasCome(when: AutomationWhen, { order, givenUp }: Stands, at: number): boolean {
  const pieces = piecesOf(order);
  const some = (...states: PieceState[]): boolean => pieces.some(({ state }) => states.includes(state));
  switch (when.event) {
    case 'placed':
      return true;
    case 'allocated':
      return !some('asked', 'unplaced', 'backordered') && some('allocated', 'released', 'ready');
    case 'unfillable':
      return givenUp !== undefined;
    case 'rejected':
      return pieces.some(({ failed = [] }) => failed.length > 0);
    case 'shipped':
      return some('shipped', 'delivered');
    case 'ready':
      return some('ready');
    case 'collected':
      return some('collected');
    case 'cancelled':
      return statusOf(order) === 'cancelled';
    case 'returned':
      return some('returned');
    case 'unfilled':
      return at >= order.placedAt + when.afterMs && pieces.some(isUnfilled);
    default:
      return unreachable(when);
  }
}

function isUnfilled(piece: Piece): boolean {
  return !hasLeft(piece) && piece.state !== 'cancelled' && piece.state !== 'refused';
}

function holds(condition: AutomationIf | undefined, order: Order): boolean {
  if (condition === undefined) return true;
  const {
    channels,
    methods,
    tags,
    countries,
    valueMinorMin = -Infinity,
    valueMinorMax = Infinity,
    unitsMin = 0,
  } = condition;
  const value = valueOf(order);
  const units = order.lines.reduce((sum, line) => sum + (line.of === undefined ? line.units : 0), 0);
  return (
    (channels?.includes(order.channel) ?? true) &&
    (methods?.includes(order.method) ?? true) &&
    (tags?.some((tag) => order.tags.includes(tag)) ?? true) &&
    (countries?.includes(order.shipTo?.country ?? '') ?? true) &&
    value >= valueMinorMin &&
    value <= valueMinorMax &&
    units >= unitsMin
  );
}

function run({ id: rule }: AutomationRef, action: AutomationThen, { order }: OrderFile, at: number): OrderFact[] {
  const about = { at, order: order.id, by: `rule:${rule}` };
  const ran = (did: string) => ({ fact: 'AutomationRan', ...about, rule, did }) as const;
  switch (action.do) {
    case 'hold': {
      const isHeld = order.holds.some(({ kind }) => kind === action.kind);
      return isHeld ? [ran('hold')] : [ran('hold'), { fact: 'HoldPut', ...about, kind: action.kind }];
    }
    case 'tag': {
      const tags = [...new Set([...order.tags, action.tag])];
      return [ran('tag'), { fact: 'OrderChanged', ...about, set: { tags } }];
    }
    case 'set-priority':
      return [ran('set-priority'), { fact: 'OrderChanged', ...about, set: { priority: action.priority } }];
    case 're-source':
    case 'cancel':
      return [ran(action.do)];
    case 'notify':
      return [{ ...ran(`notify: ${action.text}`), tells: action.text }];
    default:
      return unreachable(action);
  }
}

/** When a rule that waits for time has something to do with the order; Infinity: never. */
export function automationDueAt(file: OrderFile, { rows }: Pick<World, 'rows'>): number {
  if (!piecesOf(file.order).some(isUnfilled)) return Infinity;
  let due = Infinity;
  for (const { id, enabled, when, if: condition } of rows.of<AutomationRef>('automations').values()) {
    const waits = enabled && when.event === 'unfilled' && !file.ran.includes(id) && holds(condition, file.order);
    if (waits) due = Math.min(due, file.order.placedAt + when.afterMs);
  }
  return due;
}
