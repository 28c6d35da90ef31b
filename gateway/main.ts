import './require-node-24.ts';
import { openEngine } from '../engine/engine.ts';
import { applyReferenceFiles } from '../ingest/apply-reference-files.ts';
import { createFeedDoor } from '../ingest/feed-door.ts';
import { createOrderDoor } from '../ingest/order-door.ts';
import { createParsePool } from '../ingest/parse-pool.ts';
import { rowFault } from '../ingest/reference-rules.ts';
import { ROW_SCHEMAS } from '../ingest/reference-schemas.ts';
import { ChangeRelay } from './change-relay.ts';
import { readConfig } from './config.ts';
import { ensureAdmin, Keys } from './keys.ts';
import { createLogger } from './log.ts';
import { startServer } from './server.ts';
import { tracedEngine } from './tracing.ts';
import { openWaitingDoor } from './waiting-door.ts';

// `npm start`. The whole way, left to right:
//   POST /v1/feeds ─► door (ingest: bytes → events) ─► engine (shards, journal) ─► changes ─► server (topics → sockets)

try {
  await main();
} catch (error) {
  // Start-up errors say in their message what to do; a stack would hide it.
  console.error(error instanceof Error ? messageOf(error) : error);
  process.exit(1);
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config);
  const log = (line: string) => logger.warn(line);
  const waiting = await openWaitingDoor(config);
  const changes = new ChangeRelay();
  const opened = await openEngine({
    dataDir: config.dataDir,
    journal: config.journal,
    snapshotEveryFacts: config.snapshotEveryFacts,
    acceptLoss: config.acceptLoss === 'yes',
    ...(config.shardThreads === 0 ? {} : { threads: config.shardThreads }),
    historyDays: config.historyDays,
    orderDays: config.orderDays,
    publish: changes.publish,
    publishOrders: changes.publishOrders,
    publishReference: changes.publishReference,
    publishOutfeeds: changes.publishOutfeeds,
    publishWork: changes.publishWork,
    outfeedHours: config.logKeepHours,
    outfeedEvents: config.logKeepEvents,
    log,
  });
  const engine = tracedEngine(opened);
  if (config.referenceDir !== '') {
    await applyReferenceFiles(engine, config.referenceDir, (line) => logger.info(`reference: ${line}`));
  }
  const pool = createParsePool();
  const orders = createOrderDoor({ sink: engine, reference: engine.reference, pool });
  const door = createFeedDoor({ sink: engine, reference: engine.reference, letters: engine, orders, pool });
  const keys = await Keys.open(config.dataDir);
  const adminKey = await ensureAdmin(keys, config.adminKey, Date.now());
  const server = await startServer({
    config: { ...config, port: waiting.port },
    engine,
    changes,
    door,
    orders,
    keys,
    judgeRow: rowFault,
    rowSchemas: ROW_SCHEMAS,
    logger,
    beforeListen: () => waiting.close(),
  });

  // Before the ready line: whoever reads it may stop us at once.
  stopOnSignals(async () => {
    await server.drain();
    await pool.close();
    await engine.close();
  });
  if (adminKey !== undefined) console.log(`admin key, shown this once: ${adminKey}`);
  console.log(`onhand listening on ${server.url}`);
}

/** The first signal drains, the second ends the process at once: what was acknowledged is durable either way. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    console.error(`${signal}: finishing what is open; send it again to stop at once`);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error('stopping failed', error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function messageOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\n  because: ${messageOf(error.cause)}` : '';
  return `${error.name}: ${error.message}${cause}`;
}
