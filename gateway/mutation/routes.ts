import { ADMIN_KEY, type TestServer } from '../test-server.ts';

/** One request that would be right. */
export interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string | undefined;
  readonly isRaw: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly example?: string | number;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

/** Every operation of the document, with the examples that stand in it. */
export function routesOf({ paths }: Document): readonly Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]): Route => {
      const named = (where: string) => parameters.filter((one) => one.in === where);
      const example = (name: string) => String(parameters.find((one) => one.name === name)?.example ?? 'x');
      const [type, body] = Object.entries(requestBody?.content ?? {})[0] ?? [];
      const given = body?.example ?? {};
      return {
        name: `${method} ${path}`,
        method: method.toUpperCase(),
        path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(example(name))),
        query: named('query')
          .map(({ name }) => `${name}=${encodeURIComponent(example(name))}`)
          .join('&'),
        body: body === undefined ? undefined : typeof given === 'string' ? given : JSON.stringify(given),
        isRaw: type !== 'application/json',
      };
    }),
  );
}

/** Each row of the reference book, put where it is. */
export async function rowRoutes(server: TestServer): Promise<Route[]> {
  const kinds = ['nodes', 'groups', 'channels', 'sources', 'items'];
  const pages = await Promise.all(kinds.map((of) => server.call(`/v1/reference/${of}`, { key: ADMIN_KEY })));
  return pages.flatMap(({ body }, index) =>
    (body['rows'] as { row: { id?: string; sku?: string } }[]).map(({ row }): Route => {
      const path = `/v1/reference/${kinds[index]}/${row.id ?? row.sku}`;
      return { name: `put ${path}`, method: 'PUT', path, query: '', body: JSON.stringify(row), isRaw: false };
    }),
  );
}
