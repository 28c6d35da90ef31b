import { describe, expect, test } from 'vitest';
import type { StockCommand } from '../contract/command.ts';
import { createStockMachine } from './stock-machine.ts';
import { delta, retailer } from './test-retailer.ts';

const START_MS = 1_767_600_000_000;

describe('stock machine', () => {
  test('[FD1] a line counts once by its id', () => {
    const machine = createStockMachine({ shard: 3, intake: 20, holdsPerClientMax: 10, unitsPerLineMax: 100 });
    let lsn = 0;
    const run = (command: StockCommand) => {
      const decision = machine.decide(command, START_MS);
      for (const fact of decision.facts) machine.evolve(fact, ++lsn);
      return decision.outcome;
    };
    for (const batch of retailer({ nodes: 2, skus: 2 })) run({ do: 'apply', batch });
    const command: StockCommand = {
      do: 'record',
      event: delta({ id: 'a', at: START_MS, quantity: 7 }),
      receivedAt: START_MS,
    };
    expect(run(command)).toEqual({ status: 'recorded', position: '3.6' });
    const before = machine.digest();
    expect(run(command)).toEqual({ status: 'duplicate', position: '3.6' });
    expect(machine.digest()).toBe(before);
  });
});
