import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SubscriptionTable } from './subscription-table.ts';

/** What the server would hold after it obeyed the commands, in order. */
class ServerSide {
  readonly keys = new Set<string>();
  #lastId = 0;

  obey(table: SubscriptionTable): void {
    for (const command of table.takeCommands(() => ++this.#lastId)) {
      for (const key of command.keys) {
        if (command.type === 'subscribe') this.keys.add(key);
        else this.keys.delete(key);
      }
    }
  }
}

type Step = { readonly do: 'add' | 'remove'; readonly key: string } | { readonly do: 'flush' | 'reconnect' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('add' as const, 'remove' as const), key: fc.constantFrom('A', 'B', 'C', 'D') }),
  fc.record({ do: fc.constantFrom('flush' as const, 'reconnect' as const) }),
);

test('after any history of watching, giving up and reconnecting, the server holds exactly what is watched', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = new SubscriptionTable();
      let server = new ServerSide();
      const watched = new Set<string>();
      const listener = (): void => {};
      for (const one of steps) {
        if (one.do === 'add') {
          table.add('stock', one.key, {}, listener);
          watched.add(one.key);
        } else if (one.do === 'remove') {
          table.remove('stock', one.key, listener);
          watched.delete(one.key);
        } else if (one.do === 'flush') server.obey(table);
        else {
          table.forgetTold();
          server = new ServerSide();
        }
      }
      server.obey(table);
      expect([...server.keys].toSorted()).toEqual([...watched].toSorted());
    }),
  );
});

test('keys go out in parts that fit a message', () => {
  const table = new SubscriptionTable();
  for (let number = 0; number < 120; number++) table.add('stock', `sku-${number}`, {}, () => {});
  let id = 0;
  const commands = table.takeCommands(() => ++id);
  expect(commands.map((command) => command.keys.length)).toEqual([50, 50, 20]);
  expect(Math.max(...commands.map((command) => JSON.stringify(command).length))).toBeLessThan(8192);
});

test('one key cannot be watched in two scopes on one socket', () => {
  const table = new SubscriptionTable();
  table.add('stock', 'A', { near: { lat: 1, lon: 2 } }, () => {});
  expect(table.fits('stock', 'A', { near: { lat: 1, lon: 2 } })).toBe(true);
  expect(table.fits('stock', 'A', {})).toBe(false);
  expect(() => table.add('stock', 'A', {}, () => {})).toThrow('another scope');
});
