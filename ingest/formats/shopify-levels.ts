// Finds inventory levels in a Shopify document, however it wraps them: REST lists, webhook bodies, GraphQL
// connections with nodes or edges, levels under their location or under their item.

export interface Level {
  /** Number of the inventory item, as text. */
  readonly item: string | undefined;
  readonly sku: string | undefined;
  /** Number of the location, as text. */
  readonly location: string | undefined;
  readonly updatedAt: unknown;
  readonly quantities: ReadonlyMap<string, unknown>;
}

export interface FoundLevel {
  readonly level: Level;
  /** The level alone, in a shape that reads as the same level again. */
  readonly json: object;
}

type Json = Readonly<Record<string, unknown>>;
interface Around {
  readonly item?: string | undefined;
  readonly sku?: string | undefined;
  readonly location?: string | undefined;
}

/** Undefined when the document is none about inventory levels; an empty list of levels is one. */
export function findLevels(document: unknown): readonly FoundLevel[] | undefined {
  const found: FoundLevel[] = [];
  return walk(document, {}, found) ? found : undefined;
}

/** Whether this part of the document speaks of levels at all. Depth was bounded by the check of its keys. */
function walk(value: unknown, around: Around, found: FoundLevel[]): boolean {
  if (Array.isArray(value)) return value.map((member) => walk(member, around, found)).some(Boolean);
  if (typeof value !== 'object' || value === null) return false;
  const json = value as Json;
  if ('inventory_item_id' in json && 'location_id' in json) {
    found.push({ level: restLevel(json), json });
    return true;
  }
  const inside: Around = { ...around, ...ownAround(json) };
  if (Array.isArray(json['quantities'])) {
    const level = graphLevel(json, json['quantities'], inside);
    found.push({ level, json: graphJson(level) });
    return true;
  }
  let speaks = 'inventory_levels' in json || 'inventoryLevels' in json;
  for (const member of Object.values(json)) speaks = walk(member, inside, found) || speaks;
  return speaks;
}

function restLevel(json: Json): Level {
  return {
    item: numberOf(json['inventory_item_id']),
    sku: textOf(json['sku']),
    location: numberOf(json['location_id']),
    updatedAt: json['updated_at'],
    quantities: new Map([['available', json['available']]]),
  };
}

function ownAround(json: Json): Around {
  const around: { item?: string | undefined; sku?: string | undefined; location?: string | undefined } = {};
  for (const part of [json, json['item'], json['inventoryItem'], json['location']]) {
    if (typeof part !== 'object' || part === null) continue;
    const { id, sku } = part as Json;
    if (typeof id !== 'string') continue;
    if (id.includes('/InventoryItem/')) {
      around.item = numberOf(id);
      around.sku = textOf(sku);
    }
    if (id.includes('/Location/')) around.location = numberOf(id);
  }
  return around;
}

function graphLevel(json: Json, list: readonly unknown[], around: Around): Level {
  const quantities = new Map<string, unknown>();
  let updatedAt = json['updatedAt'];
  for (const row of list) {
    if (typeof row !== 'object' || row === null) continue;
    const { name, quantity, updatedAt: changed } = row as Json;
    if (typeof name !== 'string') continue;
    quantities.set(name, quantity);
    // The number's own time, where the query asked for it, is more exact than the level's.
    if (name === 'on_hand' && typeof changed === 'string') updatedAt = changed;
  }
  return { item: around.item, sku: around.sku, location: around.location, updatedAt, quantities };
}

function graphJson(level: Level): object {
  const { item, sku, location, updatedAt, quantities } = level;
  return {
    inventoryLevel: {
      updatedAt,
      item: { id: `gid://shopify/InventoryItem/${item ?? ''}`, sku },
      location: { id: `gid://shopify/Location/${location ?? ''}` },
      quantities: [...quantities].map(([name, quantity]) => ({ name, quantity })),
    },
  };
}

/** The number at the end of a global id, or a plain number, as text. */
function numberOf(id: unknown): string | undefined {
  if (typeof id === 'number' && Number.isSafeInteger(id)) return String(id);
  if (typeof id !== 'string') return undefined;
  const last = id.split('?')[0]?.split('/').at(-1);
  return last === '' ? undefined : last;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
