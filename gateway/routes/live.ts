import { no, sendNo } from '../answers.ts';
import { SOCKET_PATH } from '../socket-door.ts';
import type { App } from './route.ts';

/** The websocket's path without a websocket handshake, as a curious browser or a proxy that drops `Upgrade` asks it. */
export function liveRoute(app: App): void {
  app.get(SOCKET_PATH, async (_request, reply) => {
    reply.header('upgrade', 'websocket');
    return sendNo(
      reply,
      no(426, 'upgrade-required', `open ${SOCKET_PATH} as a websocket with sub-protocol onhand.v1.json`),
    );
  });
}
