import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { SUBPROTOCOL } from './protocol/wire.ts';

// The clients of push.bench.test.ts, on a thread of their own so that the server's CPU can be told from theirs.

export interface PushClients {
  readonly url: string;
  /** Keys of each client. */
  readonly keys: readonly (readonly string[])[];
  readonly conflateMs: number;
  readonly token: string;
}

export interface PushHeard {
  readonly deliveries: number;
  readonly messages: number;
  /** Newest revision per client and key. */
  readonly newest: readonly Readonly<Record<string, number>>[];
}

const { url, keys, conflateMs, token } = workerData as PushClients;
let deliveries = 0;
let messages = 0;
const newest: Record<string, number>[] = [];

for (const [index, watched] of keys.entries()) {
  const seen: Record<string, number> = {};
  newest.push(seen);
  await subscribed(watched, seen, index);
}
parentPort!.postMessage('ready');
parentPort!.on('message', () => {
  const heard: PushHeard = { deliveries, messages, newest };
  parentPort!.postMessage(heard);
});

function subscribed(watched: readonly string[], seen: Record<string, number>, id: number): Promise<void> {
  const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false });
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'connect', id, token }));
    socket.send(JSON.stringify({ type: 'subscribe', id, ch: 'stock', keys: watched, conflateMs }));
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      messages += 1;
      const message = JSON.parse(data.toString()) as { type: string; k: string; r: number };
      if (message.type === 'subscribed') resolve();
      if (message.type !== 'update') return;
      deliveries += 1;
      seen[message.k] = message.r;
    });
  });
}
