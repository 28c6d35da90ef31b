import { actByHand, say } from '../orders/asking.ts';
import { isReserved } from './client-log.ts';
import type { LoadTools } from './load.ts';
import { work } from './node-load.ts';
import type { HandEntry, OrderEntry } from './order-log.ts';
import { planOrder } from './order-messages.ts';
import { ORDERED_SKUS } from './retailer.ts';

// Orders under load: the shop sends and cancels them, doubled and out of order; staff work them at the nodes; the desk acts
// by hand. One lane at a time has a work order or an order in its hands, so that what comes next is known.

/** Orders open at once: each is read after every restart. */
const OPEN_MAX = 60;

export function orderOnce(tools: LoadTools): Promise<boolean> {
  const { chance } = tools;
  const { orders } = tools.log;
  const dice = chance.next();
  if (dice < 0.3 && orders.open.size < OPEN_MAX) return place(tools);
  if (dice < 0.8) return work(tools);
  if (dice < 0.88) return cancel(tools);
  return byHand(tools);
}

async function place(tools: LoadTools): Promise<boolean> {
  const { wire, chance, log, findings } = tools;
  const { orders } = log;
  const cart = chance.chance(0.3) ? aCart(tools) : undefined;
  const planned = planOrder(chance, tools.nextKey(), { nowMs: Date.now(), ...(cart !== undefined && { cart }) });
  const entry = orders.asked(planned);
  // A shop's messages may overtake each other; a hold that nobody takes over would run until its time is over.
  if (cart === undefined && chance.chance(0.06) && !(await tellCancel(tools, entry))) return false;
  entry.placed = 'asked';
  const [first, second] = await Promise.all([
    say(wire, entry.placing),
    chance.chance(0.2) ? say(wire, entry.placing) : undefined,
  ]);
  const said = first ?? second;
  if (said === undefined) return false;
  if (said.is !== 'taken') findings.add('unexpected', `${entry.channelOrderId}: ${strange(said)}`);
  else {
    orders.placedAs(entry, said);
    log.acked += 1;
  }
  if (first?.is === 'taken' && second?.is === 'taken' && (first.id !== second.id || first.known === second.known)) {
    findings.add('doubleEffects', `${entry.channelOrderId}: sent twice at once, both were new or had other ids`);
  }
  return true;
}

const strange = (said: { readonly is: string; readonly says?: string }): string => said.says ?? said.is;

/** A hold of ordered skus only, that nobody has given back. */
function aCart({ log, chance }: LoadTools) {
  const carts = log
    .heldAt(Date.now() + CART_MS_MIN)
    .filter((one) => one.release === 'no' && one.lines.every(({ sku }) => ORDERED_SKUS.includes(sku)));
  const cart = carts.length === 0 ? undefined : chance.pick(carts);
  return cart !== undefined && isReserved(cart) ? cart : undefined;
}

/** Still to run for longer than any restart takes, in ms. */
const CART_MS_MIN = 600_000;

async function cancel(tools: LoadTools): Promise<boolean> {
  const { log, chance } = tools;
  const open = [...log.orders.open].filter(({ placed, cancelled }) => placed === 'done' && cancelled === 'no');
  if (open.length === 0) return true;
  return tellCancel(tools, chance.pick(open));
}

async function tellCancel({ wire, log, findings }: LoadTools, entry: OrderEntry): Promise<boolean> {
  const wasPlaced = entry.placed === 'done';
  entry.cancelled = 'asked';
  const said = await say(wire, entry.cancelling);
  if (said === undefined) return false;
  if (said.is !== (wasPlaced ? 'taken' : 'kept')) {
    findings.add('unexpected', `cancelling ${entry.channelOrderId}: ${strange(said)}`);
  }
  entry.cancelled = 'done';
  log.acked += 1;
  return true;
}

async function byHand(tools: LoadTools): Promise<boolean> {
  const { wire, chance, busy } = tools;
  const { orders } = tools.log;
  const open = [...orders.open].filter((entry) => isPlaced(entry) && !busy.has(entry.id));
  if (open.length === 0) return true;
  const entry = chance.pick(open) as HandEntry['entry'];
  busy.add(entry.id);
  try {
    const act = handAct(entry, chance.next());
    const hand: HandEntry = {
      entry,
      key: tools.nextKey(),
      act: act.act,
      body: JSON.stringify({ ...act, reason: 'crash run' }),
    };
    orders.hands.push(hand);
    const code = await actByHand(wire, entry.id, hand);
    if (code === undefined) return false;
    takeHandAnswer(tools, hand, code);
    return true;
  } finally {
    busy.delete(entry.id);
  }
}

const isPlaced = (entry: OrderEntry): entry is OrderEntry & { readonly id: string } => entry.placed === 'done';

function handAct({ held }: OrderEntry, dice: number): { readonly act: string } {
  if (dice < 0.3) return { act: held ? 'unhold' : 'hold', kind: 'manual' } as { readonly act: string };
  if (dice < 0.6) return { act: 're-source' };
  if (dice < 0.8) return { act: 'note', text: 'seen' } as { readonly act: string };
  return { act: 'cancel' };
}

/** Noes that depend on how far the order has come meanwhile. */
const TOO_LATE = ['already-ended', 'already-packed', 'nothing-to-do', 'under-way', 'not-held', 'already-held'];

export function takeHandAnswer(
  { log, findings }: Pick<LoadTools, 'log' | 'findings'>,
  hand: HandEntry,
  code: string,
): void {
  hand.answer = code;
  log.acked += 1;
  if (code !== 'done' && !TOO_LATE.includes(code))
    findings.add('unexpected', `${hand.act} by hand was answered ${code}`);
  if (code !== 'done') return;
  log.orders.acts += 1;
  if (hand.act === 'hold' || hand.act === 'unhold') hand.entry.held = hand.act === 'hold';
}
