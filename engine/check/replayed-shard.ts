import type { Fact } from '../contract/fact.ts';
import { readFact } from '../shard/codec/fact-bytes.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import { heldRows } from './held-rows.ts';
import type { PlacedRecord } from './journal-facts.ts';
import { PromiseBook } from './promise-book.ts';
import type { Report } from './report.ts';
import type { SnapshotFile } from './snapshot-files.ts';
import { referenceOf } from './stock-sums.ts';

/** One shard while its facts are replayed: its machine, its second book, and the snapshots it passes on the way. */
export class ReplayedShard {
  readonly shard: HostedShard;
  readonly book = new PromiseBook();
  readonly #isStock: boolean;
  readonly #snapshots: readonly SnapshotFile[];
  readonly #report: Report;
  /** lsn of the newest record seen, 0 before the first. */
  #seen = 0;
  /** A fact did not apply: what follows would only repeat that. */
  #broken = false;

  constructor(
    shard: HostedShard,
    settings: { readonly isStock: boolean; readonly snapshots: readonly SnapshotFile[]; readonly report: Report },
  ) {
    this.shard = shard;
    this.#isStock = settings.isStock;
    this.#snapshots = settings.snapshots;
    this.#report = settings.report;
    if (this.#isStock && shard.lsn > 0) this.#beginBook();
  }

  get sound(): boolean {
    return !this.#broken;
  }

  /** The fact, or undefined when the state holds it already or it does not belong there. */
  replay(entry: PlacedRecord): Fact | undefined {
    const { lsn, fact: bytes } = entry.record;
    const expected = this.#seen === 0 ? Math.min(lsn, this.shard.lsn + 1) : this.#seen + 1;
    if (lsn !== expected)
      this.#fault(`fact ${lsn} of shard ${this.shard.number} stands where ${expected} belongs`, entry);
    this.#seen = lsn;
    if (this.#broken || lsn <= this.shard.lsn) return undefined;
    try {
      const fact = readFact(bytes);
      this.shard.lsn = lsn;
      this.shard.machine.evolve(fact, lsn);
      this.#judge(fact, entry);
      this.#compareSnapshots(lsn, entry);
      return fact;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#fault(`fact ${lsn} of shard ${this.shard.number} does not apply: ${why}`, entry);
      return undefined;
    }
  }

  /** After the last fact: snapshots that are ahead of the journal. */
  finish(): void {
    if (this.#broken) return;
    for (const { path, lsn, position } of this.#snapshots) {
      if (lsn > this.shard.lsn) {
        this.#report.fault(`it holds fact ${lsn}, the journal ends with fact ${this.shard.lsn} of its shard`, {
          file: path,
          offset: 0,
          position,
        });
      }
    }
  }

  #judge(fact: Fact, entry: PlacedRecord): void {
    if (!this.#isStock) return;
    const promised = this.book.apply(fact);
    if (promised === undefined) return;
    const skus = [...new Set(promised.map(({ sku }) => sku))];
    const answer = this.shard.machine.answer({ ask: 'stock', skus }, fact.at);
    for (const stock of answer.answer === 'stock' ? answer.stock : []) {
      const tooMuch = this.book.tooMuch(promised, stock);
      if (tooMuch !== undefined) this.#report.fault(`oversold: ${tooMuch}`, entry);
    }
  }

  #compareSnapshots(lsn: number, entry: PlacedRecord): void {
    for (const snapshot of this.#snapshots) {
      const place = { file: snapshot.path, offset: 0, position: snapshot.position };
      if (snapshot.lsn === lsn && snapshot.digest !== undefined) {
        const digest = this.shard.machine.digest();
        if (digest !== snapshot.digest)
          this.#report.fault(`its digest is ${snapshot.digest}, replay gives ${digest}`, place);
      }
      if (snapshot.lsn + 1 === lsn && entry.position <= snapshot.position) {
        this.#report.fault(`replay from it would miss fact ${lsn} at position ${entry.position}`, place);
      }
    }
  }

  /** Where the journal does not reach back, the rows of the restored state are all that is known. */
  #beginBook(): void {
    const { machine } = this.shard;
    for (const batch of referenceOf(machine)) {
      if (batch.of === 'groups') for (const { id, nodes } of batch.rows) this.book.setGroup(id, nodes);
    }
    const { held, allocated } = heldRows(machine);
    for (const { id, lines } of held) this.book.hold(id, lines);
    for (const { id, lines } of allocated) this.book.allocate(id, lines);
  }

  #fault(why: string, entry: PlacedRecord): void {
    this.#broken = true;
    this.#report.fault(why, entry);
  }
}
