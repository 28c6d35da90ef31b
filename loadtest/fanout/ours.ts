import { SUBPROTOCOL } from '../../gateway/protocol/wire.ts';
import type { Hello } from './fleet.ts';
import { keyName } from './message.ts';
import { forkServer, type PushServer, type Watched } from './push-server.ts';

const ADMIN_KEY = 'loadtest-key-of-a-gateway-that-lives-for-a-minute';

/** Where a page watches stock. */
export const LIVE_DOOR = {
  path: '/v1/live',
  protocol: SUBPROTOCOL,
  ready: '"type":"subscribed"',
} as const;

/** The gateway, fed at its broadcast port: the engine's changes are made in its own process. */
export function startOurs(watched: Watched, nodeFlags: readonly string[] = []): Promise<PushServer> {
  return forkServer('ours.worker.ts', [ADMIN_KEY, String(watched.keys)], {
    ...LIVE_DOOR,
    hellos: watched.ofSocket.map((keys) => helloOurs(keys, watched.conflateMs)),
    nodeFlags,
  });
}

/** Every version is for staff; who conflates comes as a page does, without a key. */
export function helloOurs(keys: readonly number[], conflateMs: number): readonly Hello[] {
  const connect = JSON.stringify({ type: 'connect', id: 1, token: ADMIN_KEY });
  const subscribe = JSON.stringify({ type: 'subscribe', id: 2, ch: 'stock', keys: keys.map(keyName), conflateMs });
  return conflateMs === 0 ? [connect, subscribe] : [subscribe];
}
