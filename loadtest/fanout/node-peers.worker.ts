import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server as SocketIo } from 'socket.io';
import { type WebSocket, WebSocketServer } from 'ws';
import { keyName, messageText } from './message.ts';
import { nowMs, obeyOrders } from './push-server.ts';

// What one would write with node instead: a bare loop over raw sockets, ws, socket.io. Each sends every message to all.

type Send = (texts: readonly string[]) => void;

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

const PEERS: Readonly<Record<string, (http: Server) => Send>> = {
  bare: bareWrites,
  ws: wsSends,
  'socket.io': socketIoEmits,
};

const [peer = '', keyCount = '1'] = process.argv.slice(2);
const http = createServer();
const send = PEERS[peer]?.(http);
if (send === undefined) throw new Error(`no peer ${peer}`);
const keys = Array.from({ length: Number(keyCount) }, (_, index) => keyName(index));
let revision = 1000;

http.listen(0, '127.0.0.1', () => {
  obeyOrders((http.address() as AddressInfo).port, (first, count) => {
    const sentMs = nowMs();
    const texts: string[] = [];
    for (let message = first; message < first + count; message++)
      texts.push(messageText(keys[message % keys.length]!, ++revision, sentMs));
    send(texts);
  });
});

/** The least that can be done: frames made once, one write per socket. */
function bareWrites(server: Server): Send {
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, socket: Socket) => {
    const key = String(request.headers['sec-websocket-key']);
    const accept = createHash('sha1').update(`${key}${WEBSOCKET_GUID}`).digest('base64');
    socket.setNoDelay(true);
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  return (texts) => {
    const bytes = Buffer.concat(texts.map(frame));
    for (const socket of sockets) socket.write(bytes);
  };
}

/** 126 to 65,535 bytes of ASCII. */
function frame(text: string): Buffer {
  const head = Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff]);
  return Buffer.concat([head, Buffer.from(text, 'latin1')]);
}

function wsSends(server: Server): Send {
  const sockets = new Set<WebSocket>();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return (texts) => {
    for (const text of texts) for (const socket of sockets) socket.send(text);
  };
}

function socketIoEmits(server: Server): Send {
  const io = new SocketIo(server, {
    transports: ['websocket'],
    perMessageDeflate: false,
    serveClient: false,
    pingInterval: 300_000,
  });
  return (texts) => {
    for (const text of texts) io.emit('m', JSON.parse(text));
  };
}
