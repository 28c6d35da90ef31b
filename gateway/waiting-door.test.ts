import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { openSocket, refusedStatus } from './test-socket.ts';
import { openWaitingDoor } from './waiting-door.ts';

const HOST = '127.0.0.1';

test('while the engine recovers everything is 503 recovering, but the process lives; then the port is free', async () => {
  const door = await openWaitingDoor({ host: HOST, port: 0 });
  const url = `http://${HOST}:${door.port}`;
  for (const path of ['/health/ready', '/v1/stock/A', '/v1/live']) {
    const answer = await fetch(url + path);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 'recovering', retryAfterMs: 1000 });
  }
  expect(await refusedStatus(openSocket(url))).toBe(503);
  const live = await fetch(`${url}/health/live`);
  expect([live.status, await live.json()]).toEqual([200, { status: 'live' }]);

  await door.close();
  const next = createServer((_request, response) => response.end('here'));
  await new Promise<void>((resolve) => next.listen(door.port, HOST, resolve));
  expect(await (await fetch(url)).text()).toBe('here');
  next.closeAllConnections();
  await new Promise((resolve) => next.close(resolve));
});

test('a port that is taken stops the start', async () => {
  const door = await openWaitingDoor({ host: HOST, port: 0 });
  await expect(openWaitingDoor({ host: HOST, port: door.port })).rejects.toThrow('EADDRINUSE');
  await door.close();
});
