import './require-node-24.ts';
import type { Engine } from '../engine/api.ts';
import { REFERENCE_REFUSALS } from '../engine/contract/outcome.ts';
import { openEngine } from '../engine/engine.ts';
import { createFeedDoor } from '../ingest/feed-door.ts';
import { createParsePool } from '../ingest/parse-pool.ts';
import { changedBatches } from '../ingest/reference-changes.ts';
import { loadReferenceFiles } from '../ingest/reference-files.ts';
import { ChangeRelay } from './change-relay.ts';
import { readConfig } from './config.ts';
import { ensureAdmin, Keys } from './keys.ts';
import { startServer } from './server.ts';

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
  const changes = new ChangeRelay();
  const engine = await openEngine({
    dataDir: config.dataDir,
    journal: config.journal,
    snapshotEveryFacts: config.snapshotEveryFacts,
    acceptLoss: config.acceptLoss === 'yes',
    ...(config.shardThreads === 0 ? {} : { threads: config.shardThreads }),
    publish: changes.publish,
    log: (line) => console.error(line),
  });
  if (config.referenceDir !== '') await applyReferenceFiles(engine, config.referenceDir);
  const pool = createParsePool();
  const door = createFeedDoor({ sink: engine, reference: engine.reference, letters: engine, pool });
  const keys = await Keys.open(config.dataDir);
  const adminKey = await ensureAdmin(keys, config.adminKey, Date.now());
  const server = await startServer({ config, engine, changes, door, keys });

  if (adminKey !== undefined) console.log(`admin key, shown this once: ${adminKey}`);
  console.log(`onhand listening on ${server.url}`);
  stopOnSignals(async () => {
    await server.drain();
    await pool.close();
    await engine.close();
  });
}

/** Unchanged rows write no fact, so every start may load the folder. */
async function applyReferenceFiles(engine: Engine, dir: string): Promise<void> {
  const batches = changedBatches(engine.reference, await loadReferenceFiles(dir));
  for (const batch of batches) {
    const outcome = await engine.apply(batch, { by: `file:${batch.of}`, partial: true });
    for (const { row, code } of outcome.status === 'applied' ? outcome.refusedRows : []) {
      console.error(`reference row ${JSON.stringify(row)} is left out: ${code}, ${REFERENCE_REFUSALS[code]}`);
    }
  }
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
