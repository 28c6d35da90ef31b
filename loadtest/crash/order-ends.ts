import { setTimeout as wait } from 'node:timers/promises';
import { nextAct } from '../../ingest/samples/staff.ts';
import { actAtNode, collectCode, say, worksOf } from '../orders/asking.ts';
import { answered, POLL_MS } from './asking.ts';
import type { LoadTools } from './load.ts';
import { takeStaffAnswer } from './node-load.ts';
import { readOrders } from './order-sums.ts';
import { NODES } from './retailer.ts';

/** Every order has come to its end within this, in ms. */
const END_MS_MAX = 20_000;
const WILLING = { rejects: 0, shorts: 0 };

/** Cancels what can be, lets the staff send off the rest, and says which orders did not end. */
export async function endOrders(tools: LoadTools): Promise<void> {
  const { wire, log, findings } = tools;
  for (const entry of log.orders.open) {
    if (entry.cancelled !== 'no') continue;
    const said = await answered(() => say(wire, entry.cancelling));
    if (said.is !== 'taken') findings.add('unexpected', `cancelling ${entry.channelOrderId} at the end: ${said.is}`);
    entry.cancelled = 'done';
  }
  const until = performance.now() + END_MS_MAX;
  while (log.orders.open.size > 0 && performance.now() < until) {
    for (const node of NODES) await workAll(tools, node);
    const { over } = await readOrders(wire, log.orders);
    for (const entry of over) log.orders.over(entry);
    await wait(POLL_MS);
  }
  for (const { channelOrderId, id } of log.orders.open)
    findings.add('leftHeld', `${channelOrderId} (${id}) did not end`);
}

async function workAll(tools: LoadTools, node: string): Promise<void> {
  const { wire, log } = tools;
  for (const one of await answered(() => worksOf(wire, node))) {
    const order = [...log.orders.open].find(({ id }) => id === one.order);
    const code = order === undefined ? undefined : await collectCode(wire, order);
    const act = nextAct(one, { temper: WILLING, draw: () => 0.5, ...(code !== undefined && { code }) });
    if (act === undefined) continue;
    const { id: work, order: orderId } = one;
    const entry = { work, node, order: orderId, key: tools.nextKey(), body: JSON.stringify(act) };
    takeStaffAnswer(tools, entry, await answered(() => actAtNode(wire, entry)));
  }
}
