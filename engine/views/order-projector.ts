import type { OrderFact } from '../contract/order-fact.ts';
import { JournalFollower } from '../journal/follow-journal.ts';
import type { Positioned } from '../journal/journal.ts';
import { oldestPosition } from '../journal/read-history.ts';
import { findSnapshot } from '../journal/snapshot-store.ts';
import { ordersOfImage } from '../orders/order-image.ts';
import { readFact } from '../shard/codec/fact-bytes.ts';
import { forgetAside, ordersAside } from './carry-orders.ts';
import { OrderShelf } from './order-shelf.ts';
import { OrdersFile, type OrdersProgress } from './orders-file.ts';

/** Orders' facts of one commit while somebody waits: about 20 ms; and while nobody does. */
export const ORDER_FACTS_PER_STEP = 500;
export const ORDER_FACTS_PER_LONG_STEP = 4_000;
/** Orders forgotten with one step: more than can come with it, and soon done. */
const DROPPED_PER_STEP = 200;
const DAY_MS = 86_400_000;
/** Orders of a snapshot that are written together. */
const ORDERS_PER_SAVE = 1_000;
/** Facts of others that are passed over in one step at most. */
const PASSED_PER_STEP = 32_000;

export interface OrderProjectorSettings {
  /** orders.sqlite. */
  readonly ordersPath: string;
  readonly journalDir: string;
  readonly snapshotsDir: string;
  readonly epoch: string;
  /** First order shard, and the first behind them. */
  readonly orders: number;
  readonly nodes: number;
  /** Days after its last word that an order which its shard has forgotten can be found. */
  readonly orderDays: number;
  /** Newest position of the journal when it was opened. */
  readonly head: number;
  readonly log: (line: string) => void;
}

/** Follows the journal into orders.sqlite, beside the ledger and at its own pace: each may be written again without the other. */
export class OrderProjector {
  readonly file: OrdersFile;
  readonly shelf: OrderShelf;
  readonly #settings: OrderProjectorSettings;
  readonly #follower: JournalFollower;
  #reading: Iterator<Positioned> | undefined;
  #progress: OrdersProgress;
  /** Journal time. */
  #latestAtMs = 0;

  constructor(settings: OrderProjectorSettings) {
    this.#settings = settings;
    const { file, first } = openOrders(settings);
    this.file = file;
    this.shelf = new OrderShelf(file.db);
    if (first !== undefined) this.#seed(first);
    this.#progress = file.progress();
    this.#follower = new JournalFollower(settings.journalDir, this.#progress.position + 1);
  }

  get progress(): OrdersProgress {
    return this.#progress;
  }

  /** One commit of at most `most` facts of orders; `to` is durable. True when everything up to it is in. */
  step(to: number, most = ORDER_FACTS_PER_STEP): boolean {
    if (this.#progress.position >= to) return true;
    this.#reading ??= this.#follower.readTo(to);
    const reading = this.#reading;
    let latest = this.#progress;
    this.file.commit(() => {
      latest = this.#read(reading, most);
      this.shelf.save();
      this.shelf.drop(this.#latestAtMs - this.#settings.orderDays * DAY_MS, DROPPED_PER_STEP);
      return latest;
    });
    this.#progress = latest;
    return this.#reading === undefined && latest.position >= to;
  }

  #read(reading: Iterator<Positioned>, most: number): OrdersProgress {
    const { orders, nodes } = this.#settings;
    const lsns = [...this.#progress.lsns];
    let { position } = this.#progress;
    for (let own = 0, passed = 0; own < most && passed < PASSED_PER_STEP;) {
      const { done, value } = reading.next();
      if (done === true) {
        this.#reading = undefined;
        break;
      }
      ({ position, atMs: this.#latestAtMs } = value);
      const { shard, lsn, fact } = value.record;
      if (shard < orders || shard >= nodes) {
        passed++;
        continue;
      }
      own++;
      lsns[shard - orders] = lsn;
      this.shelf.add({ lsn, fact: readFact(fact) as OrderFact });
    }
    return { ...this.#progress, position, lsns };
  }

  /** A new file. Where the journal does not begin with the first order any more: what shards had by their snapshots. */
  #seed(first: number): void {
    const { snapshotsDir: dir, orders, nodes, epoch, ordersPath: path } = this.#settings;
    const lsns = new Map<number, number>();
    for (let shard = orders; first > 1 && shard < nodes; shard++) {
      const snapshot = findSnapshot({ dir, shard, lsnMax: Number.MAX_SAFE_INTEGER });
      if (snapshot === undefined) continue;
      const { pages, lsn } = snapshot;
      this.#fill(ordersOfImage(pages), (order) => this.shelf.seed(order, lsn));
      lsns.set(shard, snapshot.lsn);
    }
    this.#takeAside(lsns);
    this.file.begin(epoch, first);
    forgetAside(path);
  }

  #takeAside(lsns: ReadonlyMap<number, number>): void {
    const { ordersPath: path, log } = this.#settings;
    try {
      const taken = this.#fill(ordersAside(path, lsns), (order) => this.shelf.carry(order));
      if (taken > 0) log(`orders: ${taken} that their shards have forgotten were taken over`);
    } catch (error) {
      this.shelf.clear();
      log(`orders: what shards have forgotten could not be taken over: ${String(error)}`);
    }
  }

  /** One commit. */
  #fill<T>(orders: Iterable<T>, put: (order: T) => void): number {
    let taken = 0;
    this.file.commit(() => {
      for (const order of orders) {
        put(order);
        if (++taken % ORDERS_PER_SAVE === 0) this.shelf.save();
      }
      this.shelf.save();
      return undefined;
    });
    return taken;
  }

  close(): void {
    this.#reading?.return?.();
    this.file.close();
  }
}

/** The file as it is when it goes on where the journal still reaches, else a new one and where it is to begin. */
function openOrders(settings: OrderProjectorSettings): { readonly file: OrdersFile; readonly first?: number } {
  const { ordersPath: path, journalDir, epoch, head, log } = settings;
  const oldest = oldestPosition(journalDir);
  const known = OrdersFile.openExisting(path, epoch);
  if (known !== undefined) {
    const { position } = known.progress();
    if (position <= head && position + 1 >= oldest) return { file: known };
    log(`orders: they end at position ${position}, the journal keeps ${oldest} to ${head}: written again`);
    known.close();
  }
  return { file: OrdersFile.create(path), first: oldest };
}
