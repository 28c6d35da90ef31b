import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { SkuStock } from '../../engine/contract/change.ts';
import { isRefusal, parseSku, type Sku } from '../../engine/contract/ids.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { may } from '../caller.ts';
import { matches } from '../entity-tag.ts';
import { stockInReach } from '../in-reach.ts';
import type { ManyStock, PublicStock } from '../protocol/stock-bodies.ts';
import { staffStock } from '../staff-stock.ts';
import { stockState } from '../stock-state.ts';
import { stockView, type StockView } from '../stock-view.ts';
import { sendPastStock } from './past-stock.ts';
import type { App, RouteDeps } from './route.ts';

/** Skus of one question: a page of results, and a URL of a length proxies let through. */
const SKUS_MAX = 100;

const Place = {
  lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  lon: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
  /** How far somebody would go; half the way around the earth is everywhere. */
  km: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 20_100 })),
};
const One = {
  params: Type.Object({ sku: Type.String() }),
  querystring: Type.Object({
    channel: Type.Optional(Type.String()),
    /** A moment of the past, for staff: see past-stock.ts. A position of a kit names each of its parts. */
    at: Type.Optional(Type.String({ maxLength: 400 })),
    ...Place,
  }),
};
const Many = {
  querystring: Type.Object({
    sku: Type.Union([Type.String(), Type.Array(Type.String())]),
    channel: Type.Optional(Type.String()),
    ...Place,
  }),
};

export function stockRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/v1/stock/:sku',
    { schema: One, config: { shared: true }, preValidation: dropEmptyPlace },
    async (request, reply) => {
      const sku = parseSku(request.params.sku);
      if (isRefusal(sku)) return sendNo(reply, no(422, sku.code, sku.message, { field: 'sku' }));
      if (request.query.at !== undefined) return sendPastStock(deps, request, reply, { sku, at: request.query.at });
      const view = parseView(deps, request);
      if (isNo(view)) return sendNo(reply, view);
      const [stock] = await deps.engine.stock([sku]);
      if (stock === undefined && !deps.engine.reference.items.has(sku)) return sendNo(reply, unknownSku(sku));
      const staff = may(request.caller, 'stock') && request.query.channel === undefined;
      const body = staff
        ? stockInReach(request.caller, staffStock(deps.engine, sku, stock))
        : publicStock(view, sku, stock);
      // What staff see rests on more than the sku's facts and a view: names of items, parts of kits, the key's limits.
      const etag = staff ? tagOf(JSON.stringify(body)) : `"${body.e}.${body.r}"`;
      reply.header('etag', etag).header('cache-control', 'no-cache').header('vary', 'authorization, origin');
      return matches(request.headers['if-none-match'], etag) ? reply.code(304).send() : reply.send(body);
    },
  );

  app.get(
    '/v1/stock',
    { schema: Many, config: { shared: true }, preValidation: dropEmptyPlace },
    async (request, reply) => {
      const { sku: asked } = request.query;
      const texts = [...new Set(typeof asked === 'string' ? [asked] : asked)];
      if (texts.length > SKUS_MAX) {
        return sendNo(reply, no(422, 'too-many-skus', `ask for at most ${SKUS_MAX} skus at once`, { field: 'sku' }));
      }
      const view = parseView(deps, request);
      if (isNo(view)) return sendNo(reply, view);
      const skus: Sku[] = [];
      for (const text of texts) {
        const sku = parseSku(text);
        if (isRefusal(sku)) return sendNo(reply, no(422, sku.code, sku.message, { field: 'sku' }));
        skus.push(sku);
      }
      const found = new Map((await deps.engine.stock(skus)).map((one) => [one.sku, one]));
      const stock: PublicStock[] = [];
      const unknown: string[] = [];
      for (const sku of skus) {
        if (!found.has(sku) && !deps.engine.reference.items.has(sku)) {
          unknown.push(sku);
          continue;
        }
        stock.push(publicStock(view, sku, found.get(sku)));
      }
      const body = JSON.stringify({ stock, unknown } satisfies ManyStock);
      // Of many there is no one revision.
      const etag = tagOf(body);
      reply.header('etag', etag).header('cache-control', 'no-cache').header('vary', 'authorization, origin');
      if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').send(body);
    },
  );
}

/** A field of a form that was left empty is no place; made a number it would be 0°. */
async function dropEmptyPlace(request: FastifyRequest): Promise<void> {
  const query = request.query as Record<string, unknown>;
  for (const name of ['lat', 'lon', 'km']) if (query[name] === '') delete query[name];
}

interface AskedStock {
  channel?: string;
  lat?: number;
  lon?: number;
  km?: number;
}

/** What is shown and from where. */
function parseView({ engine, defaultSale }: RouteDeps, request: FastifyRequest): StockView | No {
  const { caller } = request;
  const query = request.query as AskedStock;
  const { channels } = engine.reference;
  const id = query.channel ?? defaultSale();
  const channel = id === undefined ? undefined : channels.get(id);
  if (channel === undefined) {
    return no(404, 'unknown-channel', 'name a channel of sale that exists', { field: 'channel' });
  }
  const { lat, lon, km } = query;
  if (lat === undefined && lon === undefined && km === undefined) return stockView(engine, { caller, channel });
  if (lat === undefined || lon === undefined) {
    const field = lat === undefined ? 'lat' : 'lon';
    return no(422, 'invalid-request', 'give lat and lon together, or neither', { field });
  }
  const near = km === undefined ? { lat, lon } : { lat, lon, km };
  return stockView(engine, { caller, channel, near });
}

function publicStock(view: StockView, sku: Sku, stock: SkuStock | undefined): PublicStock {
  const { channel, e } = view;
  const d = stockState(
    view,
    stock?.channels.find((one) => one.channel === channel.id),
    (node) => stock?.nodes.find((one) => one.node === node)?.available ?? 0,
  );
  return { sku, channel: channel.id, e, r: stock?.revision ?? 0, d };
}

/** Of what is said. */
function tagOf(body: string): string {
  return `"${hash('sha256', body, 'base64url')}"`;
}

function unknownSku(sku: Sku): No {
  return no(
    404,
    'unknown-sku',
    `nobody has reported ${sku} and it is not in the item master; search with /v1/items?q=`,
    {
      field: 'sku',
    },
  );
}
