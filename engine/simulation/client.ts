import type { Command } from '../contract/command.ts';
import type { ChannelId, ClientId, GroupId, Sku } from '../contract/ids.ts';
import type { Query } from '../contract/query.ts';
import type { KitRef, ReferenceBatch } from '../contract/reference.ts';
import type { MoveRequest, Reservation, ReserveLine, ReserveRequest } from '../contract/reservation.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { type Partition, placeReserve, shardOfSku, splitEvents } from '../shard/partition.ts';
import { draftApproval } from './brakes-play.ts';
import { draftChange } from './book-play.ts';
import type { Chance } from './chance.ts';
import { altered, draftCount, draftEvent, draftSupply, START_MS, type Voidable } from './draft-event.ts';
import { draftExtend, draftMove, otherMove, shardOfId, type HeldOne } from './held-play.ts';
import { draftNumbers } from './numbers-play.ts';
import { HandPlay } from './hand-play.ts';
import type { OrderBooks } from './order-books.ts';
import { OrderPlay } from './order-play.ts';
import { changeReference, setAside } from './reference-play.ts';
import { draftRules } from './rules-play.ts';
import { CHANNELS, CLIENTS, GROUPS, NODES, REFERENCE, SKUS } from './retailer.ts';
import type { Sent } from './sent.ts';
import { ShopPlay } from './shop-play.ts';
import { StaffPlay } from './staff-play.ts';
import type { Swarm } from './swarm.ts';

/** One piece of work for one shard, as main cuts it. */
export type Work =
  | {
      readonly shard: number;
      readonly events: readonly StockEvent[];
      readonly receivedAt: number;
      readonly approvedBy?: ClientId;
    }
  | { readonly shard: number; readonly command: Command }
  | { readonly shard: number; readonly query: Query };

/** With fewer remembered deltas they are merged, and numbers of merged ones are not exact (rule FD4). */
const NUMBERED_FROM = 512;

/** What clients, tills and warehouses do: new things, the same again, and the same id or key with other content. */
export class Client {
  readonly #chance: Chance;
  readonly #swarm: Swarm;
  readonly #partition: Partition;
  readonly #sent: Sent;
  readonly #events: StockEvent[] = [];
  readonly #voidable: Voidable[] = [];
  readonly #requests: ReserveRequest[] = [];
  readonly #pools: readonly ReferenceBatch[];
  readonly orders: OrderPlay;
  readonly shops: ShopPlay;
  readonly #staff: StaffPlay;
  /** As main might know them: what was sent to the shards. */
  readonly #kits = new Map<Sku, KitRef>();
  /** Reservations clients were told of. */
  readonly #known: HeldOne[] = [];
  readonly #moves: MoveRequest[] = [];
  readonly #first: StockEvent[] = [];
  readonly #books: OrderBooks;
  #made = 0;

