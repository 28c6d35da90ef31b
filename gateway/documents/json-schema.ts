/** A schema of JSON Schema 2020-12, as far as ours go. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly description?: string;
}

/** Where schemas stand in an OpenAPI and in an AsyncAPI document. */
export const COMPONENTS = '#/components/schemas/';

/** The type of gateway/protocol for numbers that need not be whole. */
const FRACTION = 'Fraction';
/** Times are ms since the epoch: without the format some generators make 32 bits of them. */
const WHOLE = { type: 'integer', format: 'int64' } as const;

/** What typebox makes, in the words most tools show best: enums, additionalProperties, references into the document. */
export function toDocument(made: unknown): JsonSchema {
  if (typeof made !== 'object' || made === null) return made as JsonSchema;
  if (Array.isArray(made)) return made.map(toDocument) as unknown as JsonSchema;
  const schema = made as Record<string, unknown>;
  if (schema['$ref'] === FRACTION) return { type: 'number' };
  const { anyOf, patternProperties, items, additionalItems: _, $ref, ...rest } = schema;
  const plain: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(rest)) plain[keyword] = toDocument(value);
  if (plain['type'] === 'number') Object.assign(plain, WHOLE);
  if (typeof $ref === 'string') plain['$ref'] = $ref.startsWith('#') ? $ref : COMPONENTS + $ref;
  const values = patternProperties as Readonly<Record<string, unknown>> | undefined;
  if (values !== undefined) plain['additionalProperties'] = toDocument(values['^.*$']);
  if (Array.isArray(items)) Object.assign(plain, { prefixItems: toDocument(items), items: false });
  else if (items !== undefined) plain['items'] = toDocument(items);
  if (Array.isArray(anyOf)) Object.assign(plain, union(anyOf));
  return plain;
}

/** Fixed words of one type are an enum; anything else stays a choice of schemas. */
function union(members: readonly unknown[]): JsonSchema {
  const words = members as readonly { readonly type?: string; readonly const?: unknown }[];
  const [first] = words;
  return words.every((word) => 'const' in word && word.type === first?.type)
    ? { ...(first?.type === 'number' ? WHOLE : { type: first?.type }), enum: words.map((word) => word.const) }
    : { anyOf: toDocument(members) };
}

/** Puts what is said of fields, by path, to the fields of a schema. */
export function describe(schema: JsonSchema, said: ReadonlyMap<string, string>, path = ''): JsonSchema {
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties, items, anyOf, allOf } = schema as Record<string, Record<string, JsonSchema>>;
  return {
    ...schema,
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => {
          const inner = path === '' ? name : `${path}.${name}`;
          const description = said.get(inner);
          const described = describe(property, said, inner);
          return [name, description === undefined ? described : { ...described, description }];
        }),
      ),
    }),
    ...(items !== undefined && { items: describe(items, said, path) }),
    ...(anyOf !== undefined && { anyOf: Object.values(anyOf).map((member) => describe(member, said, path)) }),
    ...(allOf !== undefined && { allOf: Object.values(allOf).map((member) => describe(member, said, path)) }),
  };
}
