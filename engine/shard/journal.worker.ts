import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert, unreachable } from '../contract/assert.ts';
import { HeadTeller } from '../views/head-teller.ts';
import type { AfterMessage, HeadMessage } from '../views/messages.ts';
import { meterJournal } from '../journal/journal-meter.ts';
import { keepArchive } from './archive-keeper.ts';
import { createClock } from './clock.ts';
import { JournalHost, SNAPSHOT_EVERY_BYTES } from './journal-host.ts';
import { openJournal } from './journal-kinds.ts';
import type { ControlJournal, FromJournal, ToJournal } from './messages.ts';
import type { JournalThreadData } from './threads.ts';

// Wiring only: ports to JournalHost. Whatever throws here ends the thread, and with it the process.

/** Silence after which the newest commit is sealed, in ms (see Journal.seal). */
const SEAL_AFTER_MS = 1_000;
/** How often the archive is looked at, in ms, however little the journal releases: what is too old goes within an hour. */
const TIDY_EVERY_MS = 3_600_000;

const { ports, followPort, partition, historyDays, ...folder } = workerData as JournalThreadData;
assert(parentPort !== null, () => 'the journal worker runs in a thread');
const main = parentPort;
const say = (message: FromJournal): void => main.postMessage(message);
const log = (line: string): void => say({ type: 'log', line });

const clock = createClock({ wallMs: Date.now, monotonicMs: () => performance.now(), log });
const journal = meterJournal(openJournal({ ...folder, shards: partition.shards, log }));
// SQLite deletes what it releases; only segments have an archive.
const archive =
  folder.journal === 'segments'
    ? keepArchive({ dir: folder.journalDir, historyDays, nowMs: () => clock.now(), log })
    : undefined;
const host = new JournalHost({
  journal,
  shards: partition.shards,
  threads: ports.length,
  snapshotEveryBytes: SNAPSHOT_EVERY_BYTES,
  nowMs: () => clock.now(),
  durable: (thread, message) => ports[thread]!.postMessage(message),
  released: () => void archive?.tidy(),
});
const teller = new HeadTeller((head) => followPort.postMessage({ head } satisfies HeadMessage));
followPort.on('message', ({ after }: AfterMessage) => teller.ask(after, journal.head));
const idle = setTimeout(() => journal.seal(), SEAL_AFTER_MS);

ports.forEach((port, thread) => {
  port.on('message', (message: ToJournal) => {
    host.receive(thread, message);
    receiveAll();
    host.commit();
    teller.committed(journal.head);
    idle.refresh();
  });
});

/** Everything that has arrived by now, on any port, shares the commit. */
function receiveAll(): void {
  ports.forEach((port, thread) => {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      host.receive(thread, next.message as ToJournal);
    }
  });
}

main.on('message', (message: ControlJournal) => {
  switch (message.type) {
    case 'stats':
      return say({ type: 'stats', ask: message.ask, stats: journal.stats() });
    case 'close':
      return void close();
    default:
      return unreachable(message);
  }
});

async function close(): Promise<void> {
  clearTimeout(idle);
  clearInterval(tidying);
  // The shard threads have drained: all that can still come is word of their last snapshots.
  receiveAll();
  for (const port of [...ports, followPort]) port.close();
  journal.close();
  await archive?.close();
  say({ type: 'closed' });
}

say({ type: 'opened', head: journal.head, first: journal.first });
// What a process that died left unfinished.
void archive?.tidy();
const tidying = setInterval(() => void archive?.tidy(), TIDY_EVERY_MS);
