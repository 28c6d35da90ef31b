import type { Engine } from '../../engine/api.ts';
import type { StockChange } from '../../engine/contract/change.ts';
import type { FactCursor } from './fact-cursor.ts';
import type { EventDraft } from './outgoing-event.ts';
import { eventOfNotice, eventsOfChange } from './stock-events.ts';

type FollowedEngine = Pick<Engine, 'epoch' | 'reference' | 'notices' | 'historyHead' | 'retell'>;

/** Where events become jobs; durable when it resolves, and the cursor behind them. */
interface EventSink {
  /** Undefined when nobody listens. */
  cursor(): Promise<FactCursor | undefined>;
  put(drafts: readonly EventDraft[], cursor: FactCursor): Promise<void>;
}

interface FollowerDeps {
  readonly engine: FollowedEngine;
  readonly sink: EventSink;
  /** Calls once, later; returns how to call it off. */
  readonly later: (run: () => void, ms: number) => () => void;
  readonly log: (line: string) => void;
}

/** Events that wait in memory for the sink. Beyond them they are dropped here and read from the journal again. */
const PENDING_MAX = 20_000;
/** Events of one put, and one publication more. */
const PUT_MAX = 500;
const NOTICES_MAX = 500;
/** Ms between two looks for notices, and after something failed. */
const LOOK_MS = 500;
const RETRY_MS = 5_000;
/** Looks after which the cursor is written although nothing happened, so that the next start has less to read. */
const IDLE_LOOKS = 20;

/** What was published at once. A shard's facts behind it are in later ones. */
interface Publication {
  readonly lsns: ReadonlyMap<number, number>;
  readonly drafts: readonly EventDraft[];
}

/**
 * Makes events of facts and misses none. Changes of stock come as they are published, notices are asked for; up to where they
 * have become jobs stands in the cursor, beside the jobs. What was published and did not get there, because we died or fell
 * behind, the engine tells again from its journal.
 */
