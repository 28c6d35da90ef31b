import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from '../contract/command.ts';
import type { Fact } from '../contract/fact.ts';
import type { ClientId, ReservationId } from '../contract/ids.ts';
import type { Answer } from '../contract/query.ts';
import type { ReserveRequest } from '../contract/reservation.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import type { Said } from '../shard/messages.ts';
import type { Audit } from './audit.ts';
import type { Work } from './client.ts';
import { keyDigests } from './sent.ts';
import { require, requireSame } from './violation.ts';

// What clients were told, held against what is durable: an answer that a crash could take back is a lie, and an answer
// once given is the answer.

export class Told {
  readonly #audit: Audit;
  readonly #holdsPerClientMax: number;
  readonly #first = new Map<string, string>();
  /** Reservations clients know of. */
  readonly #known = new Map<ReservationId, { client: ClientId; expiresAt: number }>();
  readonly #learn: (id: ReservationId, client: ClientId) => void;

  constructor(
    audit: Audit,
    about: {
      readonly holdsPerClientMax: number;
      readonly learn: (id: ReservationId, client: ClientId) => void;
    },
  ) {
    this.#audit = audit;
    this.#holdsPerClientMax = about.holdsPerClientMax;
    this.#learn = about.learn;
  }

  reply(work: Work, said: Said): void {
    if ('events' in work) {
      const outcomes = said as readonly Outcome[];
      work.events.forEach((event, index) => this.#event(event, outcomes[index] as Outcome));
    } else if ('query' in work) this.#answer(work.query, said as Answer);
    else this.#outcome(work.command, said as Outcome);
  }

  /** Positions and revisions of a change or a read: never ahead of the journal. */
  requireDurable(position: string): Fact {
    const [shard, lsn] = position.split('.').map(Number) as [number, number];
    const fact = this.#audit.durableFact(shard, lsn);
    require(fact !== undefined, () => `somebody was told of ${position}, which is not durable`);
    return fact;
  }

  #event(event: StockEvent, outcome: Outcome): void {
    switch (outcome.status) {
      case 'recorded': {
        const fact = this.requireDurable(outcome.position);
        return requireSame('event' in fact ? fact.event : fact, event, () => `told recorded at ${outcome.position}`);
      }
      case 'duplicate': {
        const fact = this.requireDurable(outcome.position);
        if (event.kind === 'heartbeat') return;
        const first = 'event' in fact ? fact.event : {};
        return requireSame({ ...first, postedAt: 0 }, { ...event, postedAt: 0 }, () => `told duplicate of another`);
      }
      case 'refused': {
        if (outcome.code === 'from-the-future') {
          require(event.at > this.#audit.lowestWallMs, () => `${event.id} is refused as from the future`);
          return;
        }
        const { firstPosition } = outcome as { firstPosition?: string };
        require(outcome.code === 'id-reused' && firstPosition !== undefined, () => `${event.id}: ${outcome.code}`);
        const fact = this.requireDurable(firstPosition);
        const first = 'event' in fact ? fact.event : undefined;
        const isOther =
          first?.id === event.id && !isDeepStrictEqual({ ...first, postedAt: 0 }, { ...event, postedAt: 0 });
        require(isOther, () => `${event.id} is said to be reused`);
        return;
      }
      default:
        require(false, () => `an event is told ${outcome.status}`);
    }
  }

  #outcome(command: Extract<Work, { command: unknown }>['command'], outcome: Outcome): void {
    if (command.do === 'reserve') return this.#reserve(command.request, outcome);
    if (command.do === 'release') return this.#release(command, outcome);
    const should = command.do === 'keep-letters' ? 'kept' : 'applied';
    require(outcome.status === should, () => `${command.do} is told ${outcome.status}`);
  }

