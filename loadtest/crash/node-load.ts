import { nextAct } from '../../ingest/samples/staff.ts';
import { actAtNode, collectCode, leftOf, readWork, type StaffSaid, type WorkInfo, worksOf } from '../orders/asking.ts';
import { send } from './asking.ts';
import type { LoadTools } from './load.ts';
import type { StaffEntry } from './order-log.ts';
import { NODES } from './retailer.ts';

// Staff under load: one act at a time about a work order that no other lane has in its hands, now and then said twice; and the
// warehouse, which books what left, before or after they say so.

const TEMPER = { rejects: 0.12, shorts: 0.15 };

export async function work(tools: LoadTools): Promise<boolean> {
  const { wire, chance, busy } = tools;
  const node = chance.pick(NODES);
  const works = await worksOf(wire, node);
  if (works === undefined) return false;
  const free = works.filter(({ id }) => !busy.has(id));
  if (free.length === 0) return true;
  const { id } = chance.pick(free);
  busy.add(id);
  try {
    // As it is now that it is in these hands: what has been done already would be done under any key and not remember this one.
    const one = await readWork(wire, { node, id });
    return one !== undefined && (await workOn(tools, one));
  } finally {
    busy.delete(id);
  }
}

async function workOn(tools: LoadTools, one: WorkInfo): Promise<boolean> {
  const { wire, chance } = tools;
  const { orders } = tools.log;
  const order = [...orders.open].find(({ id }) => id === one.order);
  const code = one.state === 'ready-for-pickup' && order !== undefined ? await collectCode(wire, order) : undefined;
  const act = nextAct(one, { temper: TEMPER, draw: () => chance.next(), ...(code !== undefined && { code }) });
  if (act === undefined) return true;
  const booksFirst = one.state === 'packed' && one.method !== 'pickup' && chance.chance(0.2) && !isAhead(tools, one);
  if (booksFirst && !(await book(tools, one))) return false;
  const entry: StaffEntry = { ...idsOf(one), key: tools.nextKey(), body: JSON.stringify(act) };
  orders.staff.push(entry);
  const said = await actAtNode(wire, entry);
  const again = chance.chance(0.2) ? await actAtNode(wire, entry) : said;
  const answer = said ?? again;
  if (answer === undefined) return false;
  takeStaffAnswer(tools, entry, answer);
  if (again?.code === 'done' && said !== undefined && said.code !== 'done') {
    tools.findings.add('doubleEffects', `${entry.key}: said again, done after ${said.code}`);
  }
  if (answer.code !== 'done' || !['ship', 'collect'].includes(act.act)) return true;
  if (booksFirst || isBooked(tools, one)) return true;
  return chance.chance(0.4) ? book(tools, answer.work ?? one) : true;
}

/** Whether the warehouse has booked more of the order than left: what it said before, and the act got lost. */
function isAhead({ log }: LoadTools, { order, node }: WorkInfo): boolean {
  return log.orders.leavings(order).some((one) => one.node === node && one.booked > one.shipped);
}

const idsOf = ({ id, node, order }: WorkInfo) => ({ work: id, node, order });

/** Answers that a node's staff may get when an order is cancelled or pulled back under their hands. */
const OVERTAKEN = ['already-ended', 'not-in-this-state'];

/** Writes down how an act was answered; what left counts once. */
export function takeStaffAnswer(
  { log, findings }: Pick<LoadTools, 'log' | 'findings'>,
  entry: StaffEntry,
  { code, work }: StaffSaid,
): void {
  entry.answer = code;
  log.acked += 1;
  if (code !== 'done' && !OVERTAKEN.includes(code)) findings.add('unexpected', `${entry.body} was answered ${code}`);
  if (code !== 'done' || work === undefined) return;
  log.orders.acts += 1;
  if (/^\{"act":"(ship|collect)"/.test(entry.body)) log.orders.left(entry.order, leftOf(work));
}

const isBooked = ({ log }: LoadTools, { order, node }: WorkInfo): boolean =>
  log.orders.leavings(order).some((one) => one.node === node && one.booked > 0);

/** The warehouse's own message about what left, by the order's id (rule FD8). */
async function book({ wire, log, writer, findings }: LoadTools, one: WorkInfo): Promise<boolean> {
  const lines = leftOf(one);
  const movements = lines.map(({ sku, node, units }) => ({ sku, node, units: -units }));
  const entry = log.sent(writer.booked(one.order, movements, Date.now()));
  log.orders.bookedAs(one.order, lines);
  const sent = await send(wire, entry.message);
  if (sent?.is === 'taken') log.ackedFeed(entry);
  if (sent?.is === 'strange') findings.add('unexpected', sent.says);
  return sent !== undefined;
}
