import { connect, type Socket } from 'node:net';

/** Writes bytes, says that no more come, and reads until the server closes. */
export async function exchange(url: string, bytes: Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let said = '';
  socket.setEncoding('latin1').on('data', (text: string) => (said += text));
  // A reset is an answer too: the server may close before all is written.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.end(bytes);
  await closed;
  return said;
}

/** The head of a handshake for the public websocket. */
export function handshake(url: string, path = '/v1/live'): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
    `Sec-WebSocket-Protocol: onhand.v1.json\r\n\r\n`
  );
}
