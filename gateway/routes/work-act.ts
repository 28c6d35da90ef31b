import { Type, type Static } from 'typebox';
import type { WorkAct } from '../../engine/contract/work-order.ts';
import { no, type No } from '../answers.ts';
import type { WorkActBody } from '../protocol/work-bodies.ts';
import { STRICT } from './route.ts';

const Name = Type.String({ minLength: 1, maxLength: 100 });
const Units = Type.Integer({ minimum: 0, maximum: 1_000_000 });
const Line = Type.Integer({ minimum: 1 });
const Reason = Type.Enum(['not-found', 'damaged', 'too-busy', 'closing', 'other']);
/** Lines of one order, and parcels of one work order, at most. */
const LINES_MAX = 1_000;
const PARCELS_MAX = 100;

/** The fields of every act; which of them an act has, ACTS says. */
export const WorkActFields = Type.Object(
  {
    act: Type.Enum(['accept', 'start', 'pick', 'pack', 'ship', 'ready', 'collect', 'deliver', 'receive', 'reject']),
    lines: Type.Optional(
      Type.Array(Type.Object({ line: Line, picked: Units, short: Type.Optional(Reason) }, STRICT), {
        maxItems: LINES_MAX,
      }),
    ),
    parcels: Type.Optional(
      Type.Array(
        Type.Object(
          {
            carrier: Name,
            tracking: Type.Optional(Name),
            lines: Type.Array(Type.Object({ line: Line, units: Units }, STRICT), { minItems: 1, maxItems: LINES_MAX }),
          },
          STRICT,
        ),
        { maxItems: PARCELS_MAX },
      ),
    ),
    carrier: Type.Optional(Name),
    tracking: Type.Optional(Name),
    /** Ms since the epoch. */
    happenedAt: Type.Optional(Type.Integer({ minimum: 0 })),
    code: Type.Optional(Name),
    reason: Type.Optional(Reason),
    note: Type.Optional(Type.String({ maxLength: 500 })),
  },
  STRICT,
);
type Fields = Static<typeof WorkActFields>;
type Field = Exclude<keyof Fields, 'act'>;
type Said = WorkAct extends infer Act
  ? Act extends WorkAct
    ? Omit<Act, 'work' | 'node' | 'key' | 'by'>
    : never
  : never;

/** What an act may say beside its name, and what it must. */
const ACTS: Readonly<Record<WorkActBody['act'], { readonly may: readonly Field[]; readonly must?: Field }>> = {
  accept: { may: [] },
  start: { may: [] },
  pick: { may: ['lines'] },
  pack: { may: [] },
  ship: { may: ['parcels', 'carrier', 'tracking', 'happenedAt'] },
  ready: { may: [] },
  collect: { may: ['code', 'happenedAt'], must: 'code' },
  deliver: { may: [] },
  receive: { may: [] },
  reject: { may: ['reason', 'note'], must: 'reason' },
};

/** The act, or which field is missing or has no place in it: a pick with a carrier is somebody's mistake. */
export function workActOf(fields: Fields): Said | No {
  const { act } = fields;
  const { may, must } = ACTS[act];
  if (must !== undefined && fields[must] === undefined)
    return no(422, 'invalid-request', `${act} needs ${must}; add it`, { field: must });
  const [stray] = Object.keys(fields).filter((field) => field !== 'act' && !may.includes(field as Field));
  if (stray !== undefined)
    return no(422, 'invalid-request', `${act} takes no ${stray}; leave it out`, { field: stray });
  return (act === 'pick' ? { lines: [], ...fields } : fields) as Said;
}