  constructor(chance: Chance, swarm: Swarm, partition: Partition, sent: Sent, books: OrderBooks) {
    this.#chance = chance;
    this.#swarm = swarm;
    this.#partition = partition;
    this.#sent = sent;
    this.#pools = swarm.pools ? [setAside(chance), setAside(chance), setAside(chance)] : [];
    const change = (nowMs: number): Work[] => {
      const batch = changeReference(chance, nowMs);
      if (batch.of === 'kits') for (const kit of batch.rows) sent.kit(kit);
      return [{ shard: partition.intake, command: draftChange(chance, batch, nowMs) }];
    };
    this.#acts.push({ weight: swarm.changes, act: change }, { weight: swarm.releases, act: () => this.#release() });
    this.orders = new OrderPlay(chance, partition, sent);
    this.#acts.push({ weight: swarm.orders, act: (nowMs) => this.orders.next(nowMs, this.#known) });
    this.shops = new ShopPlay(chance, partition, sent, { kits: this.#kits, books });
    this.#staff = new StaffPlay(chance, partition, sent, () => books.works());
    this.#books = books;
    const hand = new HandPlay(chance, sent, () => books.files());
    const rules = (): Work[] => [{ shard: partition.intake, command: draftRules(chance, sent) }];
    this.#acts.push(
      { weight: swarm.shops, act: (nowMs) => this.shops.next(nowMs, this.#known) },
      { weight: swarm.shops * 3, act: (nowMs) => this.#staffOrShops(nowMs) },
      { weight: swarm.shops * swarm.hands, act: () => hand.next() },
      { weight: swarm.shops * 0.1, act: rules },
    );
  }

  /** What the data folder must hold before anything else makes sense. Also told again after every restart, as by the files. */
  reference(): Work[] {
    return [...REFERENCE, ...this.#pools].flatMap((batch) => this.#apply(batch));
  }

  told({ id, client, lines }: Reservation): void {
    const known = this.#known.findIndex((each) => each.id === id);
    if (known === -1) this.#known.push({ id, client, lines });
    else this.#known[known] = { id, client, lines };
  }

  next(nowMs: number): Work[] {
    if (this.#swarm.shops > 0) {
      for (const kit of this.#books.kits()) this.#kits.set(kit.sku, kit);
      // Orders of goods that nobody has counted yet all end alike.
      if (!this.#books.areStocked && this.#chance.yes(0.5)) return this.#stock();
    }
    return this.#chance.weighted(this.#acts).act(nowMs);
  }

  /** Every request once more, as it was: the answers must not have changed. */
  again(): Work[] {
    return this.#requests.flatMap((request) => this.#place(request));
  }

  readonly #acts = [
    { weight: 10, act: (nowMs: number): Work[] => this.#record(nowMs) },
    { weight: 8, act: (): Work[] => this.#reserve() },
    { weight: 4, act: (): Work[] => this.#extend() },
    { weight: 8, act: (): Work[] => this.#move() },
    { weight: 2, act: (): Work[] => this.#ask() },
    { weight: 1, act: (): Work[] => this.#letters() },
    { weight: 1, act: (): Work[] => this.#numbers() },
  ];

  #record(nowMs: number): Work[] {
    const count = 1 + this.#chance.below(this.#chance.pick([1, 3, this.#swarm.burst]));
    const isFirst = this.#events.length === 0 && this.#swarm.plenty;
    const events = isFirst ? this.#deliver() : Array.from({ length: count }, () => this.#event(nowMs));
    const approval = draftApproval(this.#chance);
    for (const event of events) this.#sent.event(event, approval.approvedBy);
    return splitEvents(this.#partition, events).map(({ shard, events: part }) => {
      return { shard, events: part, receivedAt: nowMs, ...approval };
    });
  }

  /** Where nobody has anything to do there are too few orders. */
  #staffOrShops(nowMs: number): Work[] {
    const work = this.#staff.next(nowMs);
    return work.length > 0 ? work : this.shops.place(nowMs, this.#known);
  }

  /** The first delivery, until it is durable. */
  #stock(): Work[] {
    if (this.#first.length === 0) this.#first.push(...(this.#swarm.scarce ? this.#deliverFew() : this.#deliver()));
    for (const event of this.#first) this.#sent.event(event);
    return splitEvents(this.#partition, this.#first).map(({ shard, events }) => ({
      shard,
      events,
      receivedAt: START_MS,
    }));
  }

  #deliverFew(): StockEvent[] {
    const chance = this.#chance;
    const few = this.#deliver().map((event) => ({ ...event, quantity: chance.below(4) }) as StockEvent);
    return [...few, ...SKUS.map((sku) => draftSupply(chance, this.#made++, { sku, node: chance.pick(NODES) }))];
  }

  #deliver(): StockEvent[] {
    const places = SKUS.flatMap((sku) => NODES.map((node) => ({ sku, node })));
    const events = places.map((place) => draftCount(this.#chance, this.#made++, place));
    this.#events.push(...events);
    return events;
  }

  #event(nowMs: number): StockEvent {
    const chance = this.#chance;
    if (this.#events.length > 0 && chance.yes(this.#swarm.retries)) {
      const known = chance.pick(this.#events);
      return chance.yes(this.#swarm.altered) ? altered(known) : known;
    }
    const booking =
      (this.#swarm.orders > 0 && chance.yes(0.2) ? this.orders.booking(this.#made++) : undefined) ??
      (this.#swarm.shops > 0 && chance.yes(0.3) ? this.#staff.booking(this.#made++) : undefined);
    if (booking !== undefined) this.#voidable.push(booking);
    const isNumbered = this.#swarm.rememberedMax >= NUMBERED_FROM;
    const event = booking ?? draftEvent(chance, this.#made++, { voidable: this.#voidable, nowMs, isNumbered });
    this.#events.push(event);
    return event;
  }

  #reserve(): Work[] {
    const chance = this.#chance;
    if (this.#requests.length > 0 && chance.yes(this.#swarm.retries)) {
      const known = chance.pick(this.#requests);
      return this.#place(chance.yes(this.#swarm.altered) ? this.#altered(known) : known);
    }
    const channel = chance.pick(Object.keys(CHANNELS));
    const request: ReserveRequest = {
      key: `k${this.#made++}`,
      client: chance.pick(CLIENTS),
      ...chance.pick([{}, {}, { customer: 'ann' }, { customer: 'bob' }]),
      channel: channel as ChannelId,
      lines: Array.from({ length: 1 + chance.below(3) }, () => this.#line(channel)),
      holdMs: chance.pick(this.#swarm.holdMs),
      partial: chance.yes(0.3),
    };
    this.#requests.push(request);
    return this.#place(request);
  }

  /** Under the same key: another hold time, fewer lines, or one more, so that it may belong to another shard or to several. */
  #altered(known: ReserveRequest): ReserveRequest {
    switch (this.#chance.below(3)) {
      case 0:
        return { ...known, lines: [...known.lines, this.#line(known.channel)] };
      case 1:
        return known.lines.length > 1
          ? { ...known, lines: known.lines.slice(1) }
          : { ...known, partial: !known.partial };
      default:
        return { ...known, holdMs: known.holdMs + 1_000 };
    }
  }

  #line(channel: string): ReserveLine {
    const chance = this.#chance;
    const isKit = this.#kits.size > 0 && chance.yes(0.2);
    const head = { sku: chance.pick(isKit ? [...this.#kits.keys()] : SKUS), units: 1 + chance.below(3) };
    const serving = GROUPS[CHANNELS[channel] ?? ''] ?? NODES;
    if (chance.yes(0.5)) return { ...head, node: chance.pick(chance.yes(0.9) ? serving : NODES) };
    return { ...head, group: chance.pick(Object.keys(GROUPS)) as GroupId };
  }

  #place(request: ReserveRequest): Work[] {
    this.#sent.request(request);
    return [placeReserve(this.#partition, request, this.#kits)];
  }

  #release(): Work[] {
    const chance = this.#chance;
    if (this.#known.length === 0) return this.#reserve();
    const { id, client } = this.#someHeld();
    const by = chance.yes(0.9) ? client : chance.pick(CLIENTS);
    if (by === client) this.#sent.release(id);
    return [{ shard: shardOfId(id), command: { do: 'release', id, client: by } }];
  }

  /** Mostly one of the newest, which may still be held. */
  #someHeld(known: readonly HeldOne[] = this.#known): HeldOne {
    return this.#chance.pick(this.#chance.yes(0.7) ? known.slice(-3) : known);
  }

  /** One that was not released, mostly. */
  #someToChange(): HeldOne {
    const mine = this.#known.filter(({ id }) => !this.#sent.hasRelease(id));
    return this.#someHeld(mine.length === 0 || this.#chance.yes(0.1) ? this.#known : mine);
  }

  #extend(): Work[] {
    if (this.#known.length === 0) return this.#reserve();
    const request = draftExtend(this.#chance, this.#someToChange());
    this.#sent.extend(request);
    return [{ shard: shardOfId(request.id), command: { do: 'extend', request } }];
  }

  #move(): Work[] {
    const chance = this.#chance;
    if (this.#known.length === 0) return this.#reserve();
    const isRetry = this.#moves.length > 0 && chance.yes(this.#swarm.retries);
    let request = isRetry ? chance.pick(this.#moves) : draftMove(chance, this.#someToChange(), `m${this.#made++}`);
    if (isRetry && chance.yes(this.#swarm.altered)) request = otherMove(chance, request);
    if (!isRetry) this.#moves.push(request);
    this.#sent.move(request);
    const shard = shardOfSku(this.#partition, request.sku);
    return [{ shard: shardOfId(request.id), command: { do: 'move', request, shard } }];
  }

  #ask(): Work[] {
    const chance = this.#chance;
    if (this.#known.length > 0 && chance.yes(0.5)) {
      const { id, client } = chance.pick(this.#known);
      return [{ shard: shardOfId(id), query: { ask: 'reservation', id, client } }];
    }
    const sku = chance.pick(SKUS);
    return [{ shard: shardOfSku(this.#partition, sku), query: { ask: 'stock', skus: [sku] } }];
  }

  /** As main tells them. */
  #numbers(): Work[] {
    const seen = [draftNumbers(this.#chance)];
    return [{ shard: this.#partition.intake, command: { do: 'hear-numbers', seen } }];
  }

  #letters(): Work[] {
    const text = `row ${this.#chance.below(6)}`;
    const content = { source: 'pos', receivedAt: 1, code: 'broken', message: 'no number', format: 'json' };
    const letter = { ...content, place: text, original: text, truncated: false };
    return [{ shard: this.#partition.intake, command: { do: 'keep-letters', letters: [letter] } }];
  }

  #apply(batch: ReferenceBatch): Work[] {
    if (batch.of === 'kits') {
      for (const kit of batch.rows) {
        this.#sent.kit(kit);
        this.#kits.set(kit.sku, kit);
      }
    }
    return [{ shard: this.#partition.intake, command: { do: 'change', by: 'ann', batch } }];
  }
}
