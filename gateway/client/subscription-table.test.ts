import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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

const HERE = { near: { lat: 1, lon: 2 } };
const THERE = { near: { lat: 3, lon: 4 } };

test('one key cannot be watched in scopes that contradict each other on one socket', () => {
  const table = new SubscriptionTable();
  table.add('stock', 'A', HERE, () => {});
  expect(table.fits('stock', 'A', HERE)).toBe(true);
  expect(table.fits('stock', 'A', THERE)).toBe(false);
  expect(table.fits('stock', 'A', { sale: 'b2b' })).toBe(false);
  expect(() => table.add('stock', 'A', THERE, () => {})).toThrow('another scope');
});

describe('who wants no place', () => {
  const ENTRY = { k: 'A', e: 'e1', r: 7, d: 1 };
  const answer = { type: 'subscribed', ch: 'stock', conflateMs: 250 } as const;

  function watchedPlainly() {
    const table = new SubscriptionTable();
    let lastId = 0;
    const commands = () => table.takeCommands(() => ++lastId);
    const heard: unknown[] = [];
    table.add('stock', 'A', {}, (state) => heard.push(state.phase === 'known' ? state.entry.d : state.phase));
    commands();
    table.take({ ...answer, id: 1, snap: [ENTRY] });
    return { table, commands, heard };
  }

  test('is served by the place of another, asked for anew because the revision speaks of no place', () => {
    const { table, commands, heard } = watchedPlainly();
    const near: unknown[] = [];
    table.add('stock', 'A', HERE, (state) => near.push(state.phase === 'known' ? state.entry.d : state.phase));
    expect(commands()).toEqual([{ type: 'subscribe', id: 2, ch: 'stock', keys: ['A'], ...HERE }]);
    expect(near).toEqual([]);
    table.take({ ...answer, id: 2, snap: [{ ...ENTRY, d: 2 }] });
    expect({ heard, near }).toEqual({ heard: [1, 2], near: [2] });
    table.forgetTold();
    expect(commands()).toMatchObject([{ keys: ['A'], ...HERE, since: { A: ['e1', 7] } }]);
  });

  test('lets the place change without leaving the socket', () => {
    const { table, commands } = watchedPlainly();
    const listener = (): void => {};
    table.add('stock', 'A', HERE, listener);
    commands();
    table.remove('stock', 'A', listener);
    expect(commands()).toEqual([]);
    expect(table.fits('stock', 'A', THERE)).toBe(true);
    table.add('stock', 'A', THERE, listener);
    expect(commands()).toMatchObject([{ type: 'subscribe', keys: ['A'], ...THERE }]);
  });

  test('who comes after the place asks nothing more', () => {
    const table = new SubscriptionTable();
    table.add('stock', 'A', HERE, () => {});
    table.takeCommands(() => 1);
    table.add('stock', 'A', {}, () => {});
    expect(table.takeCommands(() => 2)).toEqual([]);
  });
});
