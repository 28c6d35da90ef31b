import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { sendNo } from '../answers.ts';
import { EventStream } from '../event-stream.ts';
import { gateNo } from '../live-sessions.ts';
import { StreamResume } from '../stream-resume.ts';
import type { App, RouteDeps } from './route.ts';

const Query = Type.Object({
  ch: Type.Optional(Type.String()),
  key: Type.Union([Type.String(), Type.Array(Type.String())]),
  sale: Type.Optional(Type.String()),
  lat: Type.Optional(Type.Number()),
  lon: Type.Optional(Type.Number()),
  km: Type.Optional(Type.Number()),
  conflateMs: Type.Optional(Type.Integer()),
  /** The last event's id, for clients that cannot send the header Last-Event-ID. */
  since: Type.Optional(Type.String()),
});

/**
 * `GET /v1/live/events?ch=stock&key=A&key=B`: the same session as on the websocket, as Server-Sent Events, for pages
 * behind proxies that break websockets. Each event's `data` is one server message; its one subscribe is the query.
 */
export function liveEventsRoute(app: App, { live }: RouteDeps): void {
  app.get(
    '/v1/live/events',
    { schema: { querystring: Query }, config: { shared: true, stays: true }, exposeHeadRoute: false },
    (request, reply) => {
      const { origin, host } = request.headers;
      const refusal = live.enter({ address: request.ip, origin, host }, reply.raw);
      if (refusal !== undefined) return void sendNo(reply, gateNo(refusal));
      stream(live, request, reply, request.query);
    },
  );
}

function stream(
  live: RouteDeps['live'],
  request: FastifyRequest,
  reply: FastifyReply,
  { ch = 'stock', key, sale, conflateMs, since, lat, lon, km }: Static<typeof Query>,
): void {
  const keys = [...new Set([key].flat())];
  const near = lat === undefined && lon === undefined && km === undefined ? {} : { near: { lat, lon, km } };
  // Nothing else of the address: a `type` or `mode` in it must not become a field of the command.
  const question = { ch, sale, conflateMs, ...near };
  const resume = new StreamResume(JSON.stringify(question), keys);
  const lastEventId = request.headers['last-event-id'];
  resume.goOnFrom(typeof lastEventId === 'string' ? lastEventId : (since ?? ''));

  const events = new EventStream(reply, resume);
  const { caller, ip: address } = request;
  const { session, ended } = live.open({ address, wire: events, raw: events, caller });
  reply.raw.on('error', () => undefined);
  reply.raw.once('close', () => ended(events.closeCode));
  session.open();
  // The head of a request is bounded already, so the bytes of a message are not counted again.
  session.receive(JSON.stringify({ type: 'subscribe', id: 0, keys, since: resume.since(), ...question }), 0);
}
