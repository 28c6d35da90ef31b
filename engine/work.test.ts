import { expect, test } from 'vitest';
import { orderId, workOrderId } from './contract/ids.ts';
import { openTestEngine, testFolder } from './shard/test-engine.ts';
import { NODE } from './fulfilment/test-node.ts';

test('[OR8] a node that was never offered work has none, and an empty log from 1 on', async () => {
  const { engine } = await openTestEngine({ dataDir: testFolder() });
  const [node] = engine.reference.nodes.keys();
  const work = workOrderId(orderId(19, 1), 1);
  expect(await engine.work({ node: node!, limit: 5 })).toEqual({ works: [], head: 0 });
  expect(await engine.workOrder(node!, work)).toBeUndefined();
  const log = await engine.workLog({ node: node!, from: 1, limit: 5 });
  expect(log).toEqual({ node, e: engine.epoch, first: 1, head: 0, events: [] });
  for (const at of [node!, NODE.id]) {
    const said = await engine.workAct({ act: 'accept', work, node: at, key: 'k', by: 'ann' });
    expect(said).toMatchObject({ status: 'refused', code: 'unknown-work' });
  }
});
