import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { listeningInodes, portHolder } from './port-holder.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 48301 1 0000000000000000
   1: 0100007F:1F90 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000  1000        0 48355 1 0000000000000000
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11207 1 0000000000000000
`;

test('only who listens counts, not who is connected', () => {
  expect(listeningInodes(TABLE, 8080)).toEqual(['48301']);
  expect(listeningInodes(TABLE, 22)).toEqual(['11207']);
  expect(listeningInodes(TABLE, 80)).toEqual([]);
  expect(listeningInodes('', 80)).toEqual([]);
});

test.runIf(existsSync('/proc/net/tcp'))('finds the process that listens, and none when nobody does', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await portHolder(port)).toMatchObject({ pid: process.pid, command: expect.stringContaining('node') });
  await new Promise((resolve) => server.close(resolve));
  expect(await portHolder(port)).toBeUndefined();
});
