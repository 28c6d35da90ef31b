import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { EngineBusyError, type EngineStats, type ReferenceView } from '../api.ts';
import type { HistoryRefusal, LedgerPage, LedgerQuery } from '../contract/ledger.ts';
import type { HistoryHead, NoticesAsked, NoticesPage, Retold } from '../contract/notice.ts';
import type { OutfeedPage, OutfeedQuery, OutfeedState } from '../contract/outfeed.ts';
import type { WorkLogPage, WorkLogQuery, WorkLogState } from '../contract/work-log.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { AuditPage, AuditQuery } from '../contract/reference-change.ts';
import type { Folder } from '../journal/folder.ts';
import { type Partition, shardOfNode, shardOfSku } from '../shard/partition.ts';
import type { ShardCalls } from '../shard/shard-calls.ts';
import type { Explanation } from '../contract/explain.ts';
import type { Sku } from '../contract/ids.ts';
import type { Asked } from './explain-sku.ts';
import type { Moment, PastStock } from '../contract/past.ts';
import type { MachineLimits } from '../shard/machines.ts';
import { Replayer } from './replayer.ts';
import type { ReplayTask } from './replay.ts';
import type { RetellTask } from './retell.ts';
import { Ledger } from './ledger.ts';
import { OrderHistory } from './order-history.ts';
import { type FactPlace, parsePosition } from './position.ts';

export interface HistorySettings {
  readonly dataDir: string;
  readonly folder: Folder;
  readonly partition: Partition;
  readonly calls: ShardCalls;
  /** Newest position of the journal when it was opened. */
  readonly head: number;
  readonly followPort: MessagePort;
  /** Asked for every replay: the journal's newest durable position. */
  readonly journalHead: () => Promise<number>;
  readonly limits: MachineLimits;
  readonly historyDays: number;
  readonly orderDays: number;
  readonly outfeedHours: number;
  readonly outfeedEvents: number;
  readonly publishOutfeeds: (moved: readonly OutfeedState[]) => void;
  readonly publishWork: (moved: readonly WorkLogState[]) => void;
  readonly projector: boolean;
  readonly log: (line: string) => void;
}

/** Questions about the past, on the main thread: each is handed to a thread of its own kind (rule AV8). */
export class History {
  readonly #settings: HistorySettings;
  readonly #replayer = new Replayer();
  readonly #partition: Partition;
  readonly #calls: ShardCalls;
  readonly #ledger: Ledger | undefined;
  readonly orders: OrderHistory;

