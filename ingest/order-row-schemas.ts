import Type from 'typebox';
import { Id, Name, NodeKind, Span, strict, Units } from './row-parts.ts';

// Rows of what orders are sourced by, as engine/contract/sourcing.ts and automation.ts describe them.

const Minor = Type.Integer({ minimum: 0, maximum: 10_000_000_000 });
const Ids = Type.Array(Id, { minItems: 1, maxItems: 1_000 });
const Words = Type.Array(Name, { minItems: 1, maxItems: 100 });
const Methods = Type.Array(Type.Enum(['ship', 'pickup', 'ship-to-store']), { minItems: 1, maxItems: 3 });

/** What a rule may ask of an order, whatever it is for. */
const aboutOrder = {
  channels: Type.Optional(Ids),
  methods: Type.Optional(Methods),
  tags: Type.Optional(Words),
  valueMinorMin: Type.Optional(Minor),
  valueMinorMax: Type.Optional(Minor),
  countries: Type.Optional(Words),
};

export const Carrier = Type.Object(
  {
    id: Id,
    name: Name,
    from: Type.Optional(Type.Array(NodeKind, { minItems: 1, maxItems: 4 })),
    countries: Type.Optional(Words),
    zones: Type.Array(
      Type.Object(
        {
          zone: Name,
          kmMax: Type.Number({ exclusiveMinimum: 0, maximum: 25_000 }),
          baseMinor: Minor,
          perKgMinor: Minor,
          days: Type.Integer({ minimum: 0, maximum: 60 }),
        },
        strict,
      ),
      { minItems: 1, maxItems: 50 },
    ),
    gramsMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
    days: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 })),
  },
  strict,
);

const SourcingStep = Type.Object(
  {
    name: Name,
    match: Type.Optional(
      Type.Object(
        {
          ...aboutOrder,
          postcodes: Type.Optional(Words),
          departments: Type.Optional(Words),
        },
        strict,
      ),
    ),
    candidates: Type.Optional(
      Type.Object(
        {
          kinds: Type.Optional(Type.Array(NodeKind, { minItems: 1, maxItems: 4 })),
          groups: Type.Optional(Ids),
          nodes: Type.Optional(Ids),
          except: Type.Optional(Ids),
          kmMax: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 25_000 })),
        },
        strict,
      ),
    ),
    rank: Type.Array(Type.Enum(['cost', 'distance', 'priority', 'balance', 'open-work']), { minItems: 1, maxItems: 5 }),
    priorities: Type.Optional(Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: 1_000 }))),
    constraints: Type.Optional(
      Type.Object(
        {
          nodesMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
          splitValueMinorMin: Type.Optional(Minor),
          wholeLines: Type.Optional(Type.Boolean()),
          keepTogether: Type.Optional(Type.Array(Words, { maxItems: 20 })),
          staleOut: Type.Optional(Type.Boolean()),
          leaveUnits: Type.Optional(Units),
          mayBeLate: Type.Optional(Type.Boolean()),
          partial: Type.Optional(Type.Boolean()),
        },
        strict,
      ),
    ),
    otherwise: Type.Optional(
      Type.Union([Type.Enum(['next', 'queue', 'backorder']), Type.Object({ cancelAfterMs: Span }, strict)]),
    ),
  },
  strict,
);

export const Sourcing = Type.Object(
  {
    id: Id,
    name: Name,
    steps: Type.Array(SourcingStep, { minItems: 1, maxItems: 50 }),
    costs: Type.Object(
      {
        splitMinor: Minor,
        handlingMinor: Type.Object({ dc: Minor, store: Minor, supplier: Minor, 'third-party': Minor }, strict),
        pressureMinor: Minor,
      },
      strict,
    ),
    acceptMs: Type.Optional(Span),
    collectMs: Type.Optional(Span),
    attemptsMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  strict,
);

const HoldKind = Type.Enum(['payment', 'fraud', 'address', 'manual', 'review']);

export const Automation = Type.Object(
  {
    id: Id,
    name: Name,
    enabled: Type.Boolean(),
    when: Type.Union([
      Type.Object(
        {
          event: Type.Enum([
            'placed',
            'allocated',
            'unfillable',
            'rejected',
            'shipped',
            'ready',
            'collected',
            'cancelled',
            'returned',
          ]),
        },
        strict,
      ),
      Type.Object({ event: Type.Literal('unfilled'), afterMs: Span }, strict),
    ]),
    if: Type.Optional(
      Type.Object(
        {
          ...aboutOrder,
          unitsMin: Type.Optional(Units),
        },
        strict,
      ),
    ),
    // A rule reads `when … if … then`; a schema is never awaited.
    // oxlint-disable-next-line unicorn/no-thenable
    then: Type.Array(
      Type.Union([
        Type.Object({ do: Type.Literal('hold'), kind: HoldKind }, strict),
        Type.Object({ do: Type.Literal('tag'), tag: Name }, strict),
        Type.Object({ do: Type.Literal('set-priority'), priority: Type.Integer({ minimum: 0, maximum: 9 }) }, strict),
        Type.Object({ do: Type.Enum(['re-source', 'cancel']) }, strict),
        Type.Object({ do: Type.Literal('notify'), text: Name }, strict),
      ]),
      { minItems: 1, maxItems: 5 },
    ),
  },
  strict,
);
