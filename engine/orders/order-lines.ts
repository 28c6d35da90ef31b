import type { OrderLine, Piece } from '../contract/order.ts';
import type { KitRef } from '../contract/reference.ts';
import type { ShopLine, ShopOrder } from '../contract/shop-order.ts';

/** Lines as they begin: units asked for, or gone with the customer. A kit is followed by its components (rule AV9). */
export function linesOf(shop: ShopOrder, kits: readonly Pick<KitRef, 'sku' | 'components'>[] = []): OrderLine[] {
  const byName = new Map(kits.map((kit) => [kit.sku, kit.components]));
  return shop.lines.flatMap((line): OrderLine[] => {
    const components = byName.get(line.sku);
    const own = lineOf(shop, line);
    if (components === undefined) return [own];
    const parts = components.map(({ sku, units }, index): OrderLine => {
      const part = { line: `${line.line}/${index + 1}`, sku, units: line.units * units, of: line.line };
      return { ...own, ...part, ...NO_MONEY, pieces: begins(shop, part.units) };
    });
    return [{ ...own, kit: true, pieces: [] }, ...parts];
  });
}

/** As a later message shows them: a line stays what it was when it came, also the kit that it was then. */
export function linesAgain(
  known: readonly OrderLine[],
  shop: ShopOrder,
  kits: readonly Pick<KitRef, 'sku' | 'components'>[] = [],
): OrderLine[] {
  return shop.lines.flatMap((line) => {
    const own = known.find((each) => each.line === line.line);
    if (own === undefined) return linesOf({ ...shop, lines: [line] }, kits);
    const again = { ...shop, lines: [{ ...line, sku: own.sku }] };
    return linesOf(again, own.kit === true ? [{ sku: own.sku, components: componentsOf(known, own) }] : []);
  });
}

function componentsOf(lines: readonly OrderLine[], kit: OrderLine): KitRef['components'] {
  return lines.flatMap(({ of, sku, units }) => (of === kit.line ? [{ sku, units: units / kit.units }] : []));
}

const NO_MONEY = { unitMinor: 0, discountMinor: 0, taxMinor: 0 };

function lineOf(
  shop: ShopOrder,
  { line, sku, name, units, unitMinor, discountMinor = 0, taxMinor = 0, node }: ShopLine,
): OrderLine {
  const at = node ?? (shop.method === 'pickup' ? shop.pickupNode : undefined);
  return {
    line,
    sku,
    ...(name !== undefined && { name }),
    units,
    unitMinor,
    discountMinor,
    taxMinor,
    ...(at !== undefined && { at }),
    pieces: begins(shop, units),
  };
}

function begins({ fulfilled }: ShopOrder, units: number): Piece[] {
  if (units === 0) return [];
  return [fulfilled === undefined ? { units, state: 'asked' } : { units, state: 'collected', node: fulfilled.node }];
}
