import { actAtNode, actByHand, say } from '../orders/asking.ts';
import { inLanes } from '../verify/lanes.ts';
import { answered } from './asking.ts';
import type { ClientLog } from './client-log.ts';
import type { Findings } from './findings.ts';
import { takeStaffAnswer } from './node-load.ts';
import { takeHandAnswer } from './order-load.ts';
import type { HandEntry, OrderEntry, StaffEntry } from './order-log.ts';
import type { Wire } from './wire.ts';

// After a restart everything that was said about orders is said again: what was never answered is now, and what was
// acknowledged must be known. What it all comes to is for the sums to say.

interface Tools {
  readonly wire: Wire;
  readonly log: ClientLog;
  readonly findings: Findings;
}

type Scope = <T>(from: 'ordersFrom' | 'handsFrom' | 'staffFrom', list: readonly T[]) => readonly T[];

const LANES = 8;

/** `inScope`: which entries of a list are looked at. */
export async function auditOrders(tools: Tools, inScope: Scope): Promise<void> {
  const { orders, hands, staff } = tools.log.orders;
  await inLanes(inScope('ordersFrom', orders), LANES, (entry) => checkOrder(tools, entry));
  await inLanes(inScope('handsFrom', hands), LANES, (entry) => checkHand(tools, entry));
  await inLanes(inScope('staffFrom', staff), LANES, (entry) => checkStaff(tools, entry));
}

async function checkOrder({ wire, log, findings }: Tools, entry: OrderEntry): Promise<void> {
  if (entry.cancelled !== 'no') {
    const again = await answered(() => say(wire, entry.cancelling));
    if (again.is === 'strange') findings.add('ackedLost', again.says);
    if (entry.cancelled === 'asked') log.acked += 1;
    entry.cancelled = 'done';
  }
  const again = await answered(() => say(wire, entry.placing));
  if (again.is !== 'taken') {
    findings.add(entry.placed === 'done' ? 'ackedLost' : 'unexpected', `${entry.channelOrderId} is ${again.is}`);
    return;
  }
  if (entry.placed === 'done' && (!again.known || again.id !== entry.id)) {
    findings.add('ackedLost', `${entry.channelOrderId}: was ${entry.id}, said again it is ${again.id}`);
  }
  if (entry.placed !== 'done') log.acked += 1;
  log.orders.placedAs(entry, again);
}

async function checkHand(tools: Tools, hand: HandEntry): Promise<void> {
  if (hand.answer !== undefined && hand.answer !== 'done') return;
  const code = await answered(() => actByHand(tools.wire, hand.entry.id, hand));
  if (hand.answer === undefined) takeHandAnswer(tools, hand, code);
  else if (code !== 'done') tools.findings.add('ackedLost', `${hand.key}: ${hand.act} was done, now it is ${code}`);
}

async function checkStaff(tools: Tools, entry: StaffEntry): Promise<void> {
  if (entry.answer !== undefined && entry.answer !== 'done') return;
  const said = await answered(() => actAtNode(tools.wire, entry));
  if (entry.answer === undefined) takeStaffAnswer(tools, entry, said);
  else if (said.code !== 'done')
    tools.findings.add('ackedLost', `${entry.key}: ${entry.body} was done, now ${said.code}`);
}
