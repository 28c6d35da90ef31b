import { expect } from 'vitest';
import type { NodeCommand } from '../contract/command.ts';
import { orderId, workOrderId, type NodeId, type Sku, type WorkOrderId } from '../contract/ids.ts';
import type { Decision } from '../contract/machine.ts';
import type { NodeFact } from '../contract/order-fact.ts';
import type { NodeRef } from '../contract/reference.ts';
import type { WorkAct, WorkOrder } from '../contract/work-order.ts';
import { createNodeMachine } from './node-machine.ts';

export const SELF = 20;
export const ORDERS = 17;
/** Tuesday 24 November 2026, 10:00 in New York. */
export const START_MS = 1_795_532_400_000;
export const HOUR_MS = 3_600_000;
export const node = (name: string): NodeId => name as NodeId;
export const workId = (n: number): WorkOrderId => workOrderId(orderId(ORDERS, n), 1);

export const NODE: NodeRef = {
  id: node('N1'),
  kind: 'store',
  name: 'N1',
  lat: 40,
  lon: -74,
  timeZone: 'America/New_York',
  postcode: '10001',
  capabilities: ['ship', 'pickup'],
  hours: [],
  owner: 'wms' as never,
  safety: 0,
  enabled: true,
};

type Machine = ReturnType<typeof createNodeMachine>;

/** Another machine with the state of an image. */
function copyOf(machine: Machine): Machine {
  const image = machine.beginImage();
  const pages = Array.from({ length: image.pageCount }, () => image.next()!);
  expect(image.next()).toBeUndefined();
  const copy = createNodeMachine({ shard: SELF });
  copy.restore(image.header, pages);
  return copy;
}

/** A machine, its journal, and a hand to move it. */
export function nodeHarness() {
  let machine = createNodeMachine({ shard: SELF });
  const facts: NodeFact[] = [];
  function run(command: NodeCommand, at: number): Decision<NodeFact> {
    const before = machine.digest();
    const decision = machine.decide(command, at);
    expect(machine.digest(), 'decide changes nothing').toBe(before);
    for (const fact of decision.facts) {
      // As a journal would hand it back.
      facts.push(JSON.parse(JSON.stringify(fact)) as NodeFact);
      machine.evolve(fact, facts.length);
    }
    return decision;
  }
  return {
    facts,
    run,
    get machine() {
      return machine;
    },
    /** The process is gone: image or journal, and what was never answered is asked again. */
    crash(from: 'image' | 'journal') {
      const digest = machine.digest();
      const again = from === 'image' ? copyOf(machine) : createNodeMachine({ shard: SELF });
      if (from === 'journal') facts.forEach((fact, i) => again.evolve(fact, i + 1));
      expect(again.digest()).toBe(digest);
      expect(again.outstanding()).toEqual(machine.outstanding());
      expect(again.dueAt()).toBe(machine.dueAt());
      machine = again;
    },
    nodes(...rows: readonly Partial<NodeRef>[]) {
      run({ do: 'apply', batch: { of: 'nodes', rows: rows.map((row) => ({ ...NODE, ...row })) } }, START_MS);
    },
    work(id: WorkOrderId): WorkOrder | undefined {
      const said = machine.answer({ ask: 'work-order', work: id }, START_MS);
      return said.answer === 'work-order' ? said.work : undefined;
    },
  };
}

export function offer(n: number, more: object = {}): Extract<NodeCommand, { do: 'offer-work' }> {
  const { acceptMs, collectMs, ...work } = more as { acceptMs?: number; collectMs?: number };
  return {
    do: 'offer-work',
    replyTo: ORDERS,
    ...(acceptMs !== undefined && { acceptMs }),
    ...(collectMs !== undefined && { collectMs }),
    work: {
      id: workId(n),
      order: orderId(ORDERS, n),
      number: `#${n}`,
      node: NODE.id,
      method: 'ship',
      lines: [
        { line: 1, orderLine: '1', sku: 'A' as Sku, units: 2 },
        { line: 2, orderLine: '2', sku: 'B' as Sku, units: 1 },
      ],
      priority: 5,
      ...work,
    },
  };
}

export function act(n: number, what: object, key = JSON.stringify(what)): NodeCommand {
  const whole = { work: workId(n), node: NODE.id, key, by: 'ann', ...what } as WorkAct;
  return { do: 'work-act', act: whole };
}
