import type { ServedUnits, StockFact } from '../contract/stock-fact.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import type { Promised } from './promised.ts';
import { against, leavesOf, type Leaves, roomIn } from './room.ts';
import type { StockModel } from './stock-model.ts';
import { require } from './violation.ts';

// Who waits for units, and what of them has come (rule OR9), by its sentences.

interface Row {
  readonly id: string;
  readonly sku: string;
  readonly group: string;
  /** Of the group when they were sold. */
  readonly nodes: readonly string[];
  readonly channel: string;
  readonly ref: string;
  readonly placedAt: number;
  readonly priority: number;
  readonly units: number;
  /** Shard that is told when they come. */
  readonly tell?: number | undefined;
}

/** Units that are one's before anybody else's. */
export interface Came extends Promised {
  readonly id: string;
  readonly group: string;
}

type Of<Name extends StockFact['fact']> = Extract<StockFact, { fact: Name }>;

export class WaitingModel {
  #rows: readonly Row[] = [];
  servings = 0;
  /** Servings that somebody was told of and has not said to know. */
  untold: ReadonlySet<number> = new Set();

  clone(): WaitingModel {
    const copy = new WaitingModel();
    copy.#rows = this.#rows;
    copy.servings = this.servings;
    copy.untold = this.untold;
    return copy;
  }

  find(id: string, sku: string): Row | undefined {
    return this.#rows.find((row) => row.id === id && row.sku === sku);
  }

  /** Any that the order waits for. */
  anyOf(id: string): Row | undefined {
    return this.#rows.find((row) => row.id === id);
  }

  add(fact: Of<'UnitsAwaited'>, nodes: readonly string[]): void {
    const { id, sku, group, channel, movementRef: ref, placedAt, priority, units, tell } = fact;
    const known = this.find(id, sku) ?? { id, sku, group, nodes, channel, ref, placedAt, priority, tell, units: 0 };
    this.#put({ ...known, units: known.units + units });
  }

  take(id: string, sku: string, units: number): Row {
    const known = this.find(id, sku);
    require(known !== undefined && known.units >= units, () => `${id} does not wait for ${units} of ${sku}`);
    this.#put({ ...known, units: known.units - units });
    return known;
  }

