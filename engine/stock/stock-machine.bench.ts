// A bench measures time and names the machine; it is no part of the state machine.
/* oxlint-disable no-restricted-globals, no-restricted-imports */
import { cpus } from 'node:os';
import type { StockCommand } from '../contract/command.ts';
import type { NodeId, Sku } from '../contract/ids.ts';
import { createStockMachine } from './stock-machine.ts';
import { retailer, delta } from './test-retailer.ts';

// Rate of decide + evolve + takeChanges for deltas, in one thread: 123 nodes, 3 channels, batches of 128.
// Run: npx node engine/stock/stock-machine.bench.ts [events] [skus]

const EVENTS = Number(process.argv[2] ?? 400_000);
// A sixteenth of 20,000 skus: what one shard of the default sixteen holds of a mid-sized shop.
const SKUS = Number(process.argv[3] ?? 1_250);
const NODES = 123;
const BATCH = 128;
const START_MS = Date.UTC(2026, 0, 5);

const machine = createStockMachine({ shard: 0, intake: 1, holdsPerClientMax: 1_000, unitsPerLineMax: 10_000 });
let lsn = 0;
const run = (command: StockCommand, atMs: number): void => {
  for (const fact of machine.decide(command, atMs).facts) machine.evolve(fact, ++lsn);
};
for (const batch of retailer({ nodes: NODES, skus: SKUS })) run({ do: 'apply', batch }, START_MS);

let random = 12_345;
const next = (below: number): number => {
  random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((random / 2 ** 32) * below);
};
const batchFrom = (first: number): StockCommand[] =>
  Array.from({ length: BATCH }, (_, index) => {
    const i = first + index;
    const place = { sku: `sku-${next(SKUS)}` as Sku, node: `n${next(NODES)}` as NodeId };
    const event = delta({ id: `2026-01-05 T${i % 997} ${i}`, at: START_MS + i, quantity: next(9) - 2, ...place });
    return { do: 'record', event, receivedAt: START_MS + i };
  });

let changes = 0;
let seconds = 0;
let cpuSeconds = 0;
for (let i = 0; i < EVENTS; i += BATCH) {
  const batch = batchFrom(i);
  const began = performance.now();
  // On a machine that others use too, the thread's own time says more than the clock on the wall.
  const cpuBegan = process.threadCpuUsage();
  for (const command of batch) run(command, START_MS + i);
  changes += machine.takeChanges(START_MS + i).length;
  const cpu = process.threadCpuUsage(cpuBegan);
  cpuSeconds += (cpu.user + cpu.system) / 1e6;
  seconds += (performance.now() - began) / 1000;
}
const stats = machine.answer({ ask: 'stats' }, START_MS);
const positions = stats.answer === 'stats' ? stats.stats.positions : 0;
const rate = `${Math.round(EVENTS / seconds)} events/s, ${Math.round(EVENTS / cpuSeconds)} per second of its thread`;
console.log(`${rate}, ${changes} changes, ${positions} positions, ${cpus()[0]?.model ?? 'unknown cpu'}`);
console.log(`rss ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`);
const digestBegan = performance.now();
console.log(`digest ${machine.digest()} in ${Math.round(performance.now() - digestBegan)} ms`);
