import { refuse, type Refused } from '../contract/outcome.ts';
import type { Reservation, ReserveLine } from '../contract/reservation.ts';
import type { Model } from './audit.ts';
import { PromiseModel } from './promise-model.ts';
import type { Promised } from './promised.ts';
import { StockModel } from './stock-model.ts';
import { require } from './violation.ts';

// Rule RS6 by its sentences: what a client may hold over all shards, and what a customer may hold of a sku.

export type Buyer = Pick<Reservation, 'client' | 'customer' | 'channel'>;

interface Bought {
  readonly buyer: Buyer;
  readonly promised: readonly Promised[];
}

/** The first of the summed lines that is one too many. */
export function overQuota(
  model: StockModel,
  buyer: Buyer,
  wanted: readonly { readonly line: ReserveLine; readonly index: number }[],
): Refused<'quota-exceeded'> | undefined {
  const mine = bought(model).filter(({ buyer: { client, customer } }) => {
    return client === buyer.client && customer === buyer.customer;
  });
  const here = mine.filter((one) => one.buyer.channel === buyer.channel);
  for (const [place, { line, index }] of wanted.entries()) {
    const before = wanted
      .slice(0, place)
      .reduce((sum, one) => sum + (one.line.sku === line.sku ? one.line.units : 0), 0);
    const inChannel = (model.channels.get(buyer.channel)?.unitsPerCustomerMax ?? Infinity) - unitsOf(here, line.sku);
    const inAll = (model.items.get(line.sku)?.unitsPerCustomerMax ?? Infinity) - unitsOf(mine, line.sku);
    const left = Math.min(inChannel, inAll) - before;
    if (left < line.units) {
      return refuse('quota-exceeded', { field: `lines[${index}].units`, units: Math.max(0, left) });
    }
  }
  return undefined;
}

/** After every new promise: no client holds more than it may, whichever shards hold it. */
export function requireFewHolds(models: readonly Model[], client: string, holdsPerClientMax: number): void {
  let open = 0;
  for (const model of models) {
    if (model instanceof StockModel) {
      for (const { reservation, endedAt } of model.holds.values()) {
        if (endedAt === undefined && reservation.client === client) open++;
      }
    } else if (model instanceof PromiseModel) {
      for (const { state, request } of model.sagas.values()) {
        if ((state === 'asking' || state === 'held') && request.client === client) open++;
      }
    }
  }
  require(open <= holdsPerClientMax, () =>
    `${client} has ${open} open reservations, may have ${holdsPerClientMax} (RS6)`);
}

function bought(model: StockModel): Bought[] {
  const all: Bought[] = [];
  for (const { reservation, promised, endedAt } of model.holds.values()) {
    if (endedAt === undefined) all.push({ buyer: reservation, promised });
  }
  for (const { buyer, promised, ended } of model.parts.values()) if (buyer && !ended) all.push({ buyer, promised });
  return all;
}

function unitsOf(all: readonly Bought[], sku: string): number {
  const promises = all.flatMap(({ promised }) => promised).filter((one) => one.sku === sku);
  return promises.reduce((sum, { units }) => sum + units, 0);
}
