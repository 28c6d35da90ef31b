// Bodies of the routes under /v1/reference.

/** A row of reference data that cannot be; `row` is its id, or sku and id with a line break between them. */
export interface RefusedRow {
  readonly row: string;
  readonly code: string;
  readonly field?: string;
  readonly value?: string;
}

/** `PUT`, `POST` and `DELETE /v1/reference/{kind}…`: 200 when every shard has it, 202 when it is planned. */
export type ChangeInfo =
  | { readonly status: 'applied'; readonly version: number; readonly refusedRows: readonly RefusedRow[] }
  | {
      readonly status: 'scheduled';
      readonly id: string;
      readonly effectiveAt: number;
      readonly refusedRows?: readonly RefusedRow[];
    };

/** `GET /v1/reference/{kind}?after=&limit=`; ETag: version of the whole. `GET /v1/reference/{kind}/{id}`: one of the rows. */
export interface ReferenceInfo {
  readonly of: string;
  readonly version: number;
  readonly rows: readonly { readonly key: string; readonly version: number; readonly row: object }[];
  /** For `after`. */
  readonly next?: string;
}

/** `GET /v1/reference/audit?kind=&id=&after=&limit=`, the newest first. */
export interface ReferenceAuditInfo {
  readonly entries: readonly {
    readonly row: number;
    readonly at: number;
    readonly what: 'applied' | 'retired' | 'planned' | 'cancelled' | 'failed';
    readonly of: string;
    readonly key: string;
    readonly by: string;
    readonly reason?: string;
    readonly version?: number;
    readonly before?: object;
    readonly after?: object;
    readonly plan?: string;
    readonly effectiveAt?: number;
    readonly code?: string;
  }[];
  /** Time at which the log begins; absent: with the first change there ever was. */
  readonly reachesFrom?: number;
  readonly next?: number;
}
