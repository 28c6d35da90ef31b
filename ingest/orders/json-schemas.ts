import Type from 'typebox';
import { Compile } from 'typebox/compile';

import { ORDER_LINES_MAX } from '../../engine/contract/shop-order.ts';
import { Id, Name, strict } from '../row-parts.ts';
import { UNITS_MAX } from './fields.ts';

// Our own JSON for orders, field by field. Unknown fields are refused: a misspelt one would be an order without it.

const optional = Type.Optional;
/** Digits, so that no cent is lost on the way: "19.99". */
const Amount = Type.String({ pattern: '^-?\\d{1,12}(\\.\\d{1,12})?$' });
/** Zero or more. */
const Price = Type.String({ pattern: '^\\d{1,12}(\\.\\d{1,12})?$' });
/** ms since the epoch, or ISO 8601 text. */
const Time = Type.Union([Type.Integer(), Type.String({ maxLength: 40 })]);
const Text = Type.String({ minLength: 1, maxLength: 500 });
const Currency = Type.String({ pattern: '^[A-Z]{3}$' });

const Line = Type.Object(
  {
    line: optional(Id),
    sku: Id,
    name: optional(Text),
    units: Type.Integer({ minimum: 0, maximum: UNITS_MAX }),
    price: optional(Price),
    discount: optional(Price),
    tax: optional(Amount),
    node: optional(Id),
  },
  strict,
);

const Charge = Type.Object(
  { kind: Type.Enum(['shipping', 'fee', 'discount', 'other']), name: Name, amount: Amount, tax: optional(Amount) },
  strict,
);

const Customer = Type.Object(
  { id: optional(Id), name: optional(Name), email: optional(Name), phone: optional(Name) },
  strict,
);

const Address = Type.Object(
  {
    name: optional(Name),
    lines: optional(Type.Array(Name, { maxItems: 10 })),
    city: optional(Name),
    region: optional(Name),
    postcode: optional(Name),
    country: optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    phone: optional(Name),
    lat: optional(Type.Number({ minimum: -90, maximum: 90 })),
    lon: optional(Type.Number({ minimum: -180, maximum: 180 })),
  },
  strict,
);

const head = { orderId: Id, message: optional(Id) };

const State = Type.Object(
  {
    ...head,
    kind: optional(Type.Enum(['place', 'edit'])),
    at: optional(Time),
    placedAt: Time,
    number: optional(Name),
    currency: Currency,
    customer: optional(Customer),
    shipTo: optional(Address),
    method: optional(Type.Enum(['ship', 'pickup', 'ship-to-store'])),
    pickupNode: optional(Id),
    lines: Type.Array(Line, { minItems: 1, maxItems: ORDER_LINES_MAX }),
    charges: optional(Type.Array(Charge, { maxItems: 100 })),
    taxesIncluded: optional(Type.Boolean()),
    tags: optional(Type.Array(Name, { maxItems: 50 })),
    priority: optional(Type.Integer({ minimum: 0, maximum: 9 })),
    reservation: optional(Type.String({ pattern: '^r[0-9]{1,4}-[0-9a-z]{1,10}$' })),
    group: optional(Id),
    paid: optional(Type.Enum(['pending', 'authorized', 'paid', 'refunded'])),
    fulfilled: optional(Type.Object({ node: Id, at: optional(Time) }, strict)),
    note: optional(Text),
  },
  strict,
);

const Cancel = Type.Object({ ...head, kind: Type.Literal('cancel'), at: Time, reason: optional(Text) }, strict);

const RefundLine = Type.Object(
  {
    line: Id,
    units: Type.Integer({ minimum: 1, maximum: UNITS_MAX }),
    restock: Type.Enum(['cancel', 'return', 'none']),
    node: optional(Id),
  },
  strict,
);

const Refund = Type.Object(
  {
    ...head,
    kind: Type.Literal('refund'),
    at: Time,
    lines: optional(Type.Array(RefundLine, { maxItems: ORDER_LINES_MAX })),
    amount: Price,
    currency: Currency,
    reason: optional(Text),
  },
  strict,
);

export type OrderState = Type.Static<typeof State>;
export type OrderCancel = Type.Static<typeof Cancel>;
export type OrderRefund = Type.Static<typeof Refund>;

export const ORDER_ROWS = { state: Compile(State), cancel: Compile(Cancel), refund: Compile(Refund) };
