import type { Band } from '../contract/change.ts';
import type { ChannelRef } from '../contract/reference.ts';
import { against, atsOf, leavesOf, roomIn } from './room.ts';
import type { StockModel } from './stock-model.ts';
import { require } from './violation.ts';

// Rule AV6 by its sentences. What a sku's band is depends on the moment only where what is due may be sold.

/** The band of a channel at a moment. */
export function bandAt(
  model: StockModel,
  sku: string,
  channel: ChannelRef,
  atMs: number,
  leaves = leavesOf(model, sku),
): Band {
  const ats = atsOf(model, sku, channel.id, leaves);
  if (ats > channel.clearAt) return 'in-stock';
  if (ats > channel.lowAt && model.bands.get(`${sku} ${channel.id}`) === 'in-stock') return 'in-stock';
  if (ats > 0) return 'low-stock';
  if (channel.sellsInbound !== true || laterAts(model, sku, channel, atMs) <= 0) return 'out-of-stock';
  return (model.items.get(sku)?.availableFrom ?? 0) > atMs ? 'pre-order' : 'back-order';
}

/** The least that the channel could sell once all that is still due has come. */
function laterAts(model: StockModel, sku: string, channel: ChannelRef, atMs: number): number {
  const nodes = [...model.nodes.keys()];
  const due = (node: string): readonly { dueAt: number; units: number }[] =>
    (model.position(sku, node)?.inbound ?? []).filter(({ dueAt, units }) => dueAt > atMs && units > 0);
  const lastDue = Math.max(0, ...nodes.flatMap(due).map(({ dueAt }) => dueAt));
  if (lastDue === 0) return 0;
  const dates = [...model.safetyRules.values()].flatMap(({ from = 0, to = 0 }) => [from, to]);
  const looks = [lastDue, ...dates.filter((date) => date > lastDue)];
  const awaited = model.orders.waiting.asPromised(sku);
  const leaves = against(leavesOf(model, sku, model.live(sku), awaited), model, channel.id);
  return Math.min(
    ...looks.map((look) => {
      const available = (node: string): number => {
        const units = due(node).reduce((sum, one) => sum + one.units, model.free(sku, node, look));
        return model.isOn(sku, node) ? Math.max(0, units) : 0;
      };
      return roomIn({ ...leaves, available }, nodes, model.nodesOf(channel.id)) - (channel.threshold ?? 0);
    }),
  );
}

/** The passing of a date is written down before anything else is decided at that moment, and only then. */
export function judgeBandDates(model: StockModel, { fact, at }: { readonly fact: string; readonly at: number }): void {
  const dated = [...model.channels.values()].filter(({ sellsInbound }) => sellsInbound === true);
  // Safety rules have their dates first.
  const isDate = fact === 'BandDatesReached' || fact === 'SafetyDatesReached';
  for (const channel of isDate || at === model.lastAt ? [] : dated) {
    for (const sku of model.skus) {
      const band = model.bands.get(`${sku} ${channel.id}`) ?? 'out-of-stock';
      if (band !== 'back-order' && band !== 'pre-order') continue;
      const now = bandAt(model, sku, channel, at);
      require(now === band, () => `${fact} at ${at}, yet ${sku} in ${channel.id} is overdue: ${band} should be ${now}`);
    }
  }
  if (fact !== 'BandDatesReached') return;
  const dates = [...model.skus].flatMap((sku) => [model.items.get(sku)?.availableFrom ?? 0, ...dueDates(model, sku)]);
  require(dates.some((date) => date <= at), () => `a date is reached at ${at}, none is known`);
}

function dueDates(model: StockModel, sku: string): number[] {
  return [...model.nodes.keys()].flatMap((node) =>
    (model.position(sku, node)?.inbound ?? []).map(({ dueAt }) => dueAt),
  );
}
