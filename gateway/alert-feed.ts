import type { Engine } from '../engine/api.ts';
import { ALERT_ROWS_MAX, alertStates, HELD_MAX, type AlertInput } from './alert-states.ts';
import { ALERT_KINDS, type AlertKind } from './protocol/alerts.ts';
import type { TopicSource } from './topic-source.ts';
import { Topic } from './topic.ts';

type AlertEngine = Pick<Engine, 'stats' | 'letters' | 'shortfalls' | 'reference'>;

export interface AlertFeedDeps {
  readonly engine: AlertEngine;
  /** Ms since the epoch. */
  readonly wallNow: () => number;
  readonly changed: (topic: Topic) => void;
  /** Names this run of the server: its revisions begin anew, and a new epoch always wins. */
  readonly run: string;
  readonly log: (line: string) => void;
}

/** The channel `alerts`, a key per kind: looked at once a second, only while somebody watches, pushed when it differs. */
export class AlertFeed implements TopicSource {
  readonly conflateMsMin = 1_000;
  readonly #deps: AlertFeedDeps;
  readonly #topics: ReadonlyMap<string, Topic>;
  #revision = 0;
  #looking: Promise<void> | undefined;

  constructor(deps: AlertFeedDeps) {
    this.#deps = deps;
    this.#topics = new Map(ALERT_KINDS.map((kind) => [kind, new Topic('alerts', kind, deps.run)]));
  }

  async acquire(kinds: readonly string[]): Promise<readonly Topic[]> {
    const topics = kinds.map((kind) => this.#topics.get(kind)).filter((topic) => topic !== undefined);
    for (const topic of topics) topic.pins += 1;
    try {
      if (topics.length > 0) await this.#look();
      return topics;
    } catch (error) {
      for (const topic of topics) topic.pins -= 1;
      throw error;
    }
  }

  release(topic: Topic): void {
    topic.pins -= 1;
  }

  /** Once a second. */
  turn(): void {
    if (![...this.#topics.values()].some(({ pins }) => pins > 0)) return;
    this.#look().catch((error: unknown) => this.#deps.log(`alerts not looked at: ${String(error)}`));
  }

  /** One at a time: while the engine is slow to answer, looks are skipped. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #lookOnce(): Promise<void> {
    const states = alertStates(await this.#read());
    const t = Math.round(this.#deps.wallNow());
    this.#revision += 1;
    for (const [kind, state] of states) this.#take(kind, JSON.stringify(state), t);
  }

  #take(kind: AlertKind, d: string, t: number): void {
    const topic = this.#topics.get(kind)!;
    if (topic.set({ r: this.#revision, d, t, receivedAt: 0, facts: 0 })) this.#deps.changed(topic);
  }

  async #read(): Promise<AlertInput> {
    const { engine } = this.#deps;
    const stats = await engine.stats();
    const isShort = stats.health.some(({ short }) => short > 0);
    const [letters, held, shortfalls] = await Promise.all([
      stats.openLetters === 0 ? [] : engine.letters({ state: 'open', limit: ALERT_ROWS_MAX }),
      stats.openLetters === 0 ? [] : engine.letters({ state: 'open', code: 'waits-for-approval', limit: HELD_MAX }),
      isShort ? engine.shortfalls({ limit: ALERT_ROWS_MAX }) : [],
    ]);
    return { stats, reference: engine.reference, letters, held, shortfalls };
  }
}
