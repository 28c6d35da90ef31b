import type { Engine, EngineOptions } from './api.ts';
import { EngineBusyError } from './api.ts';
import type { Outcome } from './contract/command.ts';
import { refuse } from './contract/outcome.ts';
import type { CorrectionOutcome } from './contract/correction.ts';
import type { RepairOutcome } from './contract/repair.ts';
import type { ExtendOutcome, MoveOutcome, ReleaseOutcome } from './contract/reservation.ts';
import { type Folder, openFolder } from './journal/folder.ts';
import { Brakes } from './shard/brakes.ts';
import { HeardNumbers } from './shard/heard-numbers.ts';
import { recordEvents } from './shard/record-events.ts';
import { SourceClocks } from './shard/source-clocks.ts';
import { engineSettings } from './shard/engine-settings.ts';
import { EXIT_FAILED, failureLine, type ProcessEnd, realProcessEnd } from './shard/failure.ts';
import { loadReference } from './shard/load-reference.ts';
import { OPEN_CALLS_MAX, OpenCalls } from './shard/open-calls.ts';
import { createPartition, shardOfSku } from './shard/partition.ts';
import { ReferenceCalls } from './shard/reference-calls.ts';
import { OrderDoor } from './shard/order-door.ts';
import { WorkDoor } from './shard/work-door.ts';
import { ReserveDoor } from './shard/reserve-door.ts';
import { Router } from './shard/router.ts';
import { ShardCalls } from './shard/shard-calls.ts';
import { ClientHolds } from './shard/client-holds.ts';
import { ShardReads } from './shard/shard-reads.ts';
import { startThreads, type Threads } from './shard/threads.ts';
import { History } from './views/history.ts';
import { KitView } from './views/kit-view.ts';
import { RuleTrials } from './views/rule-trials.ts';
import { stockQuestions } from './views/stock-questions.ts';
import { InvariantWatch, timerRest } from './views/invariant-watch.ts';
import type { LiveReference } from './views/reference-view.ts';

/** Longer than the folder's lock and files need, and shorter than anybody waits. */
const RETRY_LETTERS_MS = 60_000;

/** Opens a data folder and recovers what it holds; a batch's way from here is README.md. */
export async function openEngine(options: EngineOptions, end: ProcessEnd = realProcessEnd): Promise<Engine> {
  const settings = engineSettings(options);
  const { stockShards, journal, acceptLoss = false } = options;
  const folder = openFolder(options.dataDir, {
    ...(stockShards !== undefined && { stockShards }),
    ...(journal !== undefined && { journal }),
    acceptLoss,
  });
  try {
    return await start(options, settings, folder, end);
  } catch (error) {
    folder.close();
    throw error;
  }
}

