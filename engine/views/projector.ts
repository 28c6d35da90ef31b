import type { IntakeFact } from '../contract/intake-fact.ts';
import type { OutfeedState } from '../contract/outfeed.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import type { NodeFact } from '../contract/order-fact.ts';
import type { WorkLogState } from '../contract/work-log.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import { JournalFollower } from '../journal/follow-journal.ts';
import type { Positioned } from '../journal/journal.ts';
import { oldestPosition } from '../journal/read-history.ts';
import { auditEntriesOf } from './audit-entries.ts';
import { LedgerFile, type Progress } from './ledger-file.ts';
import { readFact } from '../shard/codec/fact-bytes.ts';
import { movementsOf } from './movements.ts';
import { noticeOf } from './notices.ts';

/** Facts of one commit while somebody waits: about 20 ms, so that a question waits no longer than that. */
export const FACTS_PER_STEP = 2_000;
/**
 * Facts of one commit while nobody does: about 150 ms. Rows of many skus are spread over all pages of an index, and a
 * commit writes each page it touched once: in ones of 32,000 a fact costs 4.4 µs, in ones of 2,000 7.9 µs.
 */
export const FACTS_PER_LONG_STEP = 32_000;
/** Rows forgotten per fact: more than come, so that the end of the history keeps up with its beginning. */
const DROPPED_PER_FACT = 2;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface ProjectorSettings {
  /** ledger.sqlite. */
  readonly path: string;
  readonly journalDir: string;
  /** Changes with an accepted loss: positions may then come again with other facts. */
  readonly epoch: string;
  readonly stockShards: number;
  /** Number of the intake shard, which keeps the reference book. */
  readonly intake: number;
  /** Newest position of the journal when it was opened. */
  readonly head: number;
  readonly historyDays: number;
  /** Hours and events that an outfeed is kept, whichever is less. */
  readonly outfeedHours: number;
  readonly outfeedEvents: number;
  readonly log: (line: string) => void;
}

/** Turns facts into the ledger, in the journal's order, each once: progress is committed with the rows it made. */
export class Projector {
  readonly file: LedgerFile;
  readonly #follower: JournalFollower;
  readonly #stockShards: number;
  readonly #intake: number;
  readonly #head: number;
  readonly #keepMs: number;
  readonly #outfeedMs: number;
  readonly #outfeedEvents: number;
  #reading: Iterator<Positioned> | undefined;
  #progress: Progress;

