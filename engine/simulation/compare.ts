import type { SkuStock } from '../contract/change.ts';
import type { Answer } from '../contract/query.ts';
import type { AnyMachine, HostedShard } from '../shard/hosted-shard.ts';
import type { Model } from './audit.ts';
import { compareWeights } from './brakes-play.ts';
import { compareOrders, compareWork } from './compare-hub.ts';
import { HubModel } from './hub-model.ts';
import { IntakeModel } from './intake-model.ts';
import { compareNumbers } from './numbers-play.ts';
import { PromiseModel } from './promise-model.ts';
import { shownPools } from './pool-model.ts';
import { atsOf, leavesOf } from './room.ts';
import { StockModel } from './stock-model.ts';
import { require, requireSame } from './violation.ts';

// What a shard shows against what its model says.

export function compareSkus(shard: HostedShard, model: StockModel, skus: Iterable<string>, atMs: number): void {
  for (const sku of skus) {
    const { stock } = ask(shard.machine, { ask: 'stock', skus: [sku] }, 'stock', atMs);
    requireSame(shown(stock[0]), expected(model, sku), () => `stock of ${sku} at ${shard.number}.${shard.lsn}`);
  }
}

/** Everything a shard can be asked. */
export function compareAll(shard: HostedShard, model: Model, atMs: number): void {
  require(shard.lsn === model.lsn, () => `shard ${shard.number} stands at ${shard.lsn}, the model at ${model.lsn}`);
  if (model instanceof StockModel) {
    compareSkus(shard, model, model.skus, atMs);
    const weigh = { ask: 'weigh', events: [] };
    compareWeights((places) => ask(shard.machine, { ...weigh, places }, 'weighed', atMs).places, model, atMs);
    const held = [...model.holds.values()].filter(({ endedAt }) => endedAt === undefined);
    compareHeld(
      shard,
      held.map(({ reservation }) => reservation),
      atMs,
    );
  } else if (model instanceof PromiseModel) {
    const held = [...model.sagas.values()].filter(({ state }) => state === 'held');
    compareHeld(
      shard,
      held.flatMap(({ reservation }) => reservation ?? []),
      atMs,
    );
  } else if (model instanceof IntakeModel) {
    compareIntake(shard, model, atMs);
  } else if (model instanceof HubModel) {
    compareOrders(shard, model, model.files.keys());
  } else {
    compareWork(shard, model, atMs);
  }
}

function compareHeld(shard: HostedShard, held: readonly { id: string; expiresAt: number }[], atMs: number): void {
  const { reservations } = ask(shard.machine, { ask: 'reservations', limit: 1_000 }, 'reservations', atMs);
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  const live = held.filter(({ expiresAt }) => expiresAt > atMs).toSorted(byId);
  const seen = reservations.filter(({ expiresAt }) => expiresAt > atMs).toSorted(byId);
  requireSame(seen, live, () => `reservations held in shard ${shard.number}`);
}

function compareIntake(shard: HostedShard, model: IntakeModel, atMs: number): void {
  const { letters } = ask(shard.machine, { ask: 'letters', limit: 1_000 }, 'letters', atMs);
  const seen = Object.fromEntries(letters.map(({ id, state, times }) => [id, { state, times }]));
  requireSame(seen, Object.fromEntries(model.letters), () => 'dead letters');
  compareNumbers(
    (source) => ask(shard.machine, { ask: 'gaps', source, limit: 100 }, 'gaps', atMs).streams,
    model.numbers,
  );
  const { stats } = ask(shard.machine, { ask: 'stats' }, 'stats', atMs);
  const heard = 'heard' in stats ? stats.heard.map(({ source, at }) => [source, at]) : [];
  requireSame(Object.fromEntries(heard), Object.fromEntries(model.heard), () => 'sources heard');
  const silent = 'silent' in stats ? stats.silent.map(({ node, since }) => [node, since]) : [];
  const should = [...model.silence.nodes].flatMap(([node, { silence }]) =>
    silence === null ? [] : [[node, silence.since]],
  );
  requireSame(Object.fromEntries(silent), Object.fromEntries(should), () => 'silent nodes');
}

function ask<K extends Answer['answer']>(
  machine: AnyMachine,
  query: object,
  kind: K,
  atMs: number,
): Extract<Answer, { answer: K }> {
  const answer = machine.answer(query as Parameters<AnyMachine['answer']>[0], atMs);
  require(answer.answer === kind, () => `asked for ${kind}, told ${answer.answer}`);
  return answer as Extract<Answer, { answer: K }>;
}

/** What is compared of a sku. */
function shown(stock: SkuStock | undefined): object {
  const nodes = (stock?.nodes ?? []).map(({ node, ...terms }) => [node, terms]);
  const channels = (stock?.channels ?? []).map((shownThere) => {
    const { channel, asOf: _, silentSince = 0, ...terms } = shownThere;
    return [channel, { ...terms, silentSince }];
  });
  return { nodes: Object.fromEntries(nodes), channels: Object.fromEntries(channels) };
}

function expected(model: StockModel, sku: string): object {
  const nodes: Record<string, object> = {};
  for (const node of model.nodes.keys()) {
    const silence = model.silence(node);
    const safety = model.safety(sku, node) + (silence?.widenUnits ?? 0);
    const position = model.position(sku, node);
    if (position === undefined) continue;
    const { inbound, ...terms } = position;
    const reserved = model.reserved(sku, node);
    const { allocated, departed } = model.ordered(sku, node);
    const there = Math.max(0, position.onHand - position.unavailable - departed);
    const demand = reserved + allocated;
    // Promised units take what lies above the safety stock first; the rest of what is there comes out of it.
    const fromSafety = Math.max(0, Math.min(demand, there) - Math.max(0, there - safety));
    nodes[node] = {
      ...terms,
      departed,
      reserved,
      allocated,
      safety,
      ...(silence !== undefined && { silentSince: silence.since }),
      ...(silence !== undefined && silence.widenUnits > 0 && { safetyWidened: silence.widenUnits }),
      ...switchedOff(model, sku, node),
      available: model.available(sku, node),
      ...(fromSafety > 0 && { safetyUsed: fromSafety }),
      short: Math.max(0, demand - there),
      inbound: inbound.reduce((sum, { units }) => sum + units, 0),
    };
  }
  const channels: Record<string, object> = {};
  const leaves = leavesOf(model, sku);
  const demand = model.live(sku).filter(({ placed }) => !placed);
  for (const { id, threshold = 0 } of model.channels.values()) {
    const own = model.nodesOf(id);
    const having = own.filter((node) => model.position(sku, node) !== undefined);
    const silences = having.map((node) => model.silence(node)?.since ?? 0);
    channels[id] = {
      silentSince: silences.includes(0) ? 0 : Math.max(0, ...silences),
      ats: atsOf(model, sku, id, leaves),
      ...(threshold > 0 && { threshold }),
      ...shownPools(model, sku, id),
      unplaced: demand
        .filter((promise) => promise.nodes.some((node) => own.includes(node)))
        .reduce((sum, { units }) => sum + units, 0),
      band: model.bands.get(`${sku} ${id}`) ?? 'out-of-stock',
    };
  }
  return { nodes, channels };
}

function switchedOff(model: StockModel, sku: string, node: string): object {
  if (model.nodes.get(node)?.enabled !== true) return { off: 'node' };
  if (model.silence(node)?.switchedOff === true) return { off: 'silence' };
  if (model.isDisabled(sku)) return { off: 'item' };
  return model.off.has(`${sku} ${node}`) ? { off: 'position' } : {};
}
