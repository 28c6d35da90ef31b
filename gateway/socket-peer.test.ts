import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { LiveSessions, Opened } from './live-sessions.ts';
import { SUBPROTOCOL } from './protocol/wire.ts';
import { joinSocket } from './socket-peer.ts';

test('[WS10] a ping, a pong and a message of the client are heard alike', async () => {
  const heard: (number | undefined)[] = [];
  const session = { id: 's', open: () => undefined, receive: () => undefined } as unknown as Opened['session'];
  const opened: Opened = { session, heard: (bytes) => heard.push(bytes), ended: () => undefined };
  const live = { open: () => opened } as unknown as LiveSessions;
  const server = new WebSocketServer({ port: 0, handleProtocols: () => SUBPROTOCOL });
  server.on('connection', (ws, request) => {
    joinSocket(live, { log: () => undefined, hit: () => undefined }, ws, request.socket, { address: '' });
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, SUBPROTOCOL);
  await once(client, 'open');
  client.ping();
  client.pong();
  client.send('{}');
  client.close();
  await once(client, 'close');
  expect(heard).toEqual([undefined, undefined, 2]);
  server.close();
});
