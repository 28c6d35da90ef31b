import { requestBytes } from '../../shard/codec/item-bytes.ts';
import type { HostedShard } from '../../shard/hosted-shard.ts';
import type { MainMessage } from '../shard-thread.ts';
import { withMachine } from './with-machine.ts';

/** Planted: requests to other shards leave as they are decided, whether or not what they rest on is durable. */
export function withEarlyRequests(hosted: HostedShard, toMain: (message: MainMessage) => void): HostedShard {
  return withMachine(hosted, (inner) => ({
    decide(command, atMs) {
      const decision = inner.decide(command, atMs);
      const requests = decision.requests.map((request) => ({ shard: request.shard, item: requestBytes(request) }));
      if (requests.length > 0) toMain({ batches: 0, outputs: [], requests });
      return { ...decision, requests: [] };
    },
  }));
}
