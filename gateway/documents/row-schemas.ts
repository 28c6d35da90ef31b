import type { RowSchemas } from '../reference-rules.ts';
import { COMPONENTS, type JsonSchema } from './json-schema.ts';

/** Any row of reference data; a kind's own is `OutfeedsRow`, `NodesRow` … */
export const ANY_ROW = 'ReferenceRow';

/** The schemas of rows by the names they have in the document. */
export function rowSchemas(rows: RowSchemas): [name: string, schema: JsonSchema][] {
  const own = Object.entries(rows).map(([of, schema]): [string, JsonSchema] => {
    const description = `A row of /v1/reference/${of}. Unknown fields are refused.`;
    return [nameOf(of), { ...(JSON.parse(JSON.stringify(schema)) as JsonSchema), description }];
  });
  const anyOf = own.map(([name]) => ({ $ref: COMPONENTS + name }));
  return [[ANY_ROW, { description: 'A row of the kind that the path names.', anyOf }], ...own];
}

function nameOf(of: string): string {
  return `${of[0]!.toUpperCase()}${of.slice(1)}Row`;
}
