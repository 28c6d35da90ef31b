import { digestHex } from '../../contract/digest.ts';
import type { OrderId } from '../../contract/ids.ts';
import type { Order } from '../../contract/order.ts';
import type { OrderFact } from '../../contract/order-fact.ts';
import type { ShardRequest } from '../../contract/machine.ts';
import type { Fact } from '../../contract/fact.ts';
import type { AnyMachine } from '../../shard/hosted-shard.ts';
import type { Planted } from './planted.ts';
import { inMachines } from './with-machine.ts';

/** Bugs in orders and in nodes' work (rules OR1 to OR11). */
export const HUB_BUGS: readonly Planted[] = [
  {
    name: 'a cart’s hold is freed before its order has the units',
    ...inMachines('order', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        return { ...decision, requests: decision.requests.flatMap(freedFirst) };
      },
    })),
  },
  {
    name: 'a node that could not pick it may have it again',
    ...writingInstead((fact) => {
      if (fact.fact !== 'WorkHeard') return fact;
      const pieces = fact.pieces.map(({ to: { failed: _failed, ...to }, ...change }) => ({ ...change, to }));
      return { ...fact, pieces };
    }),
  },
  { name: 'a message that comes twice counts twice', ...countingTwice() },
  { name: 'work reaches a node before its order is durable', earlyRequestsOf: 'order' },
  { name: 'an order that waits for its payment is released', ...inMachines('order', blindToHolds) },
  {
    name: 'a refund cancels twice',
    ...inMachines('order', (inner) => ({ evolve: (fact, lsn) => inner.evolve(cancelsTwice(fact), lsn) })),
  },
  {
    name: 'what is no longer wanted stays allocated',
    ...inMachines('order', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        const facts = decision.facts.filter((fact) => fact.fact !== 'StepAsked' || fact.what.do !== 'reduce-allocated');
        const requests = decision.requests.filter((request) => request.command.do !== 'reduce-allocated');
        return { ...decision, facts, requests };
      },
    })),
  },
  {
    name: 'units that came are thanked for and not written down',
    ...inMachines('order', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        if (command.do !== 'units-came') return decision;
        return { ...decision, facts: [], orders: [], requests: decision.requests.slice(0, 1) };
      },
    })),
  },
  {
    name: 'a short pick is booked as a whole one',
    ...inMachines('node', (inner) => ({
      decide(command, atMs) {
        if (command.do !== 'work-act' || command.act.act !== 'pick') return inner.decide(command, atMs);
        return inner.decide({ ...command, act: { ...command.act, lines: [] } }, atMs);
      },
    })),
  },
  {
    name: 'work that nobody accepts in time stays where it is',
    ...inMachines('node', (inner) => ({
      decide(command, atMs) {
        const decision = inner.decide(command, atMs);
        return command.do === 'tick' ? { ...decision, facts: [], requests: [] } : decision;
      },
      dueAt: () => Infinity,
    })),
  },
  {
    name: 'what changes at a node is told once, heard or not',
    ...inMachines('node', () => ({ outstanding: () => [] })),
  },
];

function writingInstead(rewrite: (fact: OrderFact) => OrderFact): Pick<Planted, 'shard'> {
  return inMachines('order', (inner) => ({
    decide(command, atMs) {
      const decision = inner.decide(command, atMs);
      return { ...decision, facts: decision.facts.map((fact) => rewrite(fact as OrderFact)) };
    },
  }));
}

function freedFirst(request: ShardRequest): ShardRequest[] {
  const { command, shard } = request;
  if (command.do !== 'allocate-held') return [request];
  return [{ shard, command: { do: 'release', id: command.id, client: command.client } }, request];
}

/** Under another name it is news; what is written down has its own. */
function countingTwice(): Pick<Planted, 'shard'> {
  return inMachines('order', (inner) => ({
    decide(command, atMs) {
      const decision = inner.decide(command, atMs);
      const isAgain = decision.outcome.status === 'taken' && 'duplicate' in decision.outcome;
      if (command.do !== 'shop-message' || !isAgain) return decision;
      const { message } = command;
      const again = inner.decide({ ...command, message: { ...message, message: `${message.message} again` } }, atMs);
      const own = { message: message.message, digest: digestHex(JSON.stringify(message)) };
      const facts = again.facts.map((fact) => (fact.fact === 'MessageTaken' ? { ...fact, ...own } : fact));
      return { ...again, facts };
    },
  }));
}

function cancelsTwice(fact: Fact): Fact {
  if (fact.fact !== 'MessageTaken' || fact.says.as !== 'fewer') return fact;
  const lines = fact.says.lines.map(({ line, units }) => ({ line, units: 2 * units }));
  return { ...fact, says: { as: 'fewer', lines } };
}

/** Decides as if no order waited for its payment from its beginning, and shows that it does: there holds are the other way round. */
function blindToHolds(inner: AnyMachine): Partial<AnyMachine> {
  return {
    evolve(fact, lsn) {
      if (fact.fact === 'OrderPlaced' && fact.begins.holds.length > 0)
        return inner.evolve({ ...fact, begins: { ...fact.begins, holds: [], number: HELD } }, lsn);
      const isLifted = fact.fact === 'HoldLifted' && fact.kind === 'payment' && isTurned(inner, fact.order);
      inner.evolve(isLifted ? { ...fact, fact: 'HoldPut' } : fact, lsn);
    },
    answer(query, atMs) {
      const answer = inner.answer(query, atMs);
      if (answer.answer !== 'orders') return answer;
      return { ...answer, orders: answer.orders.map((order) => (order.number === HELD ? turned(order) : order)) };
    },
  };
}

const HELD = 'held';

function isTurned(inner: AnyMachine, id: OrderId): boolean {
  const answer = inner.answer({ ask: 'orders', ids: [id] }, 0);
  return answer.answer === 'orders' && answer.orders[0]?.number === HELD;
}

function turned(order: Order): Order {
  const others = order.holds.filter(({ kind }) => kind !== 'payment');
  const isShown = others.length === order.holds.length;
  return { ...order, holds: isShown ? [{ kind: 'payment', by: 'channel', at: 0 }, ...others] : others };
}
