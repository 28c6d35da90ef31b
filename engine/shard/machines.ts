import { createNodeMachine } from '../fulfilment/node-machine.ts';
import { source } from '../fulfilment/sourcing/source.ts';
import { createIntakeMachine } from '../intake/intake-machine.ts';
import { createOrderMachine } from '../orders/order-machine.ts';
import { createPromiseMachine } from '../promise/promise-machine.ts';
import { createStockMachine } from '../stock/stock-machine.ts';
import { type AnyMachine, HostedShard } from './hosted-shard.ts';
import { kindOf, type Partition, splitReference } from './partition.ts';

/** Bounds that the machines enforce (rule RS6). */
export interface MachineLimits {
  readonly holdsPerClientMax: number;
  readonly unitsPerLineMax: number;
  /** Deltas a position remembers one by one (rule FD4); absent: 512. */
  readonly rememberedMax?: number;
}

/** A shard with an empty machine of its kind. */
export function createShard(partition: Partition, shard: number, limits: MachineLimits): HostedShard {
  return new HostedShard(shard, createMachine(partition, shard, limits));
}

function createMachine(partition: Partition, shard: number, limits: MachineLimits): AnyMachine {
  switch (kindOf(partition, shard)) {
    case 'stock':
      return createStockMachine({ shard, intake: partition.intake, ...limits });
    case 'promise':
      return createPromiseMachine({ shard, ...limits });
    case 'order':
      return createOrderMachine({ shard, ...partition, source });
    case 'node':
      return createNodeMachine({ shard });
    case 'intake':
      return createIntakeMachine({
        shard,
        stockShards: partition.stockShards,
        split: (changed) => splitReference(partition, changed),
      });
  }
}
