import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failing, HOUR, OK, World } from './test-deliverer.ts';

/** What comes of one attempt: the process dies before it, after it came and before it is written, or not. */
const fates = fc.array(fc.constantFrom('ok', 'ok', 'ok', 'no', 'no-answer', 'dies-before', 'dies-after' as const), {
  minLength: 1,
  maxLength: 60,
});

test('[property] whenever the process dies, each event arrives at least once under one id, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fates, fc.integer({ min: 1, max: 12 }), async (plan, count) => {
      const world = new World({ concurrencyEach: 3 });
      const endpoint = world.endpoint();
      const arrived: string[] = [];
      const fate = [...plan];
      let died = false;
      world.answer = (post) => {
        const now = fate.shift() ?? 'ok';
        if (now === 'dies-before' || died) {
          died = true;
          return new Promise(() => undefined);
        }
        if (now === 'no') return Promise.resolve(failing());
        arrived.push(post.headers['webhook-id']!);
        if (now === 'no-answer') return Promise.resolve({ fault: 'ECONNRESET', ms: 1, answer: '' });
        died = now === 'dies-after';
        return died ? new Promise(() => undefined) : Promise.resolve(OK);
      };
      await world.put(count, endpoint);
      const sent = world.db
        .prepare('SELECT id FROM events')
        .all()
        .map(({ id }) => String(id));
      for (let round = 0; round < 300 && world.jobs.waiting(endpoint.id) > 0; round++) {
        if (died) {
          died = false;
          world.crash();
          world.deliverer.wake();
        }
        world.endpoints.change(endpoint.id, { pausedFor: undefined, failures: 0, failingSince: undefined });
        await world.pass(HOUR);
      }
      expect(new Set(arrived)).toEqual(new Set(sent));
      expect(world.states(endpoint).every((state) => state === 'delivered' || state === 'failed')).toBe(true);
      world.db.close();
    }),
    { numRuns: 25 },
  );
});
