import { isDeepStrictEqual } from 'node:util';
import type { Allocation, AllocationOutcome } from '../contract/allocation.ts';
import type { Command, Outcome } from '../contract/command.ts';
import type { Fact } from '../contract/fact.ts';
import type { ClientId, ReservationId } from '../contract/ids.ts';
import type { Answer } from '../contract/query.ts';
import type { Reservation, ReserveRequest } from '../contract/reservation.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import type { Said } from '../shard/messages.ts';
import { shardOfSku } from '../shard/partition.ts';
import type { Audit } from './audit.ts';
import { requireWaits } from './brakes-play.ts';
import type { Work } from './client.ts';
import { requireChangeTold, type BookModel } from './book-model.ts';
import type { IntakeModel } from './intake-model.ts';
import { ToldHub } from './told-hub.ts';
import { ToldOrders } from './told-orders.ts';
import { requireStale } from './expected-play.ts';
import { History, type Mark } from './history.ts';
import { KIT_SKUS } from './kits.ts';
import { keyDigests } from './sent.ts';
import type { StockModel } from './stock-model.ts';
import { requireExtendTold, requireMoveTold } from './told-held.ts';
import { isSame, require, requireSame } from './violation.ts';

// What clients were told, held against what is durable: an answer that a crash could take back is a lie, and an answer
// once given is the answer.

/** Refusals of a shard that has not got its reference data yet. */
const UNREADY: readonly string[] = ['unknown-source', 'unknown-node'];
/** Refusals for names, which no fact remembers. */
const NAMING: readonly string[] = [
  'unknown-channel',
  'unknown-node',
  'unknown-group',
  'unknown-sku',
  'node-not-in-channel',
];

export class Told {
  readonly history = new History();
  readonly #audit: Audit;
  readonly #holdsPerClientMax: number;
  readonly #first = new Map<string, string>();
  /** By client and key, what was reserved. */
  readonly #reserved = new Map<string, readonly ReserveRequest[]>();
  /** Reservations clients know of. */
  readonly #known = new Map<ReservationId, { client: ClientId; expiresAt: number }>();
  readonly #learn: (reservation: Reservation) => void;
  readonly #orders: ToldOrders;
  readonly hub: ToldHub;
  readonly #learnOrder: (allocation: Allocation) => void;

  constructor(
    audit: Audit,
    about: {
      readonly holdsPerClientMax: number;
      readonly learn: (reservation: Reservation) => void;
      readonly learnOrder: (allocation: Allocation) => void;
    },
  ) {
    this.#audit = audit;
    this.#holdsPerClientMax = about.holdsPerClientMax;
    this.#learn = about.learn;
    this.#learnOrder = about.learnOrder;
    this.#orders = new ToldOrders(audit);
    this.hub = new ToldHub(audit);
  }

  /** `asked`: what anybody had been told when it was asked. */
  reply(work: Work, said: Said, asked: Mark): void {
    if ('events' in work) {
      const outcomes = said as readonly Outcome[];
      work.events.forEach((event, index) => {
        const outcome = outcomes[index] as Outcome;
        if (outcome.status === 'recorded') this.#recorded(event, outcome.position, asked);
        else this.#event(event, outcome, work.approvedBy);
      });
    } else if ('query' in work) this.#answer(work.query, said as Answer, asked);
    else if ('allocation' in work.command && 'step' in work.command)
      this.#order(work.shard, work.command, said as Outcome);
    else if (work.command.do === 'shop-message') this.hub.message(work.shard, work.command, said as Outcome);
    else if (work.command.do === 'order-act') this.hub.act(work.command, said as Outcome);
    else if (work.command.do === 'work-act') this.hub.work(work.command, said as Outcome);
    else this.#outcome(work.command, said as Outcome);
  }

  /** Positions and revisions of a change or a read: never ahead of the journal. */
  requireDurable(position: string): Fact {
    const [shard, lsn] = position.split('.').map(Number) as [number, number];
    const fact = this.#audit.durableFact(shard, lsn);
    require(fact !== undefined, () => `somebody was told of ${position}, which is not durable`);
    return fact;
  }

