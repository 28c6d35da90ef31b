import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { COMPONENTS, type JsonSchema } from './json-schema.ts';

/** For tests: judges values by the schemas of a document, strictly: a field that is not named is a fault too. */
export class SchemaCheck {
  readonly #components: Readonly<Record<string, JsonSchema>>;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, formats: { int64: true } });
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(components: Readonly<Record<string, JsonSchema>>) {
    this.#components = components;
  }

  /** `name` tells schemas apart and begins what is said. */
  faultsOf(name: string, schema: JsonSchema, value: unknown): string[] {
    const check = this.#compiled.get(name) ?? this.#ajv.compile(closed(this.#resolved(schema)));
    this.#compiled.set(name, check);
    if (check(value)) return [];
    return (check.errors ?? []).map(({ instancePath, message, params }) => {
      return `${name}${instancePath} ${message} ${JSON.stringify(params)}: ${JSON.stringify(value).slice(0, 300)}`;
    });
  }

  /** With what it refers to put in. */
  #resolved(schema: unknown): JsonSchema {
    if (Array.isArray(schema)) return schema.map((one) => this.#resolved(one)) as unknown as JsonSchema;
    if (typeof schema !== 'object' || schema === null) return schema as unknown as JsonSchema;
    const { $ref, ...rest } = schema as { readonly $ref?: string };
    const own = Object.fromEntries(Object.entries(rest).map(([keyword, value]) => [keyword, this.#resolved(value)]));
    if ($ref === undefined) return own;
    const target = this.#components[$ref.slice(COMPONENTS.length)];
    if (target === undefined) throw new Error(`${$ref} is not in the document`);
    return { ...own, ...this.#resolved(target) };
  }
}

/** Objects with named fields may have no others. Of schemas that hold together, the whole may not. */
function closed(schema: JsonSchema, isPart = false): JsonSchema {
  if (Array.isArray(schema)) return schema.map((one: JsonSchema) => closed(one)) as unknown as JsonSchema;
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      const areParts = keyword === 'allOf' || (isPart && keyword === 'anyOf');
      return [
        keyword,
        areParts ? (value as JsonSchema[]).map((part) => closed(part, true)) : closed(value as JsonSchema),
      ];
    }),
  );
  if (isPart) return inner;
  if (schema['allOf'] !== undefined) return { ...inner, unevaluatedProperties: false };
  const names = Object.keys((schema['properties'] as object | undefined) ?? {});
  const isOpen = schema['type'] !== 'object' || names.length === 0 || schema['additionalProperties'] !== undefined;
  return isOpen ? inner : { ...inner, additionalProperties: false };
}
