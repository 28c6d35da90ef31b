import { Type } from 'typebox';
import { no, sendNo, type No } from '../answers.ts';
import { lackedToWatch } from '../channel-rights.ts';
import { matches } from '../entity-tag.ts';
import type { KeyedState } from '../protocol/state-bodies.ts';
import type { KeyedChannel } from '../topic-source.ts';
import type { App, RouteDeps } from './route.ts';

const CHANNELS: readonly KeyedChannel[] = ['ops', 'alerts', 'order', 'orders'];
const One = {
  params: Type.Object({
    stateChannel: Type.String({ maxLength: 64 }),
    stateKey: Type.String({ minLength: 1, maxLength: 128 }),
  }),
};

/** `GET /v1/states/{channel}/{key}`: what a channel pushes, asked for. Of stock there is more to ask: see stock.ts. */
export function stateRoutes(app: App, { states }: RouteDeps): void {
  app.get('/v1/states/:stateChannel/:stateKey', { schema: One }, async (request, reply) => {
    const { stateChannel, stateKey: k } = request.params;
    if (request.caller.is === 'public') return sendNo(reply, KEY_REQUIRED);
    const ch = CHANNELS.find((one) => one === stateChannel);
    if (ch === undefined) return sendNo(reply, UNKNOWN);
    const lacked = lackedToWatch(request.caller, ch);
    if (lacked !== undefined) return sendNo(reply, no(403, 'forbidden', `${ch} needs a key with ${lacked}`));
    const topics = await states[ch].acquire([k], { caller: request.caller, address: request.ip });
    // Only tokens are guessed, and one in a URL was refused before.
    if ('retryAfterMs' in topics) return sendNo(reply, UNKNOWN);
    const topic = topics.find((one) => one.k === k);
    const shown = topic?.shown();
    for (const one of topics) states[ch].release(one);
    if (topic === undefined || shown === undefined) return sendNo(reply, UNKNOWN);
    const { e } = topic;
    const { r, d } = shown;
    const etag = `"${e}.${r}"`;
    reply.header('etag', etag).header('cache-control', 'no-cache').header('vary', 'authorization, origin');
    if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
    reply.type('application/json; charset=utf-8');
    const head: Omit<KeyedState, 'd'> = { ch, k, e, r };
    // The text that is kept already, not serialised twice.
    return reply.send(`${JSON.stringify(head).slice(0, -1)},"d":${d}}`);
  });
}

const KEY_REQUIRED: No = no(401, 'key-required', 'this needs a key: send `Authorization: Bearer <key>`');
const UNKNOWN: No = no(404, 'unknown-state', 'there is no such channel or key, or it is not for this caller', {
  field: 'stateKey',
});
