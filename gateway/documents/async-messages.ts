import { COMPONENTS, type JsonSchema } from './json-schema.ts';
import type { ProtocolSchemas } from './protocol-schemas.ts';

/** Unions of gateway/protocol whose members are messages. Those of the log need not be part of the others. */
const UNIONS = { client: ['ClientMessage', 'LogCommand'], server: ['ServerMessage', 'LogMessage'] } as const;

export interface AsyncMessages {
  /** Message type → name of its schema. */
  readonly client: ReadonlyMap<string, string>;
  readonly server: ReadonlyMap<string, string>;
  /** These and all they refer to. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** The messages of the wire with their schemas, for the AsyncAPI document. */
export function asyncMessages(protocol: ProtocolSchemas): AsyncMessages {
  const made = new Map<string, JsonSchema>();
  const of = (side: 'client' | 'server'): Map<string, string> => {
    const byType = Map.groupBy(membersOf(protocol, UNIONS[side]), (member) => typeOf(protocol, member));
    return new Map([...byType].map(([type, members]) => [type, nameOf(type, members, made)]));
  };
  const [client, server] = [of('client'), of('server')];
  return { client, server, schemas: withReferred(protocol, made, [...client.values(), ...server.values()]) };
}

function membersOf(protocol: ProtocolSchemas, unions: readonly string[]): JsonSchema[] {
  return unions.flatMap((name) => (protocol.named.get(name)?.['anyOf'] ?? []) as JsonSchema[]);
}

/** The fixed word of the field `type`. */
function typeOf(protocol: ProtocolSchemas, member: JsonSchema): string {
  const found = wordOf(protocol, member);
  if (found === undefined)
    throw new Error(`a message of gateway/protocol has no fixed type: ${JSON.stringify(member)}`);
  return found;
}

function wordOf(protocol: ProtocolSchemas, schema: JsonSchema): string | undefined {
  const { $ref, allOf, properties } = schema as {
    $ref?: string;
    allOf?: JsonSchema[];
    properties?: { type?: { const?: string } };
  };
  if ($ref !== undefined) return wordOf(protocol, protocol.named.get($ref.slice(COMPONENTS.length)) ?? {});
  return properties?.type?.const ?? allOf?.map((part) => wordOf(protocol, part)).find((word) => word !== undefined);
}

/** A message that is one named type keeps that name; one of several forms gets its own. */
function nameOf(type: string, members: readonly JsonSchema[], made: Map<string, JsonSchema>): string {
  const [only, ...others] = members;
  const reference = only?.['$ref'];
  if (others.length === 0 && typeof reference === 'string') return reference.slice(COMPONENTS.length);
  const name = `${type[0]!.toUpperCase()}${type.slice(1)}Message`;
  made.set(name, { anyOf: members });
  return name;
}

function withReferred(
  protocol: ProtocolSchemas,
  made: ReadonlyMap<string, JsonSchema>,
  names: readonly string[],
): Record<string, JsonSchema> {
  const found = new Map<string, JsonSchema>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    const schema = made.get(name) ?? protocol.named.get(name) ?? {};
    found.set(name, draft7(schema));
    for (const [, referred = ''] of JSON.stringify(schema).matchAll(REFERENCE)) waiting.push(referred);
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** AsyncAPI's schemas are of draft 7: a pair is a list of two, and nothing stands beside a reference. */
function draft7(schema: JsonSchema): JsonSchema {
  const text = JSON.stringify(schema, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const { prefixItems, $ref, ...rest } = value as {
      readonly prefixItems?: readonly unknown[];
      readonly $ref?: string;
    };
    if (prefixItems !== undefined) return { ...rest, items: { anyOf: prefixItems }, maxItems: prefixItems.length };
    return $ref === undefined || Object.keys(rest).length === 0 ? value : { allOf: [{ $ref }], ...rest };
  });
  return JSON.parse(text) as JsonSchema;
}

const REFERENCE = new RegExp(`"${COMPONENTS}(\\w+)"`, 'g');
