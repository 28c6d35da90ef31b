import { assert } from '../contract/assert.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import { askStock } from './ask-stock.ts';
import { automate } from './automation.ts';
import { queueFacts } from './exception-queue.ts';
import { fitToWanted } from './fit-to-wanted.ts';
import { endHandMove } from './hand-move.ts';
import { offerWork } from './offer-work.ts';
import { BY_WATERFALL, evolveFile, type FileFact, type OrderFile } from './order-file.ts';
import { askSourcing, placeBound, source } from './place-pieces.ts';
import type { World } from './world.ts';

// What an order does next follows from how it stands, whatever brought it there: a message, an answer, a hand, or time. So no
// step is forgotten when two of them cross, and a machine that begins again goes on where it was.

type Rule = (file: OrderFile, world: World) => OrderFact[];

/** In this order: what is not wanted is given up before anything is asked, and all is placed before it is offered. */
const RULES: readonly Rule[] = [cancelAtTime, fitToWanted, askStock, askSourcing, placeBound, source, offerWork];

/** Turns of one decision at most; an ordinary one takes three. More is a rule that undoes another. */
const TURNS_MAX = 1_000;

export interface Advanced {
  readonly file: OrderFile;
  readonly facts: readonly OrderFact[];
}

/** Facts that came, and all that follows from them. `before`: the order as it was, absent when it is new. */
export function advance(before: OrderFile | undefined, came: readonly OrderFact[], world: World): Advanced {
  const facts: OrderFact[] = [];
  let file = before;
  const take = (more: readonly OrderFact[]): void => {
    for (const fact of more) file = evolveFile(file, fact as FileFact);
    facts.push(...more);
  };
  take(came);
  for (let turn = 0; file !== undefined; turn++) {
    assert(turn < TURNS_MAX, () => `order ${file?.order.id} finds no rest`);
    const next = nextFacts(before, file, world);
    if (next.length === 0) return { file, facts };
    take(next);
  }
  assert(false, () => 'an order begins with a fact');
}

function nextFacts(before: OrderFile | undefined, file: OrderFile, world: World): OrderFact[] {
  for (const rule of RULES) {
    const facts = rule(file, world);
    if (facts.length > 0) return facts;
  }
  const automated = automate(before, file, world);
  if (automated.length > 0) return automated;
  const queued = queueFacts(file, world);
  return queued.length > 0 ? queued : endHandMove(file, world);
}

/** A step of the waterfall said how long what it cannot place may wait (rule OR5). */
function cancelAtTime({ order, givenUp }: OrderFile, { at }: World): OrderFact[] {
  if (givenUp?.cancelAt === undefined || at < givenUp.cancelAt) return [];
  const about = { at, order: order.id, by: 'sourcing', reason: 'nobody-could-serve-it' };
  return [{ fact: 'AutomationRan', ...about, rule: BY_WATERFALL, did: 'cancel-unfilled' }];
}
