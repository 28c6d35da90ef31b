import { realEnvironment } from '../../gateway/client/environment.ts';
import { HttpClient } from '../../gateway/client/http-client.ts';
import type { Answer } from '../../gateway/client/http-client.ts';
import { liveUrl } from '../../gateway/client/live-url.ts';
import { LogConsumer } from '../../gateway/client/log-consumer.ts';
import type { NodeInfo } from '../../gateway/protocol/stock-bodies.ts';
import type { WorkActBody, WorkNewsInfo } from '../../gateway/protocol/work-bodies.ts';
import { Observable } from '../store/observable.ts';
import { isOver, withActs, type Work } from './next-acts.ts';
import { Outbox } from './outbox.ts';
import { PickStore } from './pick-store.ts';
import { screenName } from './screen-name.ts';
import { WorkTable } from './work-table.ts';

/** Work orders of one page of the snapshot, and pages at most: a node has 20,000 open ones at most. */
const PAGE_WORKS = 500;
const PAGES_MAX = 100;
/** Notices at once: the oldest go. */
const TAKEN_BACK_MAX = 20;

/** How fresh the screen is. */
export type FloorLink =
  | { readonly state: 'opening' | 'live' }
  | { readonly state: 'lost'; readonly sinceMs: number }
  /** Nobody tries again by himself: another tab reads under this screen's name, or the key is no good. */
  | { readonly state: 'ended'; readonly why: string };

/** What a signed-in screen knows of its node: the work, what was done and waits to be sent, and how fresh all of it is. */
export class Floor {
  readonly node: string;
  readonly outbox: Outbox;
  readonly picks: PickStore;
  readonly table = new WorkTable();
  readonly link = new Observable<FloorLink>({ state: 'opening' });
  readonly places = new Observable<readonly NodeInfo[]>([]);
  /** The key stopped being good, in words. */
  readonly keyRefused = new Observable<string | undefined>(undefined);
  /** How often new work came while somebody could see it. */
  readonly arrivals = new Observable(0);
  /** Work that was taken away while the screen was open, until somebody has read that. */
  readonly takenBack = new Observable<readonly Work[]>([]);
  readonly #http: HttpClient;
  readonly #key: string;
  #consumer: LogConsumer<WorkNewsInfo> | undefined;
  readonly #ended = new AbortController();

  constructor(node: string, key: string) {
    this.node = node;
    this.#key = key;
    this.#http = new HttpClient({ base: location.origin, token: key });
    this.picks = new PickStore(node, localStorage);
    this.outbox = new Outbox({
      node,
      storage: localStorage,
      env: realEnvironment(),
      newKey,
      send: ({ work, act, key: once }) => this.#http.actOnWork(node, work, act, once),
      done: ({ work }) => void this.table.take(work),
      keyRefused: (message) => this.keyRefused.set(message),
    });
    addEventListener('storage', () => this.outbox.refresh(), { signal: this.#ended.signal });
  }

  /** Work orders as they are once what waits is sent, those that ended not. */
  works(): Work[] {
    const waiting = this.outbox.waiting();
    return [...this.table.open.values()]
      .map((work) => withActs(work, waiting.get(work.id) ?? []))
      .filter((work) => !isOver(work));
  }

  /** One of them, also when what waits ends it; undefined: it has gone. */
  work(id: string): Work | undefined {
    const work = this.table.open.get(id);
    return work && withActs(work, this.outbox.waiting().get(id) ?? []);
  }

  gone(id: string): Work | undefined {
    return this.table.ended.get(id);
  }

  hasRead(work: string): void {
    this.takenBack.set(this.takenBack.value.filter(({ id }) => id !== work));
  }

  nameOf(node: string): string {
    return this.places.value.find(({ id }) => id === node)?.name ?? node;
  }

  say({ id, number }: Work, act: WorkActBody): 'kept' | 'full' {
    const said = this.outbox.say({ work: id, number, act });
    if (said === 'kept' && (act.act === 'pick' || act.act === 'reject')) this.picks.forget(id);
    return said;
  }

  /** Reads all there is, then follows the log from there. */
  async open(): Promise<Answer<unknown>> {
    const begun = await this.#load();
    if (!begun.ok) return begun;
    this.#consumer = new LogConsumer<WorkNewsInfo>({
      url: liveUrl(location.href),
      token: this.#key,
      channel: `work:${this.node}`,
      consumer: screenName(),
      since: begun.value,
      handle: ({ d }) => this.#hear(d),
      lost: () => this.#reload(),
      reading: (isReading) => this.#reading(isReading),
      ended: (why) => this.link.set({ state: 'ended', why }),
    });
    this.#consumer.start();
    void this.#loadPlaces();
    return begun;
  }

  /** Somebody wants the news here again, after another tab took them or something ended them. */
  async reopen(): Promise<void> {
    this.link.set({ state: 'opening' });
    const answer = await this.open();
    if (answer.ok) return;
    const { status, error } = answer;
    if (status === 401 || status === 403) this.keyRefused.set(error.message);
    else this.link.set({ state: 'ended', why: error.message });
  }

  close(): void {
    this.#ended.abort();
    this.outbox.close();
    void this.#consumer?.stop();
  }

  async #reload(): Promise<void> {
    const answer = await this.#load();
    // Thrown, it comes again after a pause.
    if (!answer.ok) throw new Error(answer.error.message);
  }

  /** The number of the newest event that the first page holds: what the later ones have seen already is passed over by version. */
  async #load(): Promise<Answer<{ readonly e: string; readonly o: number }>> {
    const works: Work[] = [];
    let since: { readonly e: string; readonly o: number } | undefined;
    let after: string | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const answer = await this.#http.works(this.node, { limit: PAGE_WORKS, ...(after !== undefined && { after }) });
      if (!answer.ok) return answer;
      const { e, head, next } = answer.value;
      since ??= { e, o: head };
      works.push(...answer.value.works);
      if (next === undefined) break;
      after = next;
    }
    this.table.begin(works);
    return { ok: true, value: since ?? { e: '', o: 0 } };
  }

  async #loadPlaces(): Promise<void> {
    const answer = await this.#http.nodes();
    if (answer.ok) this.places.set(answer.value);
  }

  #hear({ op, work }: WorkNewsInfo): void {
    const isNews = this.table.take(work);
    if (!isNews) return;
    if (isOver(work)) this.picks.forget(work.id);
    if (op === 'queued') this.arrivals.set(this.arrivals.value + 1);
    if (work.state === 'pulled-back') this.#noteTakenBack(work);
  }

  #noteTakenBack(work: Work): void {
    this.takenBack.set([...this.takenBack.value, work].slice(-TAKEN_BACK_MAX));
  }

  #reading(isReading: boolean): void {
    if (isReading) {
      this.link.set({ state: 'live' });
      this.outbox.sendNow();
    } else if (this.link.value.state === 'live') this.link.set({ state: 'lost', sinceMs: Date.now() });
  }
}

/** Not to be met twice; pages that came over plain HTTP have no randomUUID. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