  #put(row: Row): void {
    const others = this.#rows.filter((one) => one.id !== row.id || one.sku !== row.sku);
    this.#rows = row.units === 0 ? others : [...others, row];
  }

  serve(serving: number, { tell }: Row): void {
    this.servings = serving;
    if (tell !== undefined) this.untold = new Set([...this.untold, serving]);
  }

  hear({ serving }: Of<'ServingHeard'>): void {
    require(this.untold.has(serving), () => `serving ${serving} is heard, nobody was told of it or it is heard twice`);
    this.untold = new Set([...this.untold].filter((each) => each !== serving));
  }

  get skus(): readonly string[] {
    return [...new Set(this.#rows.map(({ sku }) => sku))];
  }

  /** In the order they are served. */
  of(sku: string): readonly Row[] {
    const rows = this.#rows.filter((row) => row.sku === sku);
    const byText = (a: string, b: string): number => (a < b ? -1 : 1);
    return rows.toSorted((a, b) => a.priority - b.priority || a.placedAt - b.placedAt || byText(a.id, b.id));
  }

  /** All that is waited for, as promised; more is drawn of a pool than it has left, which leaves nothing there. */
  asPromised(sku: string): readonly Promised[] {
    return this.of(sku).map(({ units, nodes, channel }) => ({
      sku,
      units,
      nodes,
      channel,
      placed: false,
      drawn: units,
    }));
  }
}

/** One after the other gets what their nodes have room for, with what the others got before taken. */
export function cameFor(model: StockModel, sku: string): readonly Came[] {
  let left: Leaves = leavesOf(model, sku, model.live(sku), []);
  const came: Came[] = [];
  for (const { id, group, nodes, channel, units: wanted } of model.orders.waiting.of(sku)) {
    const room = roomIn(against(left, model, channel), [...model.nodes.keys()], nodes);
    const units = Math.min(wanted, Math.max(0, room));
    if (units === 0) continue;
    const inPool = left.pools.get(channel) ?? 0;
    const drawn = Math.min(units, inPool);
    came.push({ sku, id, group, nodes, channel, units, drawn, placed: false });
    const pools = left.pools.has(channel) ? new Map(left.pools).set(channel, inPool - drawn) : left.pools;
    left = { ...left, pools, unplaced: [...left.unplaced, { units, nodes }] };
  }
  return came;
}

/** The first who wait, each once, with exactly what has come for them. */
export function judgeServed(model: StockModel, { sku, served }: Of<'UnitsServed'>): void {
  const { servings } = model.orders.waiting;
  const should = model.came(sku).map(({ id, group, units, channel, drawn }, index): ServedUnits => {
    const given = { id, serving: servings + 1 + index, group, units, channel } as ServedUnits;
    return drawn > 0 ? { ...given, drawn } : given;
  });
  const [is, first] = [JSON.stringify(served), JSON.stringify(should.slice(0, served.length))];
  require(served.length > 0 && is === first, () => `${sku} is given ${is}, the rules give ${JSON.stringify(should)}`);
}

/** What has come is given at once: before anything else is decided at a later moment. */
export function requireServed(model: StockModel, fact: StockFact): void {
  const gives: readonly StockFact['fact'][] = [
    'UnitsServed',
    'UnitsReleased',
    'SafetyDatesReached',
    'BandDatesReached',
  ];
  if (fact.at === model.lastAt || gives.includes(fact.fact)) return;
  for (const sku of model.orders.waiting.skus) {
    require(model.came(sku).length === 0, () => `${fact.fact} at ${fact.at}, yet ${sku} has come for those who wait`);
  }
}

const HORIZON_MS = 180 * 86_400_000;

/** When so many more of it will be there for good (rule AV3), undefined: not within the horizon. */
export function dueFor(
  model: StockModel,
  { sku, units }: { readonly sku: string; readonly units: number },
  sold: { readonly channel: string; readonly nodes: readonly string[] },
  atMs: number,
): number | undefined {
  const nodes = [...model.nodes.keys()];
  const due = nodes.flatMap((node) =>
    (model.position(sku, node)?.inbound ?? [])
      .filter((one) => one.dueAt > atMs && one.dueAt <= atMs + HORIZON_MS && one.units > 0)
      .map((one) => ({ node, ...one })),
  );
  const leaves = against(
    leavesOf(model, sku, model.live(sku), model.orders.waiting.asPromised(sku)),
    model,
    sold.channel,
  );
  const { threshold = 0 } = model.channels.get(sold.channel) ?? {};
  const roomAt = (moment: number): number => {
    const available = (node: string): number => {
      const come = due.filter((one) => one.node === node && one.dueAt <= moment);
      const free = come.reduce((sum, one) => sum + one.units, model.free(sku, node, moment));
      return model.position(sku, node) !== undefined && model.isOn(sku, node) ? Math.max(0, free) : 0;
    };
    const then = { ...leaves, available };
    return Math.min(roomIn(then, nodes, sold.nodes), roomIn(then, nodes, model.nodesOf(sold.channel)) - threshold);
  };
  const rules = [...model.safetyRules.values()].flatMap(({ from = 0, to = 0 }) => [from, to]);
  const moments = [atMs, ...due.map(({ dueAt }) => dueAt)].toSorted((a, b) => a - b);
  const looks = [...moments, ...rules.filter((date) => date > atMs && date <= atMs + HORIZON_MS)];
  return moments.find((moment) => looks.every((look) => look < moment || roomAt(look) >= units));
}

/** Why a shard may not write down that an order waits. */
export function whyNotAwaited(
  model: StockModel,
  fact: Of<'UnitsAwaited'>,
  command: Extract<AllocationStep, { do: 'await-units' }>,
): string | undefined {
  const { id, sku, units, at } = fact;
  const { waiting, orders } = model.orders;
  const known = waiting.find(id, sku);
  const whose = orders.get(id) ?? waiting.anyOf(id) ?? { channel: command.channel, ref: command.movementRef ?? id };
  const group = known?.group ?? command.group;
  const nodes = known?.nodes ?? model.groups.get(group as never) ?? [];
  if (model.channels.get(whose.channel)?.sellsInbound !== true) return `${whose.channel} sells nothing that is due`;
  const due = dueFor(model, command, { channel: whose.channel, nodes }, at);
  if (due === undefined) return 'nothing is due for it';
  const { availableFrom = 0 } = model.items.get(sku) ?? {};
  const is = [fact.tell ?? null, sku, units, group, fact.channel, fact.movementRef, fact.placedAt, fact.priority];
  const should = [
    command.replyTo ?? null,
    command.sku,
    command.units,
    group,
    whose.channel,
    whose.ref,
    command.placedAt,
    command.priority,
  ];
  if (JSON.stringify(is) !== JSON.stringify(should)) return `${JSON.stringify(is)}, asked ${JSON.stringify(should)}`;
  const latest = Math.max(due, availableFrom);
  return fact.dueAt >= latest && (known !== undefined || fact.dueAt === latest) ? undefined : `it is due at ${latest}`;
}
