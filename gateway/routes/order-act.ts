import { Type, type Static } from 'typebox';
import { isRefusal, parseNodeId } from '../../engine/contract/ids.ts';
import type { HoldKind, OrderAct } from '../../engine/contract/order.ts';
import { ORDER_LINES_MAX } from '../../engine/contract/shop-order.ts';
import { no, type No } from '../answers.ts';
import type { OrderActBody } from '../protocol/order-bodies.ts';
import { STRICT } from './route.ts';

const Name = Type.String({ minLength: 1, maxLength: 128 });
const Text = Type.String({ minLength: 1, maxLength: 500 });
const Units = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const HOLDS = ['payment', 'fraud', 'address', 'manual', 'review'] as const satisfies readonly HoldKind[];
/** As much as an order may say of itself. */
const TAGS_MAX = 50;
const MONEY_MAX = 10_000_000_000;

/** The fields of every act; which of them an act has, ACTS says. */
export const OrderActFields = Type.Object(
  {
    act: Type.Enum([
      'cancel',
      'hold',
      'unhold',
      'allocate',
      'release',
      'pull-back',
      're-source',
      'tag',
      'set-priority',
      'note',
      'request-return',
      'receive-return',
      'refuse-return',
    ]),
    reason: Type.Optional(Text),
    lines: Type.Optional(
      Type.Array(Type.Object({ line: Name, units: Units, reason: Type.Optional(Text) }, STRICT), {
        minItems: 1,
        maxItems: ORDER_LINES_MAX,
      }),
    ),
    kind: Type.Optional(Type.Enum([...HOLDS])),
    node: Type.Optional(Name),
    work: Type.Optional(Name),
    tags: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: TAGS_MAX })),
    priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
    text: Type.Optional(Type.String({ maxLength: 500 })),
    id: Type.Optional(Name),
    grades: Type.Optional(
      Type.Array(Type.Object({ line: Name, units: Units, grade: Type.Enum(['good', 'damaged']) }, STRICT), {
        minItems: 1,
        maxItems: ORDER_LINES_MAX,
      }),
    ),
    refundMinor: Type.Optional(Type.Integer({ minimum: 0, maximum: MONEY_MAX })),
  },
  STRICT,
);
type Fields = Omit<Static<typeof OrderActFields>, 'reason'>;
type Field = Exclude<keyof Fields, 'act'>;

interface Takes {
  readonly must: readonly Field[];
  readonly may?: Field;
}

/** What each act must say beside its name, and what it may. */
const ACTS: Readonly<Record<OrderActBody['act'], Takes>> = {
  cancel: { must: [], may: 'lines' },
  hold: { must: ['kind'] },
  unhold: { must: ['kind'] },
  allocate: { must: ['node'], may: 'lines' },
  release: { must: [] },
  'pull-back': { must: ['work'] },
  're-source': { must: [] },
  tag: { must: ['tags'] },
  'set-priority': { must: ['priority'] },
  note: { must: ['text'] },
  'request-return': { must: ['lines'] },
  'receive-return': { must: ['id', 'node', 'grades'], may: 'refundMinor' },
  'refuse-return': { must: ['id'] },
};

/** The act, or which field is missing or has no place in it: a hold with a node is somebody's mistake. */
export function orderActOf(fields: Fields): OrderAct | No {
  const { act, node } = fields;
  const { must, may } = ACTS[act];
  const missing = must.find((field) => fields[field] === undefined);
  if (missing !== undefined) return invalid(`${act} needs ${missing}; add it`, missing);
  const stray = Object.keys(fields).find((field) => ![...must, may, 'act'].includes(field as Field));
  if (stray !== undefined) return invalid(`${act} takes no ${stray}; leave it out`, stray);
  const why = act === 'request-return' ? -1 : (fields.lines ?? []).findIndex(({ reason }) => reason !== undefined);
  if (why !== -1) return invalid(`${act} has one reason, for all of it`, `lines[${why}].reason`);
  const parsed = node === undefined ? '' : parseNodeId(node);
  return isRefusal(parsed) ? no(422, parsed.code, parsed.message, { field: 'node' }) : (fields as OrderAct);
}

const invalid = (message: string, field: string): No => no(422, 'invalid-request', message, { field });