  #reserve(request: ReserveRequest, outcome: Outcome): void {
    const { client, key } = request;
    const sent = keyDigests(client, key).flatMap((digest) => this.#audit.sent.requests(digest));
    if (outcome.status === 'reserved') {
      const { reservation, position } = outcome;
      this.#requireReserved(this.requireDurable(position), reservation);
      require(reservation.client === client, () => `${client} is given ${reservation.id} of ${reservation.client}`);
      this.#known.set(reservation.id, { client, expiresAt: reservation.expiresAt });
      this.#learn(reservation.id, client);
      return this.#same(request, outcome);
    }
    require(outcome.status === 'refused', () => `a reservation is told ${outcome.status}`);
    switch (outcome.code) {
      case 'units-exceed-available':
      case 'too-many-demand-groups':
        require(this.#refusedDurably(request), () => `${key} is refused, and that is not durable`);
        return this.#same(request, outcome);
      case 'key-reused':
        return require(sent.length > 2, () => `${key} was never used with other content`);
      case 'too-many-holds':
        return require(this.#holdsPerClientMax < 100, () => 'too many holds, yet there are few');
      case 'unknown-channel':
      case 'unknown-node':
      case 'unknown-group':
      case 'unknown-sku':
      case 'node-not-in-channel':
        return;
      default:
        require(false, () => `${key} is refused as ${outcome.code}`);
    }
  }

  #requireReserved(fact: Fact, reservation: object): void {
    const made = fact.fact === 'UnitsReserved' ? fact.reservation : undefined;
    const decided =
      fact.fact === 'ReservationDecided' && 'reservation' in fact.outcome ? fact.outcome.reservation : made;
    requireSame(reservation, decided, () => 'told reserved');
  }

  #refusedDurably({ client, key }: ReserveRequest): boolean {
    return keyDigests(client, key).some((digest) => this.#audit.refusedKeys.has(digest));
  }

  /** Rule RS2: same client, key and content, same answer; for a day at least. */
  #same(request: ReserveRequest, outcome: Outcome): void {
    if (this.#audit.paused) return;
    const [asked, answer] = [JSON.stringify(request), JSON.stringify(outcome)];
    const first = this.#first.get(asked);
    if (first === undefined) this.#first.set(asked, answer);
    else requireSame(JSON.parse(answer), JSON.parse(first), () => `key ${request.key} is answered anew`);
  }

  #release({ id, client }: { id: ReservationId; client: ClientId }, outcome: Outcome): void {
    const known = this.#known.get(id);
    if (outcome.status === 'released') {
      require(this.#endOf(id) === 'released', () => `${id} is said to be released, and that is not durable`);
      return;
    }
    require(outcome.status === 'refused', () => `a release is told ${outcome.status}`);
    if (outcome.code === 'unknown-reservation') {
      require(known?.client !== client || this.#audit.paused, () => `${id} is unknown to ${client}, who was given it`);
      return;
    }
    require(outcome.code === 'already-ended', () => `a release is refused as ${outcome.code}`);
    require(this.#endOf(id) !== 'released', () => `${id} was released, its release is refused`);
  }

  #endOf(id: ReservationId): string | undefined {
    const model = this.#audit.durable(Number(/^r(\d+)-/.exec(id)?.[1]));
    if ('holds' in model) return model.holds.get(id)?.reservation.state;
    return 'sagas' in model ? model.sagas.get(id)?.end : undefined;
  }

  #answer(query: Extract<Work, { query: unknown }>['query'], answer: Answer): void {
    if (answer.answer === 'stock') for (const { position } of answer.stock) this.#requireRead(position);
    if (answer.answer !== 'reservation' || query.ask !== 'reservation') return;
    const { reservation } = answer;
    const known = this.#known.get(query.id);
    require(reservation !== undefined || this.#audit.paused, () =>
      `${query.id} was given to ${known?.client}, is gone`);
    if (reservation?.state === 'released') {
      require(this.#endOf(query.id) === 'released', () => `${query.id} is shown released, and that is not durable`);
    }
  }

  /** A sku nobody has spoken of stands at 0. */
  #requireRead(position: string): void {
    if (!position.endsWith('.0')) this.requireDurable(position);
  }
}
