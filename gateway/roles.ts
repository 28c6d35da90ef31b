import { isRefusal, parseNodeId } from '../engine/contract/ids.ts';
import { DIMENSIONS, SCOPES, type Dimension, type Limits, type Rights, type Scope } from './caller.ts';

// Roles are names for scopes that go together, so that nobody has to put them together by hand.

interface Role {
  readonly scopes: readonly Scope[];
  /** What a key of this role must be limited to. */
  readonly mustLimit?: Dimension;
  /** Nothing of these unless named; of the others all unless named. */
  readonly closed: readonly Dimension[];
}

/** The README's table says what each may do. */
export const ROLES = {
  public: { scopes: [], closed: DIMENSIONS },
  source: { scopes: ['feeds'], mustLimit: 'sources', closed: DIMENSIONS },
  node: { scopes: ['stock', 'reservations', 'desk', 'work', 'outfeeds'], mustLimit: 'nodes', closed: ['sources'] },
  'service-desk': { scopes: ['stock', 'reservations', 'desk', 'orders'], mustLimit: 'channels', closed: ['sources'] },
  operator: { scopes: ['stock', 'reservations', 'desk', 'orders', 'work', 'letters', 'outfeeds', 'ops'], closed: [] },
  admin: { scopes: SCOPES, closed: [] },
} as const satisfies Readonly<Record<string, Role>>;

type RoleName = keyof typeof ROLES;
const ROLE_NAMES = Object.keys(ROLES) as readonly RoleName[];

/** Ids of one limit at most: who needs more is not limited. */
export const LIMIT_IDS_MAX = 200;

/** Limits as they are written in a body, a file or a token. */
export type WrittenLimits = { readonly [Of in Dimension]?: readonly string[] };

export interface RightsFault {
  readonly field: string;
  readonly fault: string;
}

/** What somebody gets who asks for a role, or for single scopes; or what is wrong with that. */
export function rightsOf(
  asked: { readonly role?: string; readonly scopes?: readonly Scope[] },
  limits: WrittenLimits = {},
): Rights | RightsFault {
  const { role, scopes } = asked;
  if ((role === undefined) === (scopes === undefined)) {
    return { field: 'role', fault: `give a role (${ROLE_NAMES.join(', ')}) or scopes, one of them` };
  }
  const read = readLimits(limits);
  if ('fault' in read) return read;
  return role === undefined ? rightsOfScopes(scopes ?? [], read) : rightsOfRole(role, read);
}

function rightsOfScopes(scopes: readonly Scope[], limits: Limits): Rights | RightsFault {
  const unknown = scopes.find((scope) => !SCOPES.includes(scope));
  if (unknown !== undefined) return { field: 'scopes', fault: `${unknown} is none of ${SCOPES.join(', ')}` };
  return checked({ scopes: new Set(scopes), limits });
}

function rightsOfRole(name: string, limits: Limits): Rights | RightsFault {
  const role: Role | undefined = ROLE_NAMES.includes(name as RoleName) ? ROLES[name as RoleName] : undefined;
  if (role === undefined) return { field: 'role', fault: `${name.slice(0, 40)} is none of ${ROLE_NAMES.join(', ')}` };
  const { mustLimit, closed, scopes } = role;
  if (mustLimit !== undefined && (limits[mustLimit]?.size ?? 0) === 0) {
    return { field: `limits.${mustLimit}`, fault: `the role ${name} is of certain ${mustLimit}: name them` };
  }
  const nothing = Object.fromEntries(closed.map((of) => [of, new Set<string>()]));
  return checked({ scopes: new Set(scopes), limits: { ...nothing, ...limits } });
}

/** Keys and reference data are nobody's part: who may change them may make itself a key without limits. */
function checked(rights: Rights): Rights | RightsFault {
  const isLimited = DIMENSIONS.some((of) => rights.limits[of] !== undefined);
  return isLimited && rights.scopes.has('admin')
    ? { field: 'limits', fault: 'admin cannot be limited: it could make itself any key' }
    : rights;
}

function readLimits(written: WrittenLimits): Limits | RightsFault {
  const limits: { [Of in Dimension]?: ReadonlySet<string> } = {};
  for (const of of DIMENSIONS) {
    const ids: unknown = written[of];
    if (ids === undefined) continue;
    // Every id has the same form; whether it exists is no matter of keys: a node may come later.
    if (!Array.isArray(ids) || ids.length > LIMIT_IDS_MAX || ids.some((id) => isRefusal(parseNodeId(id)))) {
      return { field: `limits.${of}`, fault: `must list at most ${LIMIT_IDS_MAX} ids` };
    }
    limits[of] = new Set(ids as readonly string[]);
  }
  return limits;
}

/** For files and bodies. */
export function writtenLimits(limits: Limits): WrittenLimits {
  return Object.fromEntries(DIMENSIONS.flatMap((of) => (limits[of] === undefined ? [] : [[of, [...limits[of]]]])));
}
