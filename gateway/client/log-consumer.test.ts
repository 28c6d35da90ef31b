import { expect, test } from 'vitest';
import type { LogMessage } from '../protocol/log-wire.ts';
import type { FakeSocket } from './fake-world.ts';
import { FakeWorld } from './fake-world.ts';
import { LogConsumer } from './log-consumer.ts';

// What the consumer makes of the page around it; against the real server it is tested with the logs.

const CH = 'work:DC-1';

function consumer() {
  const world = new FakeWorld();
  const said: boolean[] = [];
  const made = new LogConsumer(
    {
      url: 'ws://shop.example/v1/live',
      token: 'key',
      channel: CH,
      consumer: 'screen',
      handle: () => undefined,
      reading: (isReading) => said.push(isReading),
    },
    world,
  );
  made.start();
  return { world, made, said };
}

/** Greets, takes the key, and begins at the first event. */
async function begin(world: FakeWorld, socket: FakeSocket): Promise<void> {
  socket.welcome();
  socket.say({
    type: 'connected',
    id: 1,
    client: 'ann',
    limits: { keys: 1, msgBytes: 1, cmdPerSec: 1, updPerSec: 1 },
    caps: [],
  });
  await world.settle();
  const answer: LogMessage = {
    type: 'subscribed',
    id: 2,
    ch: CH,
    e: 'e1',
    from: 1,
    head: 0,
    credit: 10,
    recovered: true,
  };
  socket.onmessage?.({ data: JSON.stringify(answer) });
}

test('[LG5] a consumer says when it reads, and no longer as soon as the machine loses its network', async () => {
  const { world, said } = consumer();
  await begin(world, world.socket);
  expect(said).toEqual([true]);
  const { socket } = world;
  world.page('offline');
  expect({ said, closed: socket.closedWith }).toEqual({ said: [true, false], closed: 1000 });
});

test('[LG5] it comes again the moment the network is back, or the page is looked at, without waiting out its pause', async () => {
  const { world, said } = consumer();
  await begin(world, world.socket);
  world.page('online');
  expect(world.sockets.length).toBe(1);
  world.socket.drop(1006);
  expect(world.sockets.length).toBe(1);
  world.page('online');
  expect(world.sockets.length).toBe(2);
  world.socket.drop(1006);
  world.page('visible');
  expect(world.sockets.length).toBe(3);
  await begin(world, world.socket);
  expect(said.at(-1)).toBe(true);
});

test('[LG5] a consumer that was stopped comes never again, and leaves no timer', async () => {
  const { world, made } = consumer();
  await begin(world, world.socket);
  await made.stop();
  world.page('online');
  expect({ sockets: world.sockets.length, timers: world.timers }).toEqual({ sockets: 1, timers: 0 });
});
