import { connect } from 'node:net';
import { handshake } from './raw-connection.ts';

/** What a client of the protocol says. */
export const MESSAGES = [
  { type: 'connect', id: 1, token: 'a.b.c', client: 'fc-app/1.4' },
  {
    type: 'subscribe',
    id: 2,
    ch: 'stock',
    keys: ['MILK-1', 'BREAD'],
    conflateMs: 500,
    near: { lat: 41.6, lon: -93.6 },
  },
  { type: 'subscribe', id: 3, ch: 'stock', keys: ['MILK-1'], since: { 'MILK-1': ['k3f9', 921] }, sale: 'web' },
  { type: 'subscribe', id: 4, ch: 'ops', keys: ['now'] },
  { type: 'subscribe', id: 5, ch: 'alerts', keys: ['all'] },
  { type: 'subscribe', id: 6, ch: 'order', keys: ['O-1'] },
  { type: 'subscribe', id: 7, ch: 'feed:erp', mode: 'log', since: { e: 'a91c', o: 48_213 }, credit: 256 },
  { type: 'ack', ch: 'feed:erp', o: 48_219 },
  { type: 'nack', ch: 'feed:erp', o: 48_216, code: 'unknown-bin', msg: 'no such bin' },
  { type: 'unsubscribe', id: 8, ch: 'stock', keys: ['MILK-1'] },
  { type: 'hb' },
].map((message) => JSON.stringify(message));

/**
 * Says one frame after the other on sockets of its own: when the server ends one, the rest goes over the next, so that
 * each frame is heard by a session that listens.
 */
export async function talk(url: string, frames: readonly Buffer[]): Promise<void> {
  for (let next = 0; next < frames.length;) next += await talkOnce(url, frames, next);
}

/** How many frames were answered or let pass, the one that ended the socket included. */
function talkOnce(url: string, frames: readonly Buffer[], from: number): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let said = '';
  let heard = 0;
  return new Promise((resolve) => {
    const go = () => {
      if (from + heard === frames.length) return void socket.end(CLOSE);
      // The ping behind it is answered once the frame was taken.
      socket.write(Buffer.concat([frames[from + heard]!, PING]));
      heard += 1;
    };
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Math.max(heard, 1)));
    socket.setEncoding('latin1').on('data', (text: string) => {
      said += text;
      // Closed: who answers no close frame is cut after 2 s, which is somebody else's test.
      if (said.includes('\u0088')) return void socket.destroy();
      const isWelcome = heard === 0 && said.includes('"welcome"');
      const isPong = heard > 0 && said.includes(PONG);
      if (!isWelcome && !isPong) return;
      said = '';
      go();
    });
    socket.write(handshake(url));
  });
}

const PING = Buffer.from([0x89, 0x84, 0, 0, 0, 0, 0x6d, 0x75, 0x74, 0x21]);
const PONG = '\u008a\u0004mut!';
const CLOSE = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]);
