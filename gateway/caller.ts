import type { ClientId } from '../engine/contract/ids.ts';

/** What a key may do. `stock`: see the split and exact units. */
export const SCOPES = ['feeds', 'stock', 'reservations', 'letters', 'ops', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who calls: anybody, or the holder of a key. */
export type Caller =
  | { readonly is: 'public' }
  | { readonly is: 'staff'; readonly client: ClientId; readonly scopes: ReadonlySet<Scope> };

export const PUBLIC: Caller = { is: 'public' };

export function may(caller: Caller, scope: Scope): boolean {
  return caller.is === 'staff' && caller.scopes.has(scope);
}
