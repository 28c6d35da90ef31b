import type { DeltaEvent } from '../contract/stock-event.ts';
import type { EventId } from '../contract/ids.ts';
import type { ShortReason, WorkAct, WorkOrder, WorkState } from '../contract/work-order.ts';
import { type Partition, shardOfNode } from '../shard/partition.ts';
import type { Chance } from './chance.ts';
import type { Work } from './client.ts';
import { START_MS } from './draft-event.ts';
import { WMS } from './retailer.ts';
import type { Sent } from './sent.ts';
import { DONE, type ModelWork } from './work-model.ts';

// What people at nodes say of their work, which they see as its log tells it; and what their own system then books of it.

type Act = WorkAct['act'];
const ACTS: readonly Act[] = [
  'accept',
  'start',
  'pick',
  'pack',
  'ship',
  'ready',
  'collect',
  'deliver',
  'receive',
  'reject',
];
const REASONS: readonly ShortReason[] = ['not-found', 'damaged', 'too-busy', 'closing', 'other'];
/** What usually comes next. */
const NEXT: Partial<Record<WorkState, Act>> = {
  queued: 'accept',
  accepted: 'start',
  picking: 'pick',
  picked: 'pack',
  'ready-for-pickup': 'collect',
  shipped: 'deliver',
};
const LEADS: Partial<Record<WorkState, WorkState>> = {
  queued: 'accepted',
  accepted: 'picking',
  picking: 'picked',
  picked: 'packed',
  packed: 'ready-for-pickup',
  'ready-for-pickup': 'collected',
};
const STEP_MS = 20 * 60_000;
const STEPS = 24;

export class StaffPlay {
  readonly #chance: Chance;
  readonly #partition: Partition;
  readonly #sent: Sent;
  readonly #works: () => Iterable<ModelWork>;
  readonly #done: WorkAct[] = [];
  #made = 0;

  constructor(chance: Chance, partition: Partition, sent: Sent, works: () => Iterable<ModelWork>) {
    this.#chance = chance;
    this.#partition = partition;
    this.#sent = sent;
    this.#works = works;
  }

  next(nowMs: number): Work[] {
    const chance = this.#chance;
    if (this.#done.length > 0 && chance.yes(0.1)) return this.#again();
    const all = [...this.#works()].map(({ work }) => work);
    const open = all.filter(({ state }) => !DONE.includes(state));
    const some = open.length > 0 && chance.yes(0.9) ? open : chance.yes(0.2) ? all : [];
    if (some.length === 0) return [];
    const work = chance.pick(some);
    return chance.yes(0.25) ? this.#whole(work, nowMs) : this.#do(this.#draft(work, nowMs));
  }

  /** Somebody in a hurry does all that is left of it. */
  #whole(work: WorkOrder, nowMs: number): Work[] {
    const acts: Work[] = [];
    let state: WorkState | undefined = work.state;
    while (state !== undefined && LEADS[state] !== undefined) {
      acts.push(...this.#do(this.#draft({ ...work, state }, nowMs)));
      state = work.from === undefined || state === 'ready-for-pickup' ? LEADS[state] : 'ready-for-pickup';
    }
    return acts;
  }

  #again(): Work[] {
    const chance = this.#chance;
    const act = chance.pick(this.#done.slice(-8));
    if (chance.yes(0.8)) return this.#do(act);
    const { work, node, by } = act;
    return this.#do({ work, node, by, key: act.key, act: 'reject', reason: chance.pick(REASONS) });
  }

  #draft(work: WorkOrder, nowMs: number): WorkAct {
    const chance = this.#chance;
    const { id, node, state, method, from } = work;
    const head = { work: id, node, key: `w${this.#made++}`, by: chance.pick(['kim', 'lee']) };
    const isHandedOver = method === 'pickup' || (method !== 'ship' && work.pickupNode === node);
    const comes = from !== undefined && (state === 'queued' || state === 'accepted');
    const packed = isHandedOver ? 'ready' : 'ship';
    const usual = comes ? 'receive' : state === 'packed' ? packed : NEXT[state];
    const isOdd = usual === undefined || chance.yes(0.08);
    const act = isOdd ? chance.pick(ACTS) : chance.yes(0.08) ? 'reject' : usual;
    const when = chance.yes(0.7) ? {} : { happenedAt: nowMs - chance.below(3) * STEP_MS };
    switch (act) {
      case 'pick':
        return { ...head, act, lines: this.#found(work) };
      case 'reject':
        return { ...head, act, reason: chance.pick(REASONS) };
      case 'ship':
        return { ...head, act, ...when };
      case 'collect':
        return { ...head, act, code: chance.yes(0.9) ? (work.collectCode ?? '') : '000', ...when };
      case 'accept':
      case 'start':
      case 'pack':
      case 'ready':
      case 'deliver':
      case 'receive':
        return { ...head, act };
    }
  }

  /** Mostly all of it; else fewer of some lines, for one of the reasons. */
  #found({ lines }: WorkOrder): Extract<WorkAct, { act: 'pick' }>['lines'] {
    const chance = this.#chance;
    if (chance.yes(0.5)) return [];
    return lines
      .filter(() => chance.yes(0.6))
      .map(({ line, units }) => ({ line, picked: chance.below(units + 1), short: chance.pick(REASONS) }));
  }

  #do(act: WorkAct): Work[] {
    if (!this.#done.includes(act)) this.#done.push(act);
    this.#sent.workAct(act);
    return [{ shard: shardOfNode(this.#partition, act.node), command: { do: 'work-act', act } }];
  }

  /** The node's own system books what left too: before, after, in part, twice, or of another node (rule FD8). */
  booking(number: number): DeltaEvent | undefined {
    const chance = this.#chance;
    const works = [...this.#works()].map(({ work }) => work).filter(({ state }) => state !== 'queued');
    if (works.length === 0) return undefined;
    const { order, node, lines } = chance.pick(works);
    const { sku, units, picked = units } = chance.pick(lines);
    const time = (): number => START_MS - chance.below(STEPS + 1) * STEP_MS;
    return {
      kind: 'delta',
      source: WMS,
      id: `b${number}` as EventId,
      at: chance.yes(0.5) ? time() : START_MS,
      ...(chance.yes(0.5) && { postedAt: time() }),
      sku,
      node,
      quantity: -Math.max(1, chance.yes(0.7) ? picked : chance.below(units + 1)),
      reason: 'shipment',
      movementRef: order,
    };
  }
}