async function start(
  options: EngineOptions,
  settings: ReturnType<typeof engineSettings>,
  folder: Folder,
  end: ProcessEnd,
): Promise<Engine> {
  const log = options.log ?? (() => {});
  const partition = createPartition(folder);
  let reference: LiveReference | undefined;
  /** From when on somebody may ask for a kit. */
  let live: KitView | undefined;
  const openCalls = new OpenCalls(() => performance.now());
  const { threads: threadCount, holdsPerClientMax, unitsPerLineMax } = settings;
  const holds = new ClientHolds();
  const router = new Router({
    threads: threadCount,
    creditBytes: settings.creditBytes,
    callsMax: OPEN_CALLS_MAX,
    calls: openCalls,
    publish(changes) {
      options.publish(changes);
      live?.take(changes);
    },
    holds,
    publishOrders: (changes) => options.publishOrders?.(changes),
    learn(news) {
      for (const each of news) reference?.learn(each);
      options.publishReference?.(news);
      live?.learn(news);
    },
    post: (thread, items) => threads.post(thread, { type: 'work', items }),
  });
  let failed = false;
  const startedAt = performance.now();
  const threads: Threads = await startThreads({
    ...settings,
    limits: { holdsPerClientMax, unitsPerLineMax },
    epoch: folder.epoch,
    acceptLoss: options.acceptLoss ?? false,
    hasLoss: folder.losses !== undefined,
    journal: folder.journal,
    journalDir: folder.journalDir,
    snapshotsDir: folder.snapshotsDir,
    partition,
    log,
    output: (thread, message) => router.receive(thread, message),
    failed(thread, error) {
      failed = true;
      end.say(failureLine(thread, error));
      end.exit(EXIT_FAILED);
    },
  });
  const calls = new ShardCalls(router, partition);
  const history = new History({
    dataDir: options.dataDir,
    folder,
    partition,
    calls,
    head: threads.head,
    followPort: threads.followPort,
    journalHead: async () => (await threads.journalStats()).head,
    limits: { holdsPerClientMax, unitsPerLineMax },
    historyDays: settings.historyDays,
    orderDays: settings.orderDays,
    outfeedHours: settings.outfeedHours,
    outfeedEvents: settings.outfeedEvents,
    publishOutfeeds: (moved) => options.publishOutfeeds?.(moved),
    publishWork: (moved) => options.publishWork?.(moved),
    projector: options.projector ?? true,
    log,
  });
  const reads = new ShardReads(calls, partition);
  const loaded = await loadReference(calls, partition).catch(async (error: unknown) => {
    await Promise.all([history.kill(), threads.kill()]);
    throw error;
  });
  holds.begin(await reads.openCounts());
  reference = loaded;
  history.begin(loaded);
  const kits = new KitView(loaded, { read: (skus) => reads.stock(skus), publish: options.publish });
  live = kits;
  const door = new ReserveDoor(calls, holds, { partition, kits: loaded.kits });
  const orders = new OrderDoor(calls, { partition, kits: loaded.kits });
  const work = new WorkDoor(calls, { partition, nodes: loaded.nodes });
  const book = new ReferenceCalls(calls, partition);
  const trials = new RuleTrials({ reference: loaded, reads, orders: history.orders, nowMs: Date.now });
  log(
    `engine: ${partition.shards} shards on ${threadCount} threads recovered in ${Math.round(performance.now() - startedAt)} ms`,
  );

  const brakes = new Brakes({ calls, partition, reference: loaded, nowMs: () => performance.now() });
  const numbers = new HeardNumbers((seen) => calls.command(partition.intake, { do: 'hear-numbers', seen }));
  const clocks = new SourceClocks();

  const watch = new InvariantWatch({
    shards: partition.stockShards,
    look: async (shard, after, limit) => {
      const query = { ask: 'audit', limit, ...(after !== undefined && { after }) } as const;
      return (await calls.query(shard, query, 'audit')).audit;
    },
    rest: timerRest,
    nowMs: () => performance.now(),
    wallMs: Date.now,
    log,
  });
  watch.start();

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    calls.refuseNew();
    // After a failure a look may never be answered: it is not waited for.
    const watched = watch.stop();
    if (!failed) await watched;
    // After a failure nothing can be finished; what was acknowledged is in the journal.
    await trials.close();
    if (failed) await Promise.all([history.kill(), threads.kill()]);
    else {
      await openCalls.drained();
      await history.close();
      await threads.close();
    }
    folder.close();
  }

  return {
    epoch: folder.wireEpoch,
    reference: loaded,

    record(events, receivedAt, approvedBy) {
      clocks.note(events, receivedAt, (source) => loaded.sources.has(source));
      return recordEvents({ calls, brakes, numbers }, events, receivedAt, approvedBy);
    },
    apply: (batch, change) => book.apply(batch, change),
    cancelChange: (id, actor) => book.cancel(id, actor),
    pendingChanges: () => book.pending(),
    referenceRows: (query) => book.rows(query),
    referenceRow: (of, key) => book.row(of, key),
    referenceAudit: (query) => history.audit(query),
    fileDigest: (file) => book.fileDigest(file),
    noteFile: (file, digest) => book.noteFile(file, digest),

    reserve: (request) => door.reserve(request),
    reserveMany: (requests) => door.reserveMany(requests),
    async release(id, client) {
      const shard = reads.holdingShard(id);
      if (shard === undefined) return refuse('unknown-reservation');
      return calls.command<ReleaseOutcome>(shard, { do: 'release', id, client });
    },
    async extend(request) {
      const shard = reads.holdingShard(request.id);
      if (shard === undefined) return refuse('unknown-reservation');
      return calls.command<ExtendOutcome>(shard, { do: 'extend', request });
    },
    async move(request) {
      const shard = reads.holdingShard(request.id);
      if (shard === undefined) return refuse('unknown-reservation');
      return calls.command<MoveOutcome>(shard, { do: 'move', request, shard: shardOfSku(partition, request.sku) });
    },
    correct: (request) =>
      calls.command<CorrectionOutcome>(shardOfSku(partition, request.sku), { do: 'correct', request }),
    repairSums: (request) =>
      calls.command<RepairOutcome>(shardOfSku(partition, request.sku), { do: 'repair-sums', request }),
    reservation: (id, client) => reads.reservation(id, client),
    reservations: (asked) => reads.reservations(asked),

    shopMessage: (client, message) => orders.say(client, message),
    orderAct: (id, asked) => orders.act(id, asked),
    orders: (ids) => orders.read(ids),
    orderKept: (id) => history.orders.order(id),
    findOrders: (asked) => history.orders.page(asked),
    orderCounts: (channels) => history.orders.counts(channels),
    orderTimeline: (id, asked) => history.orders.timeline(id, asked),
    orderSourcing: (id) => history.orders.sourcing(id),
    trySourcing: (order, rules) => trials.decide(order, rules),
    simulateSourcing: (asked) => trials.simulate(asked),
    compareShadow: (asked) => trials.shadow(asked),
    tryAutomation: (asked) => trials.automate(asked),
    ruleLog: (asked) => history.orders.ruleLog(asked),
    customers: (asked) => history.orders.customers(asked),
    customer: (id, channels) => history.orders.customer(id, channels),
    workAct: (act) => work.act(act),
    work: (asked) => work.page(asked),
    workOrder: (node, id) => work.one(node, id),

    ...stockQuestions({ reference: loaded, reads, history, kits }),
    shortfalls: (asked) => reads.shortfalls(asked),

    ledger: (query) => history.ledger(query),
    outfeed: (query) => history.outfeed(query),
    workLog: (query) => history.workLog(query),
    notices: (query) => history.notices(query),
    historyHead: () => history.head(),
    retell: (shard, after) => history.retell(shard, after),
    followOutfeeds: (on) => history.followOutfeeds(on),

    async keepLetters(letters) {
      const outcome = await calls.command<Extract<Outcome, { status: 'kept' | 'refused' }>>(partition.intake, {
        do: 'keep-letters',
        letters,
      });
      if (outcome.status === 'refused') throw new EngineBusyError('overloaded', RETRY_LETTERS_MS);
      return outcome.ids;
    },
    async letters(query) {
      return (await calls.query(partition.intake, { ask: 'letters', ...query }, 'letters')).letters;
    },
    async letter(id) {
      return (await calls.query(partition.intake, { ask: 'letter', id }, 'letter')).letter;
    },
    async closeLetter(id, as, by) {
      const outcome = await calls.command<
        { status: 'closed' } | { status: 'refused'; code: 'unknown-letter' | 'letter-not-open' }
      >(partition.intake, { do: 'close-letter', id, as, by });
      return outcome.status === 'closed' ? 'closed' : outcome.code;
    },

    async gaps(source, limit) {
      return (await calls.query(partition.intake, { ask: 'gaps', source, limit }, 'gaps')).streams;
    },

    async stats() {
      const [merged, journal] = await Promise.all([reads.stats(), threads.journalStats()]);
      const { wireEpoch: epoch } = folder;
      const { undurableBytes } = router;
      const projector = history.projectorState(journal.head);
      return {
        epoch,
        shards: partition.shards,
        threads: threadCount,
        undurableBytes,
        journal,
        projector,
        invariants: watch.state,
        slowClocks: clocks.slow(Date.now()),
        ...merged,
      };
    },
    close: () => (closing ??= close()),
  };
}
