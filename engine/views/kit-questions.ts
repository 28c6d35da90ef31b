import type { AtpOutcome, AtpRequest } from '../contract/atp.ts';
import type { KitRow, SkuStock } from '../contract/change.ts';
import type { KitExplanation } from '../contract/explain.ts';
import type { Sku } from '../contract/ids.ts';
import type { HistoryRefusal } from '../contract/ledger.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { Moment, PastStock } from '../contract/past.ts';
import { kitStock, quotients, type KitParts, type PartStock } from './kit-stock.ts';

// What is asked of a kit beside its stock (rule AV9): each is asked of the components, and the smallest quotient is it.

type At = (sku: Sku, moment: Moment) => Promise<PastStock | Refused<HistoryRefusal>>;

/** Each part's stock at the moment, one after the other: a replay takes a core. */
export async function kitAt(
  now: { readonly sku: Sku; readonly kit: KitRow },
  moment: Moment,
  at: At,
): Promise<PastStock | Refused<HistoryRefusal>> {
  const moments = momentsOf(now.kit, moment);
  if ('status' in moments) return moments;
  const own = await at(now.sku, moments.of(0));
  if ('status' in own) return own;
  // What it was made of then, as its own shard says.
  const { kit } = own.stock;
  if (kit === undefined) return refuse('unknown-sku', { field: 'sku' });
  const pasts: PastStock[] = [];
  for (const [index, { sku }] of kit.components.entries()) {
    const past = await at(sku, moments.of(index + 1));
    // Nobody had spoken of it then: there was none.
    if ('status' in past && past.code !== 'unknown-sku') return past;
    pasts.push('status' in past ? { ...own, stock: { ...own.stock, sku, channels: [] } } : past);
  }
  const components = pasts.map((past) => partOf(past.stock));
  const stock = kitStock({ sku: now.sku, kit, own: partOf(own.stock), components });
  const all = [own, ...pasts];
  return {
    stock,
    position: stock.position,
    recordedAt: Math.max(...all.map(({ recordedAt }) => recordedAt)),
    replayed: all.reduce((sum, { replayed }) => sum + replayed, 0),
  };
}

/** A kit's position is its version and each part's; one time is the same for all. */
function momentsOf(kit: KitRow, moment: Moment): { of: (part: number) => Moment } | Refused<HistoryRefusal> {
  if ('atMs' in moment) return { of: () => moment };
  const [version, ...positions] = moment.position.split('~');
  if (version === undefined || !/^v\d+$/.test(version)) return refuse('malformed-position', { field: 'at' });
  // Parts of another definition: its numbers can be asked for by their time.
  if (version !== `v${kit.version}`) return refuse('beyond-history', { field: 'at' });
  if (positions.length !== kit.components.length + 1) return refuse('malformed-position', { field: 'at' });
  return { of: (part) => ({ position: positions[part] as string }) };
}

function partOf({ position, revision, channels, nodes }: SkuStock): PartStock {
  return { position, revision, channels, nodes: new Map(nodes.map((one) => [one.node, one])) };
}

/** What each component would make alone, and which of them are the fewest. */
export function explainKit(parts: KitParts, asked: { readonly channel?: string }): KitExplanation {
  const { channels } = kitStock(parts);
  return {
    components: parts.kit.components,
    channels: channels.flatMap(({ channel, ats, band }) => {
      if (asked.channel !== undefined && channel !== asked.channel) return [];
      const kits = quotients(parts, channel);
      const fewest = Math.min(...kits);
      const components = parts.kit.components.map(({ sku, units }, index) => {
        const own = parts.components[index]?.channels.find((one) => one.channel === channel)?.ats ?? 0;
        return { sku, units, ats: own, kits: kits[index] ?? 0 };
      });
      const limitedBy = components.filter((one) => one.kits === fewest).map(({ sku }) => sku);
      return [{ channel, ats, band, components, limitedBy }];
    }),
  };
}

/** The least that any component leaves on each date. */
export async function kitAtp(
  { sku, kit, revision, position }: SkuStock & { readonly kit: KitRow },
  request: AtpRequest,
  atp: (request: AtpRequest) => Promise<AtpOutcome>,
): Promise<AtpOutcome> {
  const outcomes = await Promise.all(kit.components.map((one) => atp({ ...request, sku: one.sku })));
  const refused = outcomes.find((one) => one.status === 'refused');
  if (refused !== undefined) return refused;
  const dates = request.dates.map((_, index) => {
    const all = outcomes.flatMap((one) => (one.status === 'projected' ? (one.dates[index] ?? []) : []));
    const kits = all.map(({ units }, component) => Math.floor(units / (kit.components[component]?.units ?? 1)));
    return { at: all[0]?.at ?? 0, units: kit.isOff ? 0 : Math.min(...kits) };
  });
  return { status: 'projected', sku, channel: request.channel, position, revision, dates };
}
