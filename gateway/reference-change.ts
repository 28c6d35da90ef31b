import { REFERENCE_REFUSALS, type ReferenceRefusal } from '../engine/contract/outcome.ts';
import { REFERENCE_KINDS, rowKey, type ReferenceBatch, type ReferenceKind } from '../engine/contract/reference.ts';
import type { ChangeOutcome } from '../engine/contract/reference-change.ts';
import { no, type No } from './answers.ts';
import { parseMoment } from './moment.ts';
import type { ChangeInfo } from './protocol/reference-bodies.ts';
import type { JudgeRow } from './reference-rules.ts';

// A change of reference data between HTTP and the engine: what was sent, and what became of it.

export function parseKind(text: string): ReferenceKind | No {
  const of = REFERENCE_KINDS.find((kind) => kind === text);
  return (
    of ?? no(404, 'unknown-kind', `the kinds of reference data are ${REFERENCE_KINDS.join(', ')}`, { field: 'of' })
  );
}

/** `/{id}`, and for rows that a sku has several of `/{sku}/{id}`. */
export function parseRowKey(of: ReferenceKind, first: string, second: string | undefined): string | No {
  const isTwo = of === 'pools' || of === 'switches';
  if (isTwo === (second !== undefined)) return second === undefined ? first : `${first}\n${second}`;
  const path = isTwo ? `/v1/reference/${of}/{sku}/{${of === 'switches' ? 'node' : 'id'}}` : `/v1/reference/${of}/{id}`;
  return no(404, 'unknown-row', `the rows of this kind are at ${path}`, { field: 'id' });
}

/** Rows that are well formed, as a batch. `path`: where they stand in the body. */
export function parseRows(
  judge: JudgeRow,
  of: ReferenceKind,
  rows: readonly unknown[],
  path: (index: number) => string,
): ReferenceBatch | No {
  for (const [index, row] of rows.entries()) {
    const fault = judge(of, row);
    if (fault === undefined) continue;
    const at = (within: string): string => [path(index), within].filter((part) => part !== '').join('.');
    const field = at(fault.field);
    const got = fault.field === '' ? '' : `, got ${JSON.stringify(valueAt(row, fault.field))?.slice(0, 80)}`;
    const faults = [fault, ...(fault.others ?? [])].map((each) => ({ field: at(each.field), rule: each.rule }));
    return {
      ...no(422, 'invalid-row', `correct ${field === '' ? 'the row' : field}: ${fault.rule}${got}`, { field }),
      ...(faults.length > 1 && { faults }),
    };
  }
  return { of, rows } as ReferenceBatch;
}

/** The row must be the one that the path names. */
export function isRowOf(batch: ReferenceBatch, key: string): boolean {
  return batch.rows.every((row) => rowKey(batch.of, row) === key);
}

function valueAt(row: unknown, path: string): unknown {
  let value = row;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

/** `If-Match: "12"` is the version somebody saw, `If-None-Match: *` that nothing is there. */
export function parseExpected(headers: {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}): { readonly ifVersion?: number } | No {
  const { 'if-match': match, 'if-none-match': none } = headers;
  if (none === '*' && match === undefined) return { ifVersion: 0 };
  if (match === undefined && none === undefined) return {};
  const version = /^"(\d{1,15})"$/.exec(match ?? '')?.[1];
  if (version !== undefined && none === undefined) return { ifVersion: Number(version) };
  return no(422, 'invalid-request', 'send If-Match with the ETag that was read, or If-None-Match: * for a new row', {
    field: 'if-match',
  });
}

export function parseWhen(effectiveAt: string | undefined): { readonly effectiveAt?: number } | No {
  if (effectiveAt === undefined) return {};
  const atMs = parseMoment(effectiveAt, 'effectiveAt');
  return typeof atMs === 'object' ? atMs : { effectiveAt: atMs };
}

const STATUS: Readonly<Record<ReferenceRefusal, number>> = {
  'still-stocked': 409,
  'too-many-demand-groups': 409,
  'kit-has-stock': 409,
  'too-many-versions': 409,
  'too-many-rows': 422,
  'date-is-past': 422,
  'date-too-far': 422,
  'too-many-pending': 409,
  'version-conflict': 412,
  'unknown-row': 404,
  'channel-stays': 409,
  'kit-stays': 409,
  'components-out-of-bounds': 422,
  'component-twice': 422,
  'kit-of-itself': 422,
  'kit-of-kits': 422,
  'too-many-kits': 409,
  'too-many-outfeeds': 409,
  'names-unknown': 422,
  'still-named': 409,
};

/** What is wrong when no row is. */
const FIELD: Readonly<Partial<Record<ReferenceRefusal, string>>> = {
  'date-is-past': 'effectiveAt',
  'date-too-far': 'effectiveAt',
  'too-many-rows': 'rows',
  'version-conflict': 'if-match',
};

export function changeAnswer(outcome: ChangeOutcome): ChangeInfo | No {
  if (outcome.status !== 'refused') return outcome;
  const { code, version, refusedRows = [] } = outcome;
  const [first] = refusedRows;
  const said = first?.value === undefined ? '' : ` (${first.row.replaceAll('\n', '/')}: ${first.value})`;
  const field = first?.field ?? first?.row ?? FIELD[code];
  return {
    ...no(STATUS[code], code, `${REFERENCE_REFUSALS[code]}${said}`, field === undefined ? {} : { field }),
    ...(version !== undefined && { version }),
    ...(refusedRows.length > 0 && { refusedRows }),
  };
}