  #recorded(event: StockEvent, position: string, asked: Mark): void {
    requireSame(eventIn(this.requireDurable(position)), event, () => `told recorded at ${position}`);
    this.history.requireNew(position, asked);
    this.history.told(position, 'sku' in event ? event.sku : undefined);
  }

  #event(event: StockEvent, outcome: Outcome, approvedBy?: ClientId): void {
    if (outcome.status === 'duplicate') {
      const fact = this.requireDurable(outcome.position);
      // A heartbeat is a duplicate of whatever was newer.
      if (event.kind !== 'heartbeat') requireSame(contentOf(fact), content(event), () => 'told duplicate of another');
    } else {
      require(outcome.status === 'refused', () => `an event is told ${outcome.status}`);
      if (outcome.code === 'waits-for-approval') return requireWaits(event, approvedBy);
      this.#refusedEvent(event, outcome);
    }
  }

  #refusedEvent(event: StockEvent, refused: { code: string; firstPosition?: string; units?: number }): void {
    const { code, firstPosition, units } = refused;
    if (code === 'stale-quantity') return requireStale(this.#modelOf(event), event, units);
    if (code === 'from-the-future') {
      require(event.at > this.#audit.time.lowestWallMs, () => `${event.id} is refused as from the future`);
      return;
    }
    require(UNREADY.includes(code) || firstPosition !== undefined, () => `${event.id} is refused as ${code}`);
    if (firstPosition === undefined) return;
    const fact = this.requireDurable(firstPosition);
    const isOther = eventIn(fact)?.id === event.id && !isDeepStrictEqual(contentOf(fact), content(event));
    require(code === 'id-reused' && isOther, () => `${event.id} is said to be reused`);
  }

  /** The durable model of the shard that owns the event's sku. */
  #modelOf(event: StockEvent): StockModel {
    const { partition } = this.#audit;
    const shard = 'sku' in event ? shardOfSku(partition, event.sku) : 0;
    return this.#audit.durable(shard) as StockModel;
  }

  #outcome(command: Extract<Work, { command: unknown }>['command'], outcome: Outcome): void {
    if (command.do === 'reserve') return this.#reserve(command.request, outcome);
    if (command.do === 'release') return this.#release(command, outcome);
    if (command.do === 'change') return requireChangeTold(this.#book, outcome);
    if (command.do === 'cancel-change') {
      require(['cancelled', 'refused'].includes(outcome.status), () => `a cancellation is told ${outcome.status}`);
      return;
    }
    if (command.do === 'extend') return requireExtendTold(this.#audit, command.request, outcome);
    if (command.do === 'move') {
      if (outcome.status === 'moved') this.#learn(outcome.reservation);
      return requireMoveTold(this.#audit, command.request, outcome);
    }
    const should = command.do === 'keep-letters' ? 'kept' : 'applied';
    require(outcome.status === should, () => `${command.do} is told ${outcome.status}`);
  }

  get #book(): BookModel {
    return (this.#audit.durable(this.#audit.partition.intake) as IntakeModel).book;
  }

  #order(shard: number, command: Command, outcome: Outcome): void {
    if (command.do === 'allocate-part' || !('step' in command) || command.do === 'allocation-answered') return;
    require(outcome.status === 'allocated' || outcome.status === 'waiting' || outcome.status === 'refused', () =>
      `${command.do} is told ${outcome.status}`);
    this.#orders.answer(shard, command, outcome as AllocationOutcome);
    if (outcome.status === 'allocated') this.#learnOrder(outcome.allocation);
  }

  #reserve(request: ReserveRequest, outcome: Outcome): void {
    const { client, key } = request;
    if (outcome.status === 'reserved') {
      const { reservation, position } = outcome;
      this.#requireReserved(this.requireDurable(position), reservation);
      require(reservation.client === client, () => `${client} is given ${reservation.id} of ${reservation.client}`);
      this.#known.set(reservation.id, { client, expiresAt: reservation.expiresAt });
      this.#learn(reservation);
      this.#requireOneKey(request);
      return this.#same(request, outcome);
    }
    require(outcome.status === 'refused', () => `a reservation is told ${outcome.status}`);
    const { code } = outcome;
    if (code === 'units-exceed-available' || code === 'too-many-demand-groups') {
      this.#requireRefused(request, outcome);
      this.#same(request, outcome);
    } else if (code === 'key-reused') {
      const sent = keyDigests(client, key).flatMap((digest) => this.#audit.sent.requests(digest));
      require(sent.length > 2, () => `${key} was never used with other content`);
    } else if (code === 'too-many-holds') {
      require(this.#holdsPerClientMax < 100, () => 'too many holds, yet there are few');
    } else if (code === 'partial-kit') {
      require(request.partial && request.lines.some(({ sku }) => KIT_SKUS.includes(sku)), () =>
        `${key} asks for no kit`);
    } else if (code === 'quota-exceeded') {
      const bounded = request.channel === 'till' || this.#audit.hasBounds;
      require(bounded, () => `${key} exceeds a quota, there is none`);
    } else {
      require(NAMING.includes(code), () => `${key} is refused as ${code}`);
    }
  }

  #requireReserved(fact: Fact, reservation: object): void {
    const made = fact.fact === 'UnitsReserved' ? fact.reservation : undefined;
    const decided =
      fact.fact === 'ReservationDecided' && 'reservation' in fact.outcome ? fact.outcome.reservation : made;
    requireSame(reservation, decided, () => 'told reserved');
  }

  #requireRefused({ client, key }: ReserveRequest, outcome: Outcome): void {
    const durable = keyDigests(client, key).flatMap((digest) => this.#audit.refusedKeys.get(digest) ?? []);
    require(durable.some((refusal) => isSame(refusal, outcome)), () =>
      `${key} is told ${JSON.stringify(outcome)}, durable is ${JSON.stringify(durable)}`);
  }

  /** Rule RS2: of two contents under one key that have a sku in common, one is reserved at most. */
  #requireOneKey(request: ReserveRequest): void {
    if (this.#audit.time.isLong) return;
    const key = `${request.client}\n${request.key}`;
    const content = JSON.stringify(request);
    const others = (this.#reserved.get(key) ?? []).filter((one) => JSON.stringify(one) !== content);
    const skus = new Set(request.lines.map(({ sku }) => sku));
    const same = others.find(({ lines }) => lines.some(({ sku }) => skus.has(sku)));
    require(same === undefined, () => `key ${request.key} has two reservations that share a sku (RS2)`);
    this.#reserved.set(key, [...others, request]);
  }

  /** Rule RS2: same client, key and content, same answer; for a day at least. */
  #same(request: ReserveRequest, outcome: Outcome): void {
    if (this.#audit.time.isLong) return;
    const [asked, answer] = [JSON.stringify(request), JSON.stringify(outcome)];
    const first = this.#first.get(asked);
    if (first === undefined) this.#first.set(asked, answer);
    else requireSame(JSON.parse(answer), JSON.parse(first), () => `key ${request.key} is answered anew`);
  }

  #release({ id, client }: { id: ReservationId; client: ClientId }, outcome: Outcome): void {
    const known = this.#known.get(id);
    if (outcome.status === 'released') {
      this.#requireReleased(id);
      return;
    }
    require(outcome.status === 'refused', () => `a release is told ${outcome.status}`);
    if (outcome.code === 'unknown-reservation') {
      require(known?.client !== client || this.#audit.time.isLong, () =>
        `${id} is unknown to ${client}, who was given it`);
      return;
    }
    require(outcome.code === 'already-ended', () => `a release is refused as ${outcome.code}`);
    require(this.#audit.endOf(id) !== 'released', () => `${id} was released, its release is refused`);
  }

  #requireReleased(id: ReservationId): void {
    const end = this.#audit.endOf(id);
    const isForgotten = end === undefined && this.#audit.time.isLong;
    require(end === 'released' || isForgotten, () => `${id} is said to be released, and that is not durable`);
  }

  #answer(query: Extract<Work, { query: unknown }>['query'], answer: Answer, asked: Mark): void {
    if (answer.answer === 'stock')
      for (const { position, sku } of answer.stock) this.#requireRead(position, sku, asked);
    if (answer.answer !== 'reservation' || query.ask !== 'reservation') return;
    const { reservation } = answer;
    const known = this.#known.get(query.id);
    require(reservation !== undefined || this.#audit.time.isLong, () =>
      `${query.id} was given to ${known?.client}, is gone`);
    if (reservation?.state === 'released') this.#requireReleased(query.id);
  }

  /** A sku nobody has spoken of stands at 0. */
  #requireRead(position: string, sku: string, asked: Mark): void {
    this.history.requireRead(position, sku, asked);
    if (position.endsWith('.0')) return;
    this.requireDurable(position);
    this.history.told(position, sku);
  }
}

function eventIn(fact: Fact): StockEvent | undefined {
  return 'event' in fact ? fact.event : undefined;
}

/** What makes two events with one id the same (rule FD1). */
function content(event: StockEvent | undefined): object {
  return { ...event, postedAt: 0 };
}

const contentOf = (fact: Fact): object => content(eventIn(fact));
