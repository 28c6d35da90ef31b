import { openEngine } from '../engine.ts';
import { CLIENT, counted, HOLD_MS, REFERENCE, reserving } from './test-fixture.ts';

// A process that tests kill: records and reserves for ever, and writes a line per acknowledgement.
//   node crash-child.ts <folder> <segments|sqlite> <threads> <facts between snapshots>

const [dataDir = '', journal = 'segments', threads = '1', snapshotEveryFacts = '100'] = process.argv.slice(2);
const acknowledge = (line: string): boolean => process.stdout.write(`${line}\n`);

const engine = await openEngine({
  dataDir,
  journal: journal as 'segments' | 'sqlite',
  stockShards: 4,
  threads: Number(threads),
  snapshotEveryFacts: Number(snapshotEveryFacts),
  publish() {},
});
for (const batch of REFERENCE) await engine.apply(batch);
acknowledge('ready');

for (let round = 0; ; round++) {
  const names = Array.from({ length: 20 }, (_, i) => `${round}-${i}`);
  const outcomes = await engine.record(
    names.map((name) => counted(name, 5, `e${name}`)),
    Date.now(),
  );
  names.forEach((name, i) => acknowledge(`${outcomes[i]!.status} ${name}`));
  const outcome = await engine.reserve(reserving(`k${round}`, names.slice(0, 3), HOLD_MS));
  if (outcome.status === 'reserved') acknowledge(`reserved ${outcome.reservation.id}`);
  if (round % 3 === 0 && outcome.status === 'reserved') {
    const released = await engine.release(outcome.reservation.id, CLIENT);
    acknowledge(`${released.status} ${outcome.reservation.id}`);
  }
}
