import type { Engine, EngineStats } from '../engine/api.ts';
import type { StockChange } from '../engine/contract/change.ts';
import type { ChannelId } from '../engine/contract/ids.ts';
import { Movers } from './movers.ts';
import { opsState } from './ops-state.ts';
import type { PushLatency } from './push-latency.ts';
import type { TopicSource } from './topic-source.ts';
import { Topic } from './topic.ts';

/** Rows of the lists an operator sees. */
const MOVERS_SHOWN = 20;
const RESERVATIONS_SHOWN = 20;
const LETTERS_SHOWN = 20;

export interface OpsFeedDeps {
  readonly engine: Engine;
  readonly latency: PushLatency;
  /** Ms, monotonic. */
  readonly now: () => number;
  /** Ms since the epoch. */
  readonly wallNow: () => number;
  readonly sockets: () => number;
  readonly sale: () => ChannelId | undefined;
  readonly changed: (topic: Topic) => void;
  /** Names this run of the server: its revisions begin anew, and a new epoch always wins. */
  readonly run: string;
  readonly log: (line: string) => void;
}

/** The channel `ops`, key `now`: one state a second, built only while somebody watches. */
export class OpsFeed implements TopicSource {
  /** A state is built once a second. */
  readonly conflateMsMin = 1_000;
  readonly #deps: OpsFeedDeps;
  readonly #topic: Topic;
  readonly #movers = new Movers();
  #eventsBySource = new Map<string, number>();
  #before: EngineStats | undefined;
  #beforeAt: number;
  #pushesBefore = 0;
  #revision = 0;
  #building: Promise<void> | undefined;

  constructor(deps: OpsFeedDeps) {
    this.#deps = deps;
    this.#topic = new Topic('ops', 'now', deps.run);
    this.#beforeAt = deps.now();
  }

  take(change: StockChange): void {
    this.#movers.take(change, this.#deps.sale());
  }

  /** Sources are those of the reference data, so their number is bounded by it. */
  countEvents(source: string, events: number): void {
    this.#eventsBySource.set(source, (this.#eventsBySource.get(source) ?? 0) + events);
  }

  /** Its one key is `now`, which the parser sees to. */
  async acquire(): Promise<readonly Topic[]> {
    this.#topic.pins += 1;
    try {
      await this.#build();
      return [this.#topic];
    } catch (error) {
      this.#topic.pins -= 1;
      throw error;
    }
  }

  release(topic: Topic): void {
    topic.pins -= 1;
  }

  /** Once a second. */
  turn(): void {
    this.#deps.latency.turn();
    this.#movers.turn();
    if (this.#topic.pins === 0) {
      this.#before = undefined;
      this.#eventsBySource.clear();
      return;
    }
    this.#build().catch((error: unknown) => this.#deps.log(`ops state not built: ${String(error)}`));
  }

  /** One at a time: while the engine is slow to answer, states are skipped. */
  #build(): Promise<void> {
    this.#building ??= this.#buildOne().finally(() => (this.#building = undefined));
    return this.#building;
  }

  async #buildOne(): Promise<void> {
    const { engine, latency, now, wallNow, sockets } = this.#deps;
    const [stats, reservations, letters] = await Promise.all([
      engine.stats(),
      engine.reservations({ limit: RESERVATIONS_SHOWN }),
      engine.letters({ state: 'open', limit: LETTERS_SHOWN }),
    ]);
    const at = now();
    const state = opsState({
      at: Math.round(wallNow()),
      seconds: (at - this.#beforeAt) / 1000,
      stats,
      before: this.#before,
      pushes: latency.written - this.#pushesBefore,
      eventsBySource: this.#eventsBySource,
      pushMs: latency.window(),
      sockets: sockets(),
      reference: engine.reference,
      movers: this.#movers.top(MOVERS_SHOWN),
      low: this.#movers.low(MOVERS_SHOWN),
      reservations,
      letters,
    });
    this.#before = stats;
    this.#beforeAt = at;
    this.#pushesBefore = latency.written;
    this.#eventsBySource = new Map();
    this.#revision += 1;
    const version = { r: this.#revision, d: JSON.stringify(state), t: state.at, receivedAt: 0, facts: 0 };
    if (this.#topic.set(version)) this.#deps.changed(this.#topic);
  }
}
