import { EngineBusyError } from '../api.ts';
import { assert } from '../contract/assert.ts';
import type { Command, Outcome } from '../contract/command.ts';
import type { ClientId } from '../contract/ids.ts';
import type { EventOutcome } from '../contract/outcome.ts';
import type { Query, Answer } from '../contract/query.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import type { Said, Work } from './messages.ts';
import { type Partition, splitEvents } from './partition.ts';
import type { Router } from './router.ts';

/** Typed questions to shards, one function per shape of answer. */
export class ShardCalls {
  #router: Router;
  #partition: Partition;
  #draining = false;

  constructor(router: Router, partition: Partition) {
    this.#router = router;
    this.#partition = partition;
  }

  /** From now on every call is refused as `draining`. */
  refuseNew(): void {
    this.#draining = true;
  }

  async record(events: readonly StockEvent[], receivedAt: number, approvedBy?: ClientId): Promise<EventOutcome[]> {
    const parts = splitEvents(this.#partition, events);
    const about = { receivedAt, ...(approvedBy !== undefined && { approvedBy }) };
    const said = await this.#ask(parts.map(({ shard, events: part }) => ({ shard, events: part, ...about })));
    const outcomes = Array.from<EventOutcome | undefined>({ length: events.length });
    said.forEach((each, part) => {
      assert(Array.isArray(each), () => 'events are answered by a list of outcomes');
      const indexes = parts[part]!.indexes;
      (each as EventOutcome[]).forEach((outcome, i) => {
        const index = indexes[i]!;
        outcomes[index] = worse(outcomes[index], outcome);
      });
    });
    return outcomes.map((outcome, i) => {
      assert(outcome !== undefined, () => `event ${i} has no outcome`);
      return outcome;
    });
  }

  /** Not async itself: this is asked for every reservation, and each promise in between costs. */
  command<O extends Outcome>(shard: number, command: Command): Promise<O> {
    this.#requireOpen();
    return this.#router.askOne({ shard, command }) as Promise<O>;
  }

  async commands(commands: readonly { readonly shard: number; readonly command: Command }[]): Promise<Outcome[]> {
    return (await this.#ask(commands)) as Outcome[];
  }

  async query<K extends Answer['answer']>(
    shard: number,
    query: Query,
    kind: K,
  ): Promise<Extract<Answer, { answer: K }>> {
    const [answer] = await this.queries([{ shard, query }], kind);
    assert(answer !== undefined, () => 'one question, one answer');
    return answer;
  }

  async queries<K extends Answer['answer']>(
    queries: readonly { readonly shard: number; readonly query: Query }[],
    kind: K,
  ): Promise<Extract<Answer, { answer: K }>[]> {
    const said = await this.#ask(queries);
    return said.map((each) => {
      assert('answer' in each && each.answer === kind, () => `asked for ${kind}, got ${JSON.stringify(each)}`);
      return each as Extract<Answer, { answer: K }>;
    });
  }

  async #ask(works: readonly Work[]): Promise<Said[]> {
    this.#requireOpen();
    return this.#router.ask(works);
  }

  #requireOpen(): void {
    if (this.#draining) throw new EngineBusyError('draining', 1_000);
  }
}

/** A `complete` has one outcome per stock shard: refused if any refused, else recorded if any recorded. */
function worse(known: EventOutcome | undefined, other: EventOutcome): EventOutcome {
  if (known === undefined || other.status === 'refused') return other;
  return known.status === 'duplicate' ? other : known;
}
