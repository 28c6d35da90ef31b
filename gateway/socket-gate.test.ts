import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SocketGate } from './socket-gate.ts';

test('[LM5] each bound has its own answer, and says when to come back', () => {
  const gate = new SocketGate({ socketsMax: 3, socketsPerAddress: 2, acceptsPerSec: 3 }, 0);
  expect([gate.enter('a', 0), gate.enter('a', 0)]).toEqual([undefined, undefined]);
  expect(gate.enter('a', 0)).toMatchObject({ status: 429, code: 'too-many-sockets' });
  expect(gate.enter('b', 0)).toBeUndefined();
  expect(gate.enter('c', 0)).toMatchObject({ status: 503, code: 'too-many-sockets' });
  gate.left('b');
  expect(gate.enter('c', 0)).toMatchObject({ status: 503, code: 'too-many-accepts', retryAfterSec: 1 });
  expect(gate.enter('c', 1_000)).toBeUndefined();
});

test('[LM5] in any coming and going the counts are those of a list', () => {
  const step = fc.record({ address: fc.constantFrom('a', 'b', 'c'), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const gate = new SocketGate({ socketsMax: 5, socketsPerAddress: 3, acceptsPerSec: 10_000 }, 0);
      const inside: string[] = [];
      for (const { address, leaves } of steps) {
        const at = inside.indexOf(address);
        const mayEnter = inside.length < 5 && inside.filter((one) => one === address).length < 3;
        if (leaves && at !== -1) {
          inside.splice(at, 1);
          gate.left(address);
        }
        const entered = !leaves && gate.enter(address, 0) === undefined;
        if (entered) inside.push(address);
        expect(entered).toBe(!leaves && mayEnter);
        expect(gate.sockets).toBe(inside.length);
      }
    }),
  );
});
