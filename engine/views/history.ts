import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { EngineBusyError, type EngineStats } from '../api.ts';
import type { HistoryRefusal, LedgerPage, LedgerQuery } from '../contract/ledger.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { Folder } from '../journal/folder.ts';
import { type Partition, shardOfSku } from '../shard/partition.ts';
import type { ShardCalls } from '../shard/shard-calls.ts';
import type { Explanation } from '../contract/explain.ts';
import type { Sku } from '../contract/ids.ts';
import type { Asked } from './explain-sku.ts';
import { Ledger } from './ledger.ts';
import { type FactPlace, parsePosition } from './position.ts';

export interface HistorySettings {
  readonly dataDir: string;
  readonly folder: Folder;
  readonly partition: Partition;
  readonly calls: ShardCalls;
  /** Newest position of the journal when it was opened. */
  readonly head: number;
  readonly followPort: MessagePort;
  readonly historyDays: number;
  readonly projector: boolean;
  readonly log: (line: string) => void;
}

/** Questions about the past, on the main thread: each is handed to a thread of its own kind (rule AV8). */
export class History {
  readonly #partition: Partition;
  readonly #calls: ShardCalls;
  readonly #ledger: Ledger | undefined;

  constructor({ dataDir, folder, partition, calls, head, followPort, historyDays, projector, log }: HistorySettings) {
    this.#partition = partition;
    this.#calls = calls;
    if (!projector) {
      followPort.close();
      return;
    }
    this.#ledger = new Ledger({
      path: join(dataDir, 'ledger.sqlite'),
      journalDir: folder.journalDir,
      epoch: folder.wireEpoch,
      stockShards: partition.stockShards,
      head,
      historyDays,
      journalPort: followPort,
      log,
    });
  }

  async ledger(query: LedgerQuery): Promise<LedgerPage | Refused<HistoryRefusal>> {
    const after = query.minPosition === undefined ? undefined : this.#place(query.minPosition);
    if (after !== undefined && 'status' in after) return after;
    const shard = query.sku === undefined ? {} : { shard: shardOfSku(this.#partition, query.sku) };
    const page = await this.#required().ask({ want: 'page', query, ...shard }, after);
    return page ?? refuse('ledger-behind', { field: 'minPosition' });
  }

  /** The numbers of this moment, then the ledger as far as they go. */
  async explain(sku: Sku, asked: Asked): Promise<Explanation | Refused<HistoryRefusal>> {
    const ledger = this.#required();
    const shard = shardOfSku(this.#partition, sku);
    const { terms } = await this.#calls.query(shard, { ask: 'terms', sku }, 'terms');
    if (terms === undefined) return refuse('unknown-sku', { field: 'sku' });
    const after = { shard, lsn: terms.lsn };
    return (await ledger.ask({ want: 'explanation', terms, shard, asked }, after)) ?? refuse('ledger-behind');
  }

  projectorState(journalHead: number): EngineStats['projector'] {
    if (this.#ledger === undefined) return { position: 0, lag: journalHead, failed: 'it was not started' };
    const { state } = this.#ledger;
    return { ...state, lag: Math.max(0, journalHead - state.position) };
  }

  async close(): Promise<void> {
    await this.#ledger?.close();
  }

  async kill(): Promise<void> {
    await this.#ledger?.kill();
  }

  #place(text: string): FactPlace | Refused<HistoryRefusal> {
    const place = parsePosition(text);
    if (place !== undefined && place.shard < this.#partition.shards) return place;
    return refuse('malformed-position', { field: 'minPosition' });
  }

  #required(): Ledger {
    if (this.#ledger === undefined) throw new EngineBusyError('overloaded', 60_000);
    return this.#ledger;
  }
}
