import Type from 'typebox';
import { Compile } from 'typebox/compile';

import { DELTA_REASONS } from '../engine/contract/stock-event.ts';
import { MOVEMENT_KINDS } from '../engine/contract/ledger.ts';
import { Automation, Carrier, Sourcing } from './order-row-schemas.ts';
import { Id, Name, NodeKind, Span, strict, Units } from './row-parts.ts';
import { COMPONENTS_MAX } from '../engine/contract/kit.ts';
import { ORDER_FORMATS, type ReferenceKind } from '../engine/contract/reference.ts';

// The rows of the reference files, as engine/contract/reference.ts describes them. Unknown fields are refused:
// a misspelt `enabeld` must not open a node for selling.

/** A minute at least: every step of it publishes the whole node again. */
const WhenSilent = Type.Object(
  {
    widen: Type.Optional(
      Type.Object(
        { units: Units, everyMs: Type.Integer({ minimum: 60_000, maximum: 366 * 86_400_000 }), maxUnits: Units },
        strict,
      ),
    ),
    switchOff: Type.Optional(Type.Boolean()),
  },
  strict,
);
/** Of one customer; a sku that nobody may hold is switched off, not bounded. */
const Quota = Type.Integer({ minimum: 1, maximum: 1_000_000_000 });

const Node = Type.Object(
  {
    id: Id,
    kind: NodeKind,
    name: Name,
    lat: Type.Number({ minimum: -90, maximum: 90 }),
    lon: Type.Number({ minimum: -180, maximum: 180 }),
    timeZone: Name,
    postcode: Type.String({ maxLength: 20 }),
    capabilities: Type.Array(Type.Enum(['ship', 'pickup']), { maxItems: 2 }),
    hours: Type.Array(
      Type.Object(
        {
          day: Type.Integer({ minimum: 1, maximum: 7 }),
          open: Type.Integer({ minimum: 0, maximum: 1440 }),
          close: Type.Integer({ minimum: 0, maximum: 1440 }),
        },
        strict,
      ),
      { maxItems: 28 },
    ),
    owner: Id,
    safety: Units,
    enabled: Type.Boolean(),
    whenSilent: Type.Optional(WhenSilent),
    ordersPerDay: Type.Optional(Units),
    cutOff: Type.Optional(Type.Integer({ minimum: 0, maximum: 1440 })),
  },
  strict,
);

const Group = Type.Object({ id: Id, nodes: Type.Array(Id, { minItems: 1, maxItems: 10_000 }) }, strict);

const Channel = Type.Object(
  {
    id: Id,
    name: Name,
    group: Id,
    unitsPublic: Type.Boolean(),
    lowAt: Type.Integer({ minimum: 0 }),
    clearAt: Type.Integer({ minimum: 0 }),
    threshold: Type.Optional(Units),
    unitsPerCustomerMax: Type.Optional(Quota),
    sellsInbound: Type.Optional(Type.Boolean()),
  },
  strict,
);

const OrderSource = Type.Object(
  {
    channel: Id,
    format: Type.Enum([...ORDER_FORMATS]),
    client: Type.Optional(Id),
    warehouse: Type.Optional(Id),
  },
  strict,
);

const Source = Type.Object(
  {
    id: Id,
    name: Name,
    kind: Type.Enum(['wms', 'pos', 'erp', 'channel', 'handheld']),
    format: Type.Enum(['poslog', 'epcis', 'x12', 'shopify-inventory', 'json', 'csv']),
    grants: Type.Array(
      Type.Object(
        {
          nodes: Type.Union([Type.Array(Id, { maxItems: 10_000 }), Type.Literal('all')]),
          kinds: Type.Array(Type.Enum(['snapshot', 'delta', 'move', 'inbound', 'void', 'complete', 'heartbeat']), {
            minItems: 1,
          }),
          reasons: Type.Optional(Type.Array(Type.Enum([...DELTA_REASONS]))),
        },
        strict,
      ),
      { maxItems: 1000 },
    ),
    unknownSku: Type.Enum(['refuse', 'create']),
    lateMs: Span,
    postsWithinMs: Type.Optional(Span),
    freshMs: Span,
    whenSilent: Type.Optional(WhenSilent),
    nodeCodes: Type.Optional(Type.Record(Type.String(), Id)),
    timeZone: Type.Optional(Name),
    strict: Type.Optional(Type.Boolean()),
    brakes: Type.Optional(
      Type.Object(
        {
          zeroShareMax: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
          moveUnitsMax: Type.Optional(Units),
        },
        strict,
      ),
    ),
    orders: Type.Optional(OrderSource),
  },
  strict,
);

