import { expect, test } from 'vitest';
import { AckPace } from './ack-pace.ts';
import { FakeWorld } from './fake-world.ts';

function paced(credit: number) {
  const world = new FakeWorld();
  const acks: number[] = [];
  const pace = new AckPace(world, (o) => acks.push(o));
  pace.begin(0, credit);
  pace.handled(1, false);
  return { world, acks, pace };
}

test('[LG7] while there is more to do, what was dealt with is acknowledged each second', () => {
  const { world, acks, pace } = paced(256);
  for (const o of [2, 3, 4, 5]) {
    world.pass(300);
    pace.handled(o, false);
  }
  expect(acks).toEqual([1, 4]);
});

test('[LG7] half the credit is acknowledged soon, and the last event after it no later', () => {
  const { world, acks, pace } = paced(4);
  pace.handled(2, false);
  pace.handled(3, false);
  pace.handled(4, false);
  world.pass(10);
  expect(acks).toEqual([1, 4]);
});
