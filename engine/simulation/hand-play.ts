import type { ClientId, OrderId } from '../contract/ids.ts';
import type { OrderAct } from '../contract/order.ts';
import { shardOfOrder } from '../contract/ids.ts';
import type { Chance } from './chance.ts';
import type { Work } from './client.ts';
import { type HubFile, type HubLine, unitsIn } from './hub-file.ts';
import { NODES } from './retailer.ts';
import type { Sent } from './sent.ts';

// What staff do by hand to orders they look at (rules OR10, OR11).

interface Done {
  readonly order: OrderId;
  readonly key: string;
  readonly what: OrderAct;
}

const HOLDS = ['payment', 'fraud', 'manual'] as const;

export class HandPlay {
  readonly #chance: Chance;
  readonly #sent: Sent;
  readonly #orders: () => Iterable<HubFile>;
  readonly #done: Done[] = [];
  #made = 0;

  constructor(chance: Chance, sent: Sent, orders: () => Iterable<HubFile>) {
    this.#chance = chance;
    this.#sent = sent;
    this.#orders = orders;
  }

  next(): Work[] {
    const chance = this.#chance;
    if (this.#done.length > 0 && chance.yes(0.12)) {
      const done = chance.pick(this.#done.slice(-6));
      return this.#do(chance.yes(0.7) ? done : { ...done, what: { act: 'note', text: `n${this.#made++}` } });
    }
    const files = [...this.#orders()];
    if (files.length === 0) return [];
    const returning = files.filter(({ returns }) => returns.length > 0);
    const some = chance.yes(0.2) && returning.length > 0 ? returning : files;
    const file = chance.pick(chance.yes(0.5) ? some.slice(-3) : some);
    const version = chance.yes(0.1) ? { ifVersion: file.version - chance.below(2) } : {};
    return this.#do({ order: file.id, key: `h${this.#made++}`, what: this.#draft(file) }, version);
  }

  #draft(file: HubFile): OrderAct {
    const chance = this.#chance;
    return chance.weighted(ACTS).make(chance, file);
  }

  #do(done: Done, version: { readonly ifVersion?: number } = {}): Work[] {
    if (!this.#done.includes(done)) this.#done.push(done);
    const { order, key, what } = done;
    this.#sent.act(order, key, what);
    const by = { by: this.#chance.pick(['ann', 'bob']), key, ...version };
    const command = { do: 'order-act', order, client: 'shop' as ClientId, by, what } as const;
    return [{ shard: shardOfOrder(order) ?? 0, command }];
  }
}

type Make = (chance: Chance, file: HubFile) => OrderAct;

const ACTS: readonly { readonly weight: number; readonly make: Make }[] = [
  { weight: 2, make: (chance, file) => ({ act: 'cancel', lines: some(chance, file, () => 1) }) },
  { weight: 0.5, make: () => ({ act: 'cancel' }) },
  { weight: 2, make: (chance) => ({ act: 'hold', kind: chance.pick(HOLDS) }) },
  { weight: 3, make: (chance, { holds }) => ({ act: 'unhold', kind: (holds[0] as 'manual') ?? chance.pick(HOLDS) }) },
  {
    weight: 3,
    make: (chance, file) => ({
      act: 'allocate',
      node: chance.pick(NODES),
      ...(chance.yes(0.5) && { lines: some(chance, file, () => 1) }),
    }),
  },
  { weight: 1.5, make: () => ({ act: 'release' }) },
  {
    weight: 2,
    make: (chance, { id, works }) => ({
      act: 'pull-back',
      work: works.length > 0 ? chance.pick(works).work : (`${id}.1` as never),
    }),
  },
  { weight: 2, make: () => ({ act: 're-source' }) },
  { weight: 0.5, make: (chance) => ({ act: 'tag', tags: [chance.pick(['gift', 'vip', 'late'])] }) },
  { weight: 0.5, make: (chance) => ({ act: 'set-priority', priority: chance.below(3) }) },
  { weight: 0.3, make: () => ({ act: 'note', text: 'rings twice' }) },
  {
    weight: 2,
    make: (chance, file) => ({ act: 'request-return', lines: some(chance, file, gone) }),
  },
  {
    weight: 3,
    make: (chance, file) => ({
      act: 'receive-return',
      id: openReturn(chance, file),
      node: chance.pick(NODES),
      grades: some(chance, file, gone).map((each) => ({ ...each, grade: chance.pick(['good', 'damaged'] as const) })),
      ...(chance.yes(0.5) && { refundMinor: 700 }),
    }),
  },
  { weight: 0.5, make: (chance, file) => ({ act: 'refuse-return', id: openReturn(chance, file) }) },
];

function openReturn(chance: Chance, { id, returns }: HubFile): string {
  return returns.length > 0 && chance.yes(0.9) ? chance.pick(returns) : `${id}.r${1 + chance.below(2)}`;
}

const gone = (line: HubLine): number => unitsIn(line, 'shipped', 'delivered', 'collected');

/** Units of a line or two, mostly of such as have some. */
function some(chance: Chance, { lines }: HubFile, units: (line: HubLine) => number): { line: string; units: number }[] {
  const able = lines.filter((line) => line.kit !== true && units(line) > 0);
  const from = able.length > 0 && chance.yes(0.9) ? able : lines;
  const first = chance.pick(from);
  const picked = chance.yes(0.7) ? [first] : [...new Set([first, chance.pick(from)])];
  return picked.map((line) => ({ line: line.line, units: 1 + chance.below(Math.max(1, Math.min(3, units(line)))) }));
}
