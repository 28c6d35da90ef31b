import type { ClientId } from '../engine/contract/ids.ts';

/**
 * What a key may do. `stock`: see the split and exact units. `desk`: see and change the reservations and orders that others made.
 * `orders`: send a channel's messages about orders, read one's own orders; with `desk` those of others too. `work`: see and
 * do a node's work. `outfeeds`: read log channels and acknowledge. `ops`: watch and correct. `metrics`: read /metrics,
 * nothing else. `admin`: keys and reference data.
 */
export const SCOPES = [
  'feeds',
  'stock',
  'reservations',
  'desk',
  'orders',
  'work',
  'letters',
  'outfeeds',
  'ops',
  'metrics',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

/** What scopes may be narrowed to. */
export const DIMENSIONS = ['channels', 'nodes', 'sources'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Only these; of a dimension that is absent: all. */
export type Limits = { readonly [Of in Dimension]?: ReadonlySet<string> };

export interface Rights {
  readonly scopes: ReadonlySet<Scope>;
  readonly limits: Limits;
}

interface Staff extends Rights {
  readonly is: 'staff';
  readonly client: ClientId;
  /** When the key or token ends, ms since the epoch; absent: never. */
  readonly expiresAt?: number;
}

/** Who calls: anybody, or the holder of a key or token. */
export type Caller = { readonly is: 'public' } | Staff;

export const PUBLIC: Caller = { is: 'public' };

/** What is asked about. A field that is there but undefined means all of its kind: `{ node: undefined }`, every node. */
export interface Thing {
  readonly channel?: string | undefined;
  readonly node?: string | undefined;
  readonly source?: string | undefined;
}

/** What concerns the whole retailer. */
export const EVERYTHING: Thing = { channel: undefined, node: undefined, source: undefined };

const DIMENSION_OF = { channel: 'channels', node: 'nodes', source: 'sources' } as const;
export type ThingField = keyof typeof DIMENSION_OF;
const FIELDS: readonly ThingField[] = ['channel', 'node', 'source'];

export function may(caller: Caller, scope: Scope): boolean {
  return caller.is === 'staff' && caller.scopes.has(scope);
}

/** Whether the caller's limits include the thing; the public has none, and no scope either. */
export function reaches(caller: Caller, thing: Thing): boolean {
  return beyondReach(caller, thing) === undefined;
}

/** The first part of the thing that the caller's limits leave out, with what they allow instead. */
export function beyondReach(
  caller: Caller,
  thing: Thing,
): { readonly field: ThingField; readonly allowed: ReadonlySet<string> } | undefined {
  if (caller.is === 'public') return undefined;
  for (const field of FIELDS) {
    const allowed = field in thing ? caller.limits[DIMENSION_OF[field]] : undefined;
    const asked = thing[field];
    if (allowed !== undefined && (asked === undefined || !allowed.has(asked))) return { field, allowed };
  }
  return undefined;
}

/** Exact units of a channel: public there, or for who may see the split of all its nodes. */
export function seesUnits(caller: Caller, channel: { readonly id: string; readonly unitsPublic: boolean }): boolean {
  return channel.unitsPublic || (may(caller, 'stock') && reaches(caller, { channel: channel.id, node: undefined }));
}

/** The same subject with the same rights: a fresh token of the one that opened a socket. */
export function isSameCaller(a: Caller, b: Caller): boolean {
  if (a.is === 'public' || b.is === 'public') return a.is === b.is;
  return (
    a.client === b.client &&
    isSameSet(a.scopes, b.scopes) &&
    DIMENSIONS.every((of) => isSameSet(a.limits[of], b.limits[of]))
  );
}

function isSameSet(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.size === b.size && [...a].every((one) => b.has(one));
}
