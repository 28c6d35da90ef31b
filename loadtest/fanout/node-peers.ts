import { forkServer, type PushServer, type Watched } from './push-server.ts';

/** A bare loop of `socket.write`, ws, or socket.io. */
export function startNodePeer(peer: 'bare' | 'ws' | 'socket.io', { keys }: Watched): Promise<PushServer> {
  const about =
    peer === 'socket.io'
      ? // Engine.IO's websocket transport: `40` joins the default namespace, and is answered so.
        { path: '/socket.io/?EIO=4&transport=websocket', ready: '40{', hellos: [['40']] }
      : { path: '/', ready: '', hellos: [[]] };
  return forkServer('node-peers.worker.ts', [peer, String(keys)], { protocol: '', ...about });
}
