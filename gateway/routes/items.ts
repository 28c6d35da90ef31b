import { Type } from 'typebox';
import { findItems } from '../items.ts';
import type { ItemsFound } from '../protocol/stock-bodies.ts';
import type { App, RouteDeps } from './route.ts';

const Search = {
  querystring: Type.Object({
    q: Type.String({ maxLength: 128 }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  }),
};

export function itemRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/items', { schema: Search, config: { shared: true } }, async (request): Promise<ItemsFound> => {
    const { q, limit } = request.query;
    return { items: await findItems(deps.engine.reference.items, q, limit ?? 20) };
  });
}
