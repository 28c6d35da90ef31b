import { SUBPROTOCOL } from '../../gateway/protocol/wire.ts';
import { keyName } from './message.ts';
import { forkServer, type PushServer, type Watched } from './push-server.ts';

const ADMIN_KEY = 'loadtest-key-of-a-gateway-that-lives-for-a-minute';

/** The gateway, fed at its broadcast port: the engine's changes are made in its own process. */
export function startOurs(watched: Watched, nodeFlags: readonly string[] = []): Promise<PushServer> {
  const subscribe = (keys: readonly number[]): string =>
    JSON.stringify({
      type: 'subscribe',
      id: 2,
      ch: 'stock',
      keys: keys.map(keyName),
      conflateMs: watched.conflateMs,
    });
  const connect = JSON.stringify({ type: 'connect', id: 1, token: ADMIN_KEY });
  return forkServer('ours.worker.ts', [ADMIN_KEY, String(watched.keys)], {
    path: '/v1/live',
    protocol: SUBPROTOCOL,
    ready: '"type":"subscribed"',
    // Every version is for staff; who conflates comes as a page does, without a key.
    hellos: watched.ofSocket.map((keys) => (watched.conflateMs === 0 ? [connect, subscribe(keys)] : [subscribe(keys)])),
    nodeFlags,
  });
}
