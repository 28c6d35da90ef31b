import websocket from '@fastify/websocket';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { no, sendNo } from './answers.ts';
import { gateNo, type LiveSessions } from './live-sessions.ts';
import type { App } from './routes/route.ts';
import { joinSocket, socketServerOptions, type PeerLimits, type PeerReports } from './socket-peer.ts';

/** The websocket route for staff and systems. */
export const STAFF_SOCKET_PATH = '/v1/staff/live';

/**
 * The websocket for staff. The public door is the server's own `upgrade` and plain ws, because 5 KB more per idle socket
 * are much for 20,000 pages. Here a handshake goes through the hooks of every other route (@fastify/websocket), so a
 * program shows its key in the head of the request, is refused with a status before anything is opened, and needs no
 * `connect`. A browser, which cannot set the header, sends `connect` as ever; nobody stays without a key.
 */
export class StaffDoor {
  readonly #live: LiveSessions;
  readonly #limits: PeerLimits;
  readonly #reports: PeerReports;
  /** Where the plugin listens instead of the server: with two listeners there both would answer every handshake. */
  readonly #upgrades = new EventEmitter();

  constructor(live: LiveSessions, limits: PeerLimits, reports: PeerReports) {
    this.#live = live;
    this.#limits = limits;
    this.#reports = reports;
  }

  /** Whether the handshake was for this door. */
  upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): boolean {
    if (request.url?.split('?', 1)[0] !== STAFF_SOCKET_PATH) return false;
    this.#upgrades.emit('upgrade', request, raw, head);
    return true;
  }

  readonly routes = async (app: App): Promise<void> => {
    await app.register(async (staff: App) => {
      await staff.register(websocket, {
        options: { server: this.#upgrades as Server, ...socketServerOptions(this.#limits) },
        // The keeper closes all sockets, each at its moment, before the server is closed.
        preClose: (done) => done(),
        errorHandler: (error, ws) => {
          this.#reports.log(`staff socket: ${error.message}`);
          ws.terminate();
        },
      });
      staff.route({
        method: 'GET',
        url: STAFF_SOCKET_PATH,
        exposeHeadRoute: false,
        preHandler: this.#enter,
        onResponse: endRefused,
        handler: answerUpgradeRequired,
        wsHandler: this.#open,
      });
    });
  };

  readonly #enter = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (!request.ws) return undefined;
    const { origin, host } = request.headers;
    const refusal = this.#live.enter({ address: request.ip, origin, host }, request.raw.socket);
    return refusal === undefined ? undefined : sendNo(reply, gateNo(refusal));
  };

  readonly #open = (ws: WebSocket, request: FastifyRequest): void => {
    const { caller, ip: address } = request;
    const who = caller.is === 'staff' ? { address, caller } : { address, staffOnly: true };
    joinSocket(this.#live, this.#reports, ws, request.raw.socket, who);
  };
}

/** A handshake that a hook of all routes refused: the plugin has not seen it, and would leave the connection open. */
async function endRefused(request: FastifyRequest): Promise<void> {
  const isHandshake = request.headers.upgrade?.toLowerCase() === 'websocket';
  if (isHandshake && !request.ws) request.raw.socket.destroySoon();
}

async function answerUpgradeRequired(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  reply.header('upgrade', 'websocket');
  return sendNo(
    reply,
    no(426, 'upgrade-required', `open ${STAFF_SOCKET_PATH} as a websocket with sub-protocol onhand.v1.json`),
  );
}
