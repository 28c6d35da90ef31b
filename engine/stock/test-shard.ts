import { expect } from 'vitest';
import type { SkuStock, StockChange } from '../contract/change.ts';
import type { Outcome, StockCommand } from '../contract/command.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import type { Sku } from '../contract/ids.ts';
import type { Decision } from '../contract/machine.ts';
import type { ReferenceBatch } from '../contract/reference.ts';
import type { RecordedEvent } from './event-identity.ts';
import { createStockMachine, type StockSettings } from './stock-machine.ts';

/** A stock machine with its host in miniature: facts are applied as they are decided and kept for replays. */
export class TestShard {
  readonly machine: ReturnType<typeof createStockMachine>;
  readonly facts: StockFact[] = [];
  nowMs: number;
  private readonly settings: StockSettings;

  constructor(nowMs: number, settings?: Partial<StockSettings>) {
    this.nowMs = nowMs;
    this.settings = { shard: 7, intake: 20, holdsPerClientMax: 10, unitsPerLineMax: 100, ...settings };
    this.machine = createStockMachine(this.settings);
  }

  decide(command: StockCommand): Decision<StockFact> {
    const decision = this.machine.decide(command, this.nowMs);
    for (const fact of decision.facts) {
      this.facts.push(fact);
      this.machine.evolve(fact, this.facts.length);
    }
    return decision;
  }

  run(command: StockCommand): Outcome {
    return this.decide(command).outcome;
  }

  apply(...batches: readonly ReferenceBatch[]): this {
    for (const batch of batches) this.run({ do: 'apply', batch });
    return this;
  }

  record(event: RecordedEvent, receivedAt = this.nowMs): Outcome {
    return this.run({ do: 'record', event, receivedAt });
  }

  stock(sku: Sku): SkuStock | undefined {
    const answer = this.machine.answer({ ask: 'stock', skus: [sku] }, this.nowMs);
    return answer.answer === 'stock' ? answer.stock[0] : undefined;
  }

  changes(): StockChange[] {
    return this.machine.takeChanges(this.nowMs);
  }

  digest(): string {
    return this.machine.digest();
  }

  /** A new machine that saw the same facts, from the beginning. */
  replayed(facts: readonly StockFact[] = this.facts): ReturnType<typeof createStockMachine> {
    const machine = createStockMachine(this.settings);
    for (const [index, fact] of facts.entries())
      machine.evolve(JSON.parse(JSON.stringify(fact)) as StockFact, index + 1);
    return machine;
  }

  newMachine(): ReturnType<typeof createStockMachine> {
    return createStockMachine(this.settings);
  }
}

/** The command is refused with the code and changes nothing. */
export function expectRefused(shard: TestShard, command: StockCommand, code: string): void {
  const before = shard.digest();
  expect(shard.run(command)).toMatchObject({ status: 'refused', code });
  expect(shard.digest()).toBe(before);
}