const Moment = Type.Integer({ minimum: Date.UTC(2000), maximum: Date.UTC(2200) });
const Item = Type.Object(
  {
    sku: Id,
    name: Name,
    scale: Type.Integer({ minimum: 0, maximum: 3 }),
    department: Type.Optional(Name),
    priceMinor: Type.Optional(Type.Integer({ minimum: 0 })),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    availableFrom: Type.Optional(Moment),
    enabled: Type.Boolean(),
    grams: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000 })),
    unitsPerCustomerMax: Type.Optional(Quota),
  },
  strict,
);

const Pool = Type.Object({ id: Id, channel: Id, sku: Id, units: Units }, strict);

const Safety = Type.Object(
  {
    id: Id,
    sku: Type.Optional(Id),
    node: Type.Optional(Id),
    department: Type.Optional(Name),
    nodeKind: Type.Optional(NodeKind),
    units: Units,
    from: Type.Optional(Moment),
    to: Type.Optional(Moment),
  },
  strict,
);

const Switch = Type.Object({ sku: Id, node: Id, enabled: Type.Boolean() }, strict);

const Kit = Type.Object(
  {
    sku: Id,
    components: Type.Array(Type.Object({ sku: Id, units: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }, strict), {
      minItems: 1,
      maxItems: COMPONENTS_MAX,
    }),
  },
  strict,
);

const Outfeed = Type.Object(
  {
    // Part of a channel's name and of a path.
    id: Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$' }),
    name: Type.Optional(Name),
    nodes: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1_000 })),
    channels: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 100 })),
    skus: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 5_000 })),
    kinds: Type.Optional(Type.Array(Type.Enum([...MOVEMENT_KINDS]), { minItems: 1, maxItems: MOVEMENT_KINDS.length })),
  },
  strict,
);

export interface RowFault {
  readonly field: string;
  readonly rule: string;
  /** What else is wrong. */
  readonly others?: readonly { readonly field: string; readonly rule: string }[];
}

interface RowCheck {
  Check(row: unknown): boolean;
  Errors(row: unknown): readonly { readonly instancePath: string; readonly message: string; readonly params: object }[];
}

/** What a row of each kind looks like, as JSON Schema. */
export const ROW_SCHEMAS = {
  nodes: Node,
  groups: Group,
  channels: Channel,
  sources: Source,
  items: Item,
  pools: Pool,
  safety: Safety,
  switches: Switch,
  kits: Kit,
  outfeeds: Outfeed,
  carriers: Carrier,
  sourcing: Sourcing,
  automations: Automation,
} satisfies Readonly<Record<ReferenceKind, Type.TSchema>>;

const CHECKS = Object.fromEntries(
  Object.entries(ROW_SCHEMAS).map(([of, schema]) => [of, Compile(schema as Type.TSchema)]),
) as unknown as Readonly<Record<ReferenceKind, RowCheck>>;

/** What is wrong with a row's form, the first fault. */
export function schemaFault(of: ReferenceKind, row: unknown): RowFault | undefined {
  const check = CHECKS[of];
  if (check.Check(row)) return undefined;
  const errors = check.Errors(row);
  // A field that is not in the schema is reported twice; the general message names no field.
  const first = errors.find((error) => error.message !== 'schema is false') ?? errors[0];
  const field = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  return { field, rule: ruleOf(first) };
}

function ruleOf(error: { readonly message: string; readonly params: object } | undefined): string {
  if (error === undefined) return 'must match the schema';
  const allowed = 'allowedValues' in error.params ? error.params.allowedValues : undefined;
  if (Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`;
  const extra = 'additionalProperties' in error.params ? error.params.additionalProperties : undefined;
  if (Array.isArray(extra)) return `has fields nobody knows: ${extra.slice(0, 5).join(', ')}`;
  const missing = 'requiredProperties' in error.params ? error.params.requiredProperties : undefined;
  if (Array.isArray(missing)) return `must have ${missing.slice(0, 5).join(', ')}`;
  return error.message;
}
