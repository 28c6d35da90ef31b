import { assert } from '../contract/assert.ts';
import type { Outcome } from '../contract/command.ts';
import { refuse, type RefusedRow } from '../contract/outcome.ts';
import { rowKey, type ReferenceBatch, type ReferenceKind } from '../contract/reference.ts';
import {
  BY_ENGINE,
  CHANGE_ROWS_MAX,
  type Actor,
  type ChangeOptions,
  type ChangeOutcome,
  type PendingChange,
  type ReferenceChange,
  type ReferenceRow,
  type RowsPage,
  type RowsQuery,
} from '../contract/reference-change.ts';
import { kindOf, type Partition, splitReference } from './partition.ts';
import type { ShardCalls } from './shard-calls.ts';

/** Main's end of the reference book, which lives in the intake shard. */
export class ReferenceCalls {
  readonly #calls: ShardCalls;
  readonly #partition: Partition;

  constructor(calls: ShardCalls, partition: Partition) {
    this.#calls = calls;
    this.#partition = partition;
  }

  /** More rows than a change may have are several changes, one after the other; the first that is refused is the last. */
  async apply(batch: ReferenceBatch, options: ChangeOptions = {}): Promise<ChangeOutcome> {
    const { of, rows } = batch;
    let outcome: ChangeOutcome | undefined;
    const refusedRows: RefusedRow[] = [];
    for (let from = 0; from === 0 || from < rows.length; from += CHANGE_ROWS_MAX) {
      const part = { of, rows: rows.slice(from, from + CHANGE_ROWS_MAX) } as ReferenceBatch;
      outcome = await this.#applyOne({ by: BY_ENGINE, ...options, batch: part });
      if (outcome.status !== 'applied') return outcome;
      refusedRows.push(...outcome.refusedRows);
    }
    assert(outcome?.status === 'applied', () => 'a change has an outcome');
    return { ...outcome, refusedRows };
  }

  async #applyOne(change: ReferenceChange): Promise<ChangeOutcome> {
    const { partial = false, effectiveAt } = change;
    // What is planned is judged by the shards when its time comes: until then they may have changed.
    const refusedRows = effectiveAt === undefined ? await this.#judge(change) : [];
    if (refusedRows.length === 0) return this.#send(change);
    if (!partial) return { ...refuse(refusedRows[0]!.code), refusedRows };
    const rest = without(change, new Set(refusedRows.map(({ row }) => row)));
    if (rest.batch.rows.length + (rest.retire?.length ?? 0) === 0) {
      return { status: 'applied', version: 0, refusedRows };
    }
    const outcome = await this.#send(rest);
    return outcome.status === 'applied'
      ? { ...outcome, refusedRows: [...refusedRows, ...outcome.refusedRows] }
      : outcome;
  }

  #send(change: ReferenceChange): Promise<ChangeOutcome> {
    return this.#calls.command<ChangeOutcome>(this.#partition.intake, { do: 'change', ...change });
  }

  /** What only the shards know: whether a pool has room, a kit has stock, a node or item is empty. */
  async #judge(change: ReferenceChange): Promise<readonly RefusedRow[]> {
    const { of } = change.batch;
    if (of !== 'pools' && of !== 'kits' && change.retire === undefined) return [];
    const { batch, retire } = change;
    const parts = splitReference(this.#partition, { batch, ...(retire !== undefined && { retire }) });
    const answers = await this.#calls.queries(
      parts
        .filter(({ shard }) => kindOf(this.#partition, shard) === 'stock')
        .map(({ shard, ...part }) => ({ shard, query: { ask: 'judge-change', ...part } })),
      'judged',
    );
    const all = answers.flatMap(({ refusedRows }) => refusedRows);
    return [...new Map(all.map((each) => [each.row, each])).values()];
  }

  async cancel(id: string, actor: Actor): Promise<'cancelled' | 'unknown-change'> {
    const outcome = await this.#calls.command<Outcome>(this.#partition.intake, { do: 'cancel-change', id, ...actor });
    return outcome.status === 'cancelled' ? 'cancelled' : 'unknown-change';
  }

  async pending(): Promise<readonly PendingChange[]> {
    return (await this.#calls.query(this.#partition.intake, { ask: 'pending' }, 'pending')).changes;
  }

  rows(query: RowsQuery): Promise<RowsPage> {
    return this.#calls.query(this.#partition.intake, { ask: 'rows', ...query }, 'rows');
  }

  async row(of: ReferenceKind, key: string): Promise<ReferenceRow | undefined> {
    return (await this.#calls.query(this.#partition.intake, { ask: 'row', of, key }, 'row')).row;
  }

  async fileDigest(file: string): Promise<string | undefined> {
    return (await this.#calls.query(this.#partition.intake, { ask: 'file', file }, 'file')).digest;
  }

  async noteFile(file: string, digest: string): Promise<void> {
    await this.#calls.command(this.#partition.intake, { do: 'note-file', file, digest });
  }
}

function without(change: ReferenceChange, refused: ReadonlySet<string>): ReferenceChange {
  const { batch, retire } = change;
  const { of } = batch;
  const rows = (batch.rows as readonly object[]).filter((row) => !refused.has(rowKey(of, row)));
  const left = { of, rows } as unknown as ReferenceBatch;
  return { ...change, batch: left, ...(retire !== undefined && { retire: retire.filter((key) => !refused.has(key)) }) };
}
