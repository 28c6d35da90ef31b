import type { ChannelId, ClientId, Sku } from '../contract/ids.ts';
import { refuse, type Refused } from '../contract/outcome.ts';
import type { Hold } from './holds.ts';
import type { PlacedLine } from './placed-line.ts';
import type { WantedLine } from './reserve-lines.ts';
import type { StockState } from './stock-state.ts';

// Units of one sku that one customer may hold at once (rule RS6): the channel's bound over its own holds, the item's over
// all. Exact, because the shard that owns the sku sees every hold on it. Looks through the client's open holds of this
// shard, and only where a bound is set.

/** For whom units are held. */
interface Whose {
  readonly client: ClientId;
  readonly customer?: string | undefined;
  readonly channel: ChannelId;
}

/** `over`: holds whose time is over and that are not released yet. */
export function quotaRefusal(
  state: StockState,
  whose: Whose,
  wanted: readonly WantedLine[],
  over: readonly Hold[],
): Refused<'quota-exceeded'> | undefined {
  const ofChannel = state.reference.channels.get(whose.channel)?.unitsPerCustomerMax ?? Infinity;
  const asked = new Map<Sku, number>();
  for (const { line, index, placed } of wanted) {
    const ofItem = state.reference.items.get(line.sku)?.ref.unitsPerCustomerMax ?? Infinity;
    if (ofChannel === Infinity && ofItem === Infinity) continue;
    const held = heldBy(state, whose, placed.sku, over);
    const before = asked.get(line.sku) ?? 0;
    const left = Math.min(ofChannel - held.inChannel, ofItem - held.inAll) - before;
    if (line.units > left) {
      return refuse('quota-exceeded', { field: `lines[${index}].units`, units: Math.max(0, left) });
    }
    asked.set(line.sku, before + line.units);
  }
  return undefined;
}

function heldBy(
  state: StockState,
  { client, customer, channel }: Whose,
  sku: number,
  over: readonly Hold[],
): { readonly inChannel: number; readonly inAll: number } {
  const held = { inChannel: 0, inAll: 0 };
  const add = (of: ChannelId | undefined, lines: readonly PlacedLine[]): void => {
    const units = lines.reduce((sum, line) => (line.sku === sku ? sum + line.units : sum), 0);
    held.inAll += units;
    if (of === channel) held.inChannel += units;
  };
  for (const hold of state.holds.heldOf(client)) {
    const { reservation, lines } = hold;
    if (reservation.customer === customer && !over.includes(hold)) add(reservation.channel, lines);
  }
  for (const part of state.parts.heldOf(client)) if (part.customer === customer) add(part.channel, part.lines);
  return held;
}
