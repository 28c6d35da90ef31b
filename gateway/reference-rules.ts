import type { ReferenceKind } from '../engine/contract/reference.ts';

/** What is wrong with a row of reference data by itself. */
interface RowFault {
  /** Path of the field within the row; empty: the row as a whole. */
  readonly field: string;
  readonly rule: string;
  /** What else is wrong. */
  readonly others?: readonly { readonly field: string; readonly rule: string }[];
}

/** What rows look like, a JSON Schema for each kind: ROW_SCHEMAS of ingest/reference-schemas.ts. */
export type RowSchemas = Readonly<Record<string, object>>;

/** The rules of rows, as the routes need them. ingest/reference-rules.ts satisfies it; main.ts joins the two. */
export type JudgeRow = (of: ReferenceKind, row: unknown) => RowFault | undefined;
