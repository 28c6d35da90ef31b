import type { PostalAddress } from '../../engine/contract/shop-order.ts';
import { present } from './fields.ts';
import type { OrderGather } from './order-gather.ts';
import { locate } from './postcodes.ts';

/** Fields of an address as a channel names them, empty ones left out. */
export function postalAddress(
  {
    lines,
    country,
    ...rest
  }: { readonly [K in keyof Omit<PostalAddress, 'lines'>]?: PostalAddress[K] | undefined } & {
    readonly lines: readonly (string | undefined)[];
  },
  gather: OrderGather,
): PostalAddress {
  const code = country !== undefined && /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : undefined;
  if (country !== undefined && code === undefined) gather.parts.warn('country left out: it is no code of ISO 3166-1');
  const kept = lines.filter((line) => line !== undefined);
  return whereIs(present<PostalAddress>({ name: undefined, ...rest, lines: kept, country: code }), gather);
}

/** With its place on the map, when nobody has said it; one that is only guessed is counted. */
function whereIs(address: PostalAddress, gather: OrderGather): PostalAddress {
  if (isPlace(address.lat, address.lon)) return address;
  const { lat: _lat, lon: _lon, ...bare } = address;
  const found = locate(bare);
  if (found === undefined) {
    if (address.country === 'US')
      gather.parts.warn('address without a place on the map: neither its ZIP code nor its state is known');
    return bare;
  }
  if (found.by !== 'postcode') gather.parts.warn(`ZIP code not known, placed by its ${WORDS[found.by]}`);
  return { ...bare, lat: found.lat, lon: found.lon };
}

const WORDS = { prefix: 'first three digits', state: 'state' } as const;

function isPlace(lat: number | undefined, lon: number | undefined): boolean {
  return lat !== undefined && lon !== undefined && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
}