  constructor(settings: HistorySettings) {
    const { dataDir, folder, partition, calls, head, followPort, projector, log } = settings;
    const { historyDays, orderDays, outfeedHours, outfeedEvents, publishOutfeeds, publishWork } = settings;
    this.#settings = settings;
    this.orders = new OrderHistory(() => this.#required(), settings.journalHead);
    this.#partition = partition;
    this.#calls = calls;
    if (!projector) {
      followPort.close();
      return;
    }
    this.#ledger = new Ledger({
      path: join(dataDir, 'ledger.sqlite'),
      ordersPath: join(dataDir, 'orders.sqlite'),
      orders: partition.orders,
      nodes: partition.nodes,
      journalDir: folder.journalDir,
      snapshotsDir: folder.snapshotsDir,
      anchorsDir: anchorsIn(dataDir),
      shards: partition.shards,
      epoch: folder.wireEpoch,
      stockShards: partition.stockShards,
      intake: partition.intake,
      head,
      historyDays,
      orderDays,
      outfeedHours,
      outfeedEvents,
      publishOutfeeds,
      publishWork,
      journalPort: followPort,
      log,
    });
  }

  /** Once, when reference data is known. */
  begin(reference: ReferenceView): void {
    this.#ledger?.begin([
      { of: 'groups', rows: [...reference.groups.values()] },
      { of: 'channels', rows: [...reference.channels.values()] },
      { of: 'outfeeds', rows: [...reference.outfeeds.values()] },
    ]);
  }

  followOutfeeds(on: boolean): void {
    this.#ledger?.follow(on);
  }

  async outfeed(query: OutfeedQuery): Promise<OutfeedPage | Refused<HistoryRefusal>> {
    const ledger = this.#required();
    let page = await ledger.ask({ want: 'outfeed', query });
    if (page === 'unknown') {
      // The book may have it for a moment that the ledger has not reached.
      const { intake } = this.#partition;
      const { lsn } = await this.#calls.query(intake, { ask: 'lsn' }, 'lsn');
      page = await ledger.ask({ want: 'outfeed', query }, { shard: intake, lsn });
    }
    if (page === 'unknown') return refuse('unknown-outfeed', { field: 'id' });
    return page === 'behind' || page === undefined ? refuse('ledger-behind') : page;
  }

  /** A node of which nothing is kept has an empty log that ends where its shard says. */
  async workLog(query: WorkLogQuery): Promise<WorkLogPage | Refused<HistoryRefusal>> {
    const ledger = this.#required();
    const page = await ledger.ask({ want: 'work-log', query });
    if (page === undefined || page === 'behind') return refuse('ledger-behind');
    if (page !== 'unknown') return page;
    const { node } = query;
    const shard = shardOfNode(this.#partition, node);
    const { head } = await this.#calls.query(shard, { ask: 'work', node, limit: 0 }, 'work');
    const { lsn } = await this.#calls.query(shard, { ask: 'lsn' }, 'lsn');
    const later = await ledger.ask({ want: 'work-log', query }, { shard, lsn });
    if (later === undefined || later === 'behind') return refuse('ledger-behind');
    const { wireEpoch: e } = this.#settings.folder;
    return later === 'unknown' ? { node, e, first: head + 1, head, events: [] } : later;
  }

  async ledger(query: LedgerQuery): Promise<LedgerPage | Refused<HistoryRefusal>> {
    const after = query.minPosition === undefined ? undefined : this.#place(query.minPosition);
    if (after !== undefined && 'status' in after) return after;
    const shard = query.sku === undefined ? {} : { shard: shardOfSku(this.#partition, query.sku) };
    const page = await this.#required().ask({ want: 'page', query, ...shard }, after);
    return page ?? refuse('ledger-behind', { field: 'minPosition' });
  }

  /** Who changed which row, up to this moment (rule RD5). */
  async audit(query: AuditQuery): Promise<AuditPage | Refused<HistoryRefusal>> {
    const { intake } = this.#partition;
    const { lsn } = await this.#calls.query(intake, { ask: 'lsn' }, 'lsn');
    const page = await this.#required().ask({ want: 'audit', query }, { shard: intake, lsn });
    return page ?? refuse('ledger-behind');
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

  /** The sku's stock as it was (rule AV8). Rejects with EngineBusyError when too many ask. */
  async stockAt(sku: Sku, moment: Moment): Promise<PastStock | Refused<HistoryRefusal>> {
    const shard = shardOfSku(this.#partition, sku);
    const until = this.#until(shard, moment);
    if ('status' in until) return until;
    return this.#replayer.run({ ...(await this.#past(shard)), sku, until });
  }

  /** Asked after a moment has passed: what was committed by then is before this head. */
  async #past(shard: number): Promise<Omit<RetellTask, 'after'>> {
    const { folder, dataDir, limits, journalHead } = this.#settings;
    return {
      journalDir: folder.journalDir,
      snapshotDirs: [folder.snapshotsDir, anchorsIn(dataDir)],
      partition: this.#partition,
      limits,
      shard,
      head: await journalHead(),
    };
  }

  #until(shard: number, moment: Moment): ReplayTask['until'] | Refused<HistoryRefusal> {
    if ('atMs' in moment) {
      // A commit of this very millisecond may still come.
      return moment.atMs < Date.now() ? moment : refuse('not-yet', { field: 'at' });
    }
    const place = parsePosition(moment.position);
    if (place === undefined) return refuse('malformed-position', { field: 'at' });
    return place.shard === shard ? { lsn: place.lsn } : refuse('position-of-another-shard', { field: 'at' });
  }

  /** Notices in the journal's order, as far as the ledger is. */
  async notices(query: NoticesAsked): Promise<NoticesPage | Refused<HistoryRefusal>> {
    return (await this.#required().ask({ want: 'notices', query })) ?? refuse('ledger-behind');
  }

  /** Counts first: the journal has all of them by the time it is asked. */
  async head(): Promise<HistoryHead> {
    const shards = Array.from({ length: this.#partition.stockShards }, (_, shard) => shard);
    const said = await this.#calls.queries(
      shards.map((shard) => ({ shard, query: { ask: 'lsn' } })),
      'lsn',
    );
    return { position: await this.#settings.journalHead(), lsns: said.map(({ lsn }) => lsn) };
  }

  /** Changes of a stock shard behind so many of its facts, from the journal (rule AV6). Rejects as stockAt. */
  async retell(shard: number, after: number): Promise<Retold | Refused<HistoryRefusal>> {
    return this.#replayer.retell({ ...(await this.#past(shard)), after });
  }

  projectorState(journalHead: number): EngineStats['projector'] {
    if (this.#ledger === undefined) return { position: 0, lag: journalHead, failed: 'it was not started' };
    const { state } = this.#ledger;
    return { ...state, lag: Math.max(0, journalHead - state.position) };
  }

  async close(): Promise<void> {
    await Promise.all([this.#ledger?.close(), this.#replayer.close()]);
  }

  async kill(): Promise<void> {
    await Promise.all([this.#ledger?.kill(), this.#replayer.close()]);
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

/** Snapshots kept for questions about the past. */
function anchorsIn(dataDir: string): string {
  return join(dataDir, 'anchors');
}
