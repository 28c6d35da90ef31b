import type { AllocationOutcome } from '../contract/allocation.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import type { Audit } from './audit.ts';
import { PromiseModel } from './promise-model.ts';
import { StockModel } from './stock-model.ts';
import { require, requireSame } from './violation.ts';

/** What orders were told of their steps: nothing that is not durable, and never two answers to one step (rule RS3). */
export class ToldOrders {
  readonly #audit: Audit;
  readonly #first = new Map<string, string>();

  constructor(audit: Audit) {
    this.#audit = audit;
  }

  answer(shard: number, command: AllocationStep, outcome: AllocationOutcome): void {
    const { allocation, step } = command;
    const durable = this.#audit.durable(shard);
    const isPassed = outcome.status === 'refused' && outcome.code === 'step-passed';
    if (this.#audit.time.isLong || isPassed) return;
    if (durable instanceof StockModel) {
      const last = durable.orders.steps.get(allocation)?.step ?? -1;
      require(last >= step, () => `step ${step} of ${allocation} is answered, durable is step ${last}`);
    } else if (durable instanceof PromiseModel && outcome.status === 'allocated' && command.do === 'allocate-held') {
      const { allocated, closed } = durable.sagas.get(command.id) ?? {};
      require(allocated?.allocation === allocation, () => `${command.id} is told allocated, that is not durable`);
      require(allocated.takes.every((take) => closed?.has(take.shard)), () =>
        `${command.id} is told before all parts are`);
    }
    const [asked, answer] = [`${shard} ${JSON.stringify(command)}`, JSON.stringify(outcome)];
    const first = this.#first.get(asked);
    if (first === undefined) this.#first.set(asked, answer);
    else if (durable instanceof StockModel)
      requireSame(outcome, JSON.parse(first) as object, () => `step ${step} of ${allocation}`);
  }
}