export class FactFollower {
  readonly #deps: FollowerDeps;
  #cursor: FactCursor | undefined;
  #beginning: Promise<void> | undefined;
  #pending: Publication[] = [];
  #count = 0;
  /** Newest fact of each shard in everything that was published, pending or not. */
  #heard = new Map<number, number>();
  /** Something published is neither pending nor a job, or nobody listens: nothing is taken before the journal has told it. */
  #behind = true;
  #idleLooks = 0;
  #complaint = '';
  #turning: Promise<void> | undefined;
  #stopped = false;
  #callOff: () => void = () => undefined;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  /** From the cursor on or, when there is none, from now on: what happens after it has resolved is not missed. */
  begin(): Promise<void> {
    this.#beginning ??= this.#begin().catch((error: unknown) => {
      this.end();
      throw error;
    });
    return this.#beginning;
  }

  /** Nobody listens any more. */
  end(): void {
    this.#callOff();
    this.#beginning = undefined;
    this.#cursor = undefined;
    this.#fallBehind();
  }

  /** What was heard becomes jobs, and no more is. */
  async stop(): Promise<void> {
    this.#callOff();
    this.#stopped = true;
    await this.#turning;
    await this.#putPending().catch((error: unknown) => this.#deps.log(`webhooks: ${String(error)}`));
    if (this.#cursor !== undefined) await this.#deps.sink.put([], this.#cursor).catch(() => undefined);
  }

  /** Every change there is, as it is published; those that cross nothing cost a look. */
  take(changes: readonly StockChange[]): void {
    if (this.#behind) return;
    const lsns = new Map<number, number>();
    const drafts: EventDraft[] = [];
    for (const change of changes) {
      const shard = shardOf(change.position);
      if (shard === undefined) continue;
      lsns.set(shard, Math.max(lsns.get(shard) ?? 0, change.revision));
      if (change.crossings === undefined && change.shortfalls === undefined) continue;
      const told = this.#cursor?.lsns[shard] ?? 0;
      drafts.push(...eventsOfChange(change, { shard, told }, this.#deps.engine.reference));
    }
    for (const [shard, lsn] of lsns) this.#heard.set(shard, Math.max(this.#heard.get(shard) ?? 0, lsn));
    if (drafts.length > 0) this.#hold({ lsns, drafts });
  }

  #hold(publication: Publication): void {
    if (this.#count + publication.drafts.length > PENDING_MAX) return this.#fallBehind();
    this.#count += publication.drafts.length;
    this.#pending.push(publication);
    if (this.#cursor !== undefined) this.#soon(0);
  }

  #fallBehind(): void {
    this.#behind = true;
    this.#pending = [];
    this.#count = 0;
    this.#heard = new Map();
  }

  async #begin(): Promise<void> {
    const { engine, sink, log } = this.#deps;
    const known = await sink.cursor();
    if (known?.epoch === engine.epoch) {
      this.#cursor = known;
    } else {
      if (known !== undefined) log('webhooks: the journal is another one; events begin anew with this moment');
      // Held from before the head is asked for, so nothing is between.
      this.#behind = false;
      const begun = { epoch: engine.epoch, ...(await engine.historyHead()) };
      await sink.put([], begun);
      this.#cursor = begun;
    }
    this.#soon(0);
  }

  #soon(ms: number): void {
    if (this.#stopped || this.#turning !== undefined) return;
    this.#callOff();
    this.#callOff = this.#deps.later(() => this.#turn(), ms);
  }

  #turn(): void {
    this.#turning = this.#work()
      .then(
        () => (this.#behind || this.#pending.length > 0 ? 0 : LOOK_MS),
        (error: unknown) => {
          // The thread, the ledger or the replays are busy or gone; where we were stands in the cursor.
          this.#complain(`facts are not followed for now: ${String(error)}`);
          this.#fallBehind();
          return RETRY_MS;
        },
      )
      .then((nextMs) => {
        this.#turning = undefined;
        if (this.#cursor !== undefined) this.#soon(nextMs);
      });
  }

  async #work(): Promise<void> {
    if (this.#behind) await this.#catchUp();
    await this.#putPending();
    await this.#putNotices();
  }

  /** Once, however often it is tried: trouble may last for days. */
  #complain(of: string): void {
    if (this.#complaint === of) return;
    this.#complaint = of;
    this.#deps.log(`webhooks: ${of}`);
  }

  /** From the cursor to this moment; what is published meanwhile is held, and known again by its facts. */
  async #catchUp(): Promise<void> {
    this.#fallBehind();
    this.#behind = false;
    const { lsns } = await this.#deps.engine.historyHead();
    for (const [shard, head] of lsns.entries()) {
      while ((this.#cursor?.lsns[shard] ?? head) < head) await this.#retell(shard, head);
    }
  }

  async #retell(shard: number, head: number): Promise<void> {
    const { engine, log } = this.#deps;
    const told = this.#cursor?.lsns[shard] ?? 0;
    const retold = await engine.retell(shard, told);
    if ('status' in retold) {
      log(`webhooks: what became of shard ${shard} from its fact ${told} to ${head} is not told: ${retold.code}`);
      return this.#put([], [[shard, head]]);
    }
    if (retold.through <= told) throw new Error(`shard ${shard} has ${head} facts, its journal ${retold.through}`);
    const drafts = retold.changes.flatMap((change) => eventsOfChange(change, { shard, told }, engine.reference));
    await this.#put(drafts, [[shard, retold.through]]);
  }

  async #putPending(): Promise<void> {
    while (this.#pending.length > 0 && !this.#behind) {
      const drafts: EventDraft[] = [];
      const lsns = new Map<number, number>();
      while (drafts.length < PUT_MAX && this.#pending.length > 0) {
        const publication = this.#pending.shift()!;
        drafts.push(...publication.drafts);
        for (const [shard, lsn] of publication.lsns) lsns.set(shard, lsn);
      }
      this.#count -= drafts.length;
      await this.#put(drafts, lsns);
    }
    // Nothing is pending, so everything that was heard is a job or none.
    if (!this.#behind && this.#cursor !== undefined) this.#cursor = moved(this.#cursor, this.#heard);
  }

  async #putNotices(): Promise<void> {
    const { engine, log } = this.#deps;
    for (let full = true; full && this.#cursor !== undefined;) {
      const { position: after } = this.#cursor;
      const page = await engine.notices({ after, limit: NOTICES_MAX }).catch((error: unknown) => {
        // Without a ledger stock is told of as ever.
        this.#complain(`silences, letters and expiries are not told for now: ${String(error)}`);
        return undefined;
      });
      if (page === undefined || 'status' in page) return;
      this.#complaint = '';
      if (page.first > after + 1)
        log(`webhooks: the ledger begins with position ${page.first}, ${after} was told last`);
      full = page.notices.length === NOTICES_MAX;
      this.#idleLooks = page.notices.length > 0 ? 0 : this.#idleLooks + 1;
      const isWritten = this.#idleLooks % IDLE_LOOKS === 0;
      if (isWritten)
        await this.#put(
          page.notices.map((one) => eventOfNotice(one, engine.reference)),
          [],
          page.through,
        );
      else if (this.#cursor !== undefined) this.#cursor = moved(this.#cursor, [], page.through);
    }
  }

  /** The cursor moves once the events in front of it are durable. */
  async #put(drafts: readonly EventDraft[], lsns: Lsns, position?: number): Promise<void> {
    const before = this.#cursor;
    if (before === undefined) return;
    const next = moved(before, lsns, position);
    await this.#deps.sink.put(drafts, next);
    // Whoever ended meanwhile, or began anew, has a moment of his own.
    if (this.#cursor === before) this.#cursor = next;
  }
}

type Lsns = Iterable<readonly [shard: number, lsn: number]>;

function moved(cursor: FactCursor, by: Lsns, position = cursor.position): FactCursor {
  const lsns = [...cursor.lsns];
  for (const [shard, lsn] of by) lsns[shard] = Math.max(lsns[shard] ?? 0, lsn);
  return { ...cursor, position, lsns };
}

/** Undefined for a kit's, which is made of its components' changes. */
function shardOf(position: string): number | undefined {
  const match = /^(\d+)\.\d+$/.exec(position);
  return match === null ? undefined : Number(match[1]);
}