  constructor(settings: ProjectorSettings) {
    this.file = openLedger(settings);
    this.#progress = this.file.progress();
    this.#follower = new JournalFollower(settings.journalDir, this.#progress.position + 1);
    this.#head = settings.head;
    this.#stockShards = settings.stockShards;
    this.#intake = settings.intake;
    // Holds last hours and are looked up at their end: less than a day is never kept.
    this.#keepMs = Math.max(1, settings.historyDays) * DAY_MS;
    this.#outfeedMs = settings.outfeedHours * HOUR_MS;
    this.#outfeedEvents = settings.outfeedEvents;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Whether a shard's fact is in the ledger. */
  has(shard: number, lsn: number): boolean {
    return (this.#progress.lsns[shard] ?? 0) >= lsn;
  }

  /** It has everything that was durable when the journal was opened, so whatever was shown before that. */
  get hasCaughtUp(): boolean {
    return this.#progress.position >= this.#head;
  }

  /** Outfeeds that a step has moved since this was asked last. */
  takeMoved(): readonly OutfeedState[] {
    const moved = this.#moved;
    this.#moved = [];
    return moved;
  }

  /** Nodes' logs that a step has moved, likewise. */
  takeMovedWork(): readonly WorkLogState[] {
    const moved = this.#movedWork;
    this.#movedWork = [];
    return moved;
  }

  /** Before the first step: a ledger that begins in the middle of the journal takes the definitions of now. */
  begin(batches: readonly ReferenceBatch[]): void {
    const { position, first } = this.#progress;
    if (first === 1 || position >= first) return;
    this.file.commit(() => {
      this.file.outfeeds.seed(batches, { first, head: this.#head });
      return this.#progress;
    });
  }

  /** One commit of at most `most` facts; `to` is durable. True when everything up to it is in. */
  step(to: number, most = FACTS_PER_STEP): boolean {
    if (this.#progress.position >= to) return true;
    this.#reading ??= this.#follower.readTo(to);
    const reading = this.#reading;
    let latest = this.#progress;
    let moved: readonly OutfeedState[] = [];
    let movedWork: readonly WorkLogState[] = [];
    this.file.commit(() => {
      const lsns = [...latest.lsns];
      let { position, firstAtMs } = latest;
      for (let count = 0; count < most; count++) {
        const { done, value } = reading.next();
        if (done === true) {
          this.#reading = undefined;
          break;
        }
        ({ position } = value);
        lsns[value.record.shard] = value.record.lsn;
        if (firstAtMs === 0) firstAtMs = value.atMs;
        this.#add(value);
      }
      latest = { ...latest, position, firstAtMs, lsns };
      latest = { ...latest, ...this.#drop(most * DROPPED_PER_FACT) };
      moved = this.file.outfeeds.save();
      movedWork = this.file.work.save();
      return latest;
    });
    this.#progress = latest;
    this.#moved = [...this.#moved, ...moved];
    this.#movedWork = [...this.#movedWork, ...movedWork];
    return this.#reading === undefined && latest.position >= to;
  }

  #latestAtMs = 0;
  #moved: readonly OutfeedState[] = [];
  #movedWork: readonly WorkLogState[] = [];

  #add({ position, atMs, record: { shard, lsn, fact: bytes } }: Positioned): void {
    this.#latestAtMs = atMs;
    const known = readFact(bytes);
    const notice = noticeOf(known, shard === this.#intake);
    if (notice !== undefined) this.file.notices.add({ position, at: atMs, notice });
    if (shard === this.#intake) {
      const fact = known as IntakeFact;
      if (fact.fact === 'ReferenceApplied') this.file.outfeeds.learn(fact, position);
      const entries = auditEntriesOf(fact);
      if (entries.length > 0) this.file.addAudit({ position, shard, lsn, atMs }, entries);
    }
    if (shard > this.#intake) {
      const fact = known as NodeFact;
      if (fact.fact === 'WorkMoved') this.file.addWork({ position, shard, lsn, atMs }, fact.news);
    }
    if (shard >= this.#stockShards) return;
    const fact = known as StockFact;
    const drafts = movementsOf(fact, this.file.heldLines(shard), shard === 0);
    if (drafts.length > 0) this.file.add({ position, shard, lsn, atMs }, drafts);
  }

  #drop(most: number): Pick<Progress, 'first' | 'firstAtMs'> | undefined {
    this.file.trimOutfeeds(this.#latestAtMs - this.#outfeedMs, this.#outfeedEvents, most);
    this.file.work.trim(this.#latestAtMs - this.#outfeedMs, this.#outfeedEvents, most);
    const before = this.#latestAtMs - this.#keepMs;
    return before <= this.#progress.firstAtMs ? undefined : this.file.dropBefore(before, most);
  }

  close(): void {
    this.#reading?.return?.();
    this.file.close();
  }
}

/** The file as it is when it goes on where the journal still reaches, else a new one. */
function openLedger({ path, journalDir, epoch, head, log }: ProjectorSettings): LedgerFile {
  const oldest = oldestPosition(journalDir);
  const known = LedgerFile.openExisting(path, epoch);
  if (known !== undefined) {
    const { position } = known.progress();
    if (position <= head && position + 1 >= oldest) return known;
    log(`ledger: it ends at position ${position}, the journal keeps ${oldest} to ${head}: written again`);
    known.close();
  }
  return LedgerFile.create(path, epoch, oldest);
}
