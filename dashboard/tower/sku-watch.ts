import { followStock } from '../../gateway/client/stock-feed.ts';
import type { StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import type { Loaded } from '../store/loaded.ts';
import { loadedFrom } from '../store/loaded.ts';
import { Observable } from '../store/observable.ts';
import type { Tower } from './tower.ts';

/** What the open sku's channels could sell at one moment. */
export interface SkuSample {
  readonly at: number;
  readonly ats: readonly number[];
}

/** Least time between two reads of the split, ms: a sku that changes ten times a second is read twice. */
const READ_MS_MIN = 500;
/** Longest time without a read, ms: what moves between nodes changes no channel's number, so no update tells of it. */
const READ_MS_MAX = 5_000;
/** Samples kept: at two a second, five minutes. */
const SAMPLES_MAX = 600;

/** Not read again: when somebody reports it, an update tells of it. */
const UNKNOWN = {
  phase: 'failed',
  message: 'nobody has reported this sku, and the item master does not have it. Check the number, or search by name.',
} as const;

/** Follows one sku for the drawer: the live update says that something moved, the split says what. */
export class SkuWatch {
  readonly sku: string;
  readonly stock = new Observable<Loaded<StaffStock>>({ phase: 'loading' });
  readonly samples = new Observable<readonly SkuSample[]>([]);
  readonly #tower: Tower;
  readonly #unfollow: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reading = false;
  #moved = false;
  #ended = false;

  constructor(tower: Tower, sku: string) {
    this.#tower = tower;
    this.sku = sku;
    this.#unfollow = followStock(tower.connection, [sku], {}, (_sku, state) => {
      if (state.phase === 'known') this.#movedNow();
    });
    void this.#read();
  }

  end(): void {
    this.#ended = true;
    this.#unfollow();
    clearTimeout(this.#timer);
  }

  /** While a read is under way the next is only noted: one at a time, and none is lost. */
  #movedNow(): void {
    this.#moved = true;
    if (!this.#reading) this.#readIn(READ_MS_MIN);
  }

  async #read(): Promise<void> {
    this.#reading = true;
    this.#moved = false;
    const answer = await this.#tower.http.split(this.sku);
    this.#reading = false;
    if (this.#ended) return;
    if (!answer.ok && answer.error.code === 'unknown-sku') return this.stock.set(UNKNOWN);
    this.#take(loadedFrom(answer));
    this.#readIn(this.#moved ? READ_MS_MIN : READ_MS_MAX);
  }

  #readIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), ms);
  }

  #take(loaded: Loaded<StaffStock>): void {
    // A read that failed leaves the last split standing; the banner says that the link is down.
    if (loaded.phase === 'failed' && this.stock.value.phase === 'here') return;
    this.stock.set(loaded);
    if (loaded.phase !== 'here') return;
    const sample: SkuSample = { at: this.#tower.nowMs(), ats: loaded.value.channels.map((channel) => channel.ats) };
    this.samples.set([...this.samples.value.slice(-(SAMPLES_MAX - 1)), sample]);
  }
}
