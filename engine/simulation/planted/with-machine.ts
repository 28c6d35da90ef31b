import type { Fact } from '../../contract/fact.ts';
import { type AnyMachine, HostedShard } from '../../shard/hosted-shard.ts';
import { kindOf, type Partition, type ShardKind } from '../../shard/partition.ts';
import type { Planted } from './planted.ts';

/** A shard whose machine does some things otherwise. */
export function withMachine(hosted: HostedShard, changes: (inner: AnyMachine) => Partial<AnyMachine>): HostedShard {
  const inner = hosted.machine;
  return new HostedShard(hosted.number, {
    decide: (command, atMs) => inner.decide(command, atMs),
    evolve: (fact, lsn) => inner.evolve(fact, lsn),
    dueAt: () => inner.dueAt(),
    takeChanges: (atMs) => inner.takeChanges(atMs),
    takeOpen: () => inner.takeOpen(),
    answer: (query, atMs) => inner.answer(query, atMs),
    outstanding: () => inner.outstanding(),
    beginImage: () => inner.beginImage(),
    restore: (header, pages) => inner.restore(header, pages),
    digest: () => inner.digest(),
    ...changes(inner),
  });
}

/** A bug in the machines of one kind. */
export function inMachines(
  kind: ShardKind,
  changes: (inner: AnyMachine) => Partial<AnyMachine>,
): Pick<Planted, 'shard'> {
  const shard = (hosted: HostedShard, partition: Partition): HostedShard =>
    kindOf(partition, hosted.number) === kind ? withMachine(hosted, changes) : hosted;
  return { shard };
}

/** A bug in how stock shards take a fact: they take another one. */
export function takingInstead(rewrite: (fact: Fact) => Fact): Pick<Planted, 'shard'> {
  return inMachines('stock', (inner) => ({ evolve: (fact, lsn) => inner.evolve(rewrite(fact), lsn) }));
}
