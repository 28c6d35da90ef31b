import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { OrdersAsked } from '../contract/order-view.ts';
import { BenchOrders, CHANNELS } from './bench-orders.ts';
import { customersPage, ordersPage } from './order-answers.ts';
import { ORDER_FACTS_PER_LONG_STEP } from './order-projector.ts';
import { OrderShelf } from './order-shelf.ts';
import { OrdersFile } from './orders-file.ts';

// What orders.sqlite costs: so many orders with all their facts folded and written in the projector's commits, then searches of
// every kind on the whole of it, one after the other. `--short`: each order is one fact, placed as it ends.
//   node engine/views/order-search.bench.ts [--orders 1000000] [--asks 60] [--short] [--json]

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000000' },
    asks: { type: 'string', default: '60' },
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const dir = mkdtempSync(join(tmpdir(), 'onhand-orders-'));
const orders = new BenchOrders(Number(values.orders), values.short);
try {
  const path = join(dir, 'orders.sqlite');
  const file = OrdersFile.create(path);
  file.begin('bench', 1);
  const shelf = new OrderShelf(file.db);
  const written = write(file, shelf);
  const from = { file, shelf, progress: file.progress() };
  const kinds = Object.entries(questions()).map(([kind, ask]) => {
    const found = { orders: 0 };
    const times = Array.from({ length: Number(values.asks) }, () => timed(() => (found.orders += ask(from)))).toSorted(
      (a, b) => a - b,
    );
    return { kind, found: found.orders, p50: at(times, 0.5), p99: at(times, 0.99), times };
  });
  const all = kinds.flatMap(({ times }) => times).toSorted((a, b) => a - b);
  const result = {
    machine: `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}`,
    ...written,
    fileMiB: Math.round(statSync(path).size / 2 ** 20),
    searches: all.length,
    searchMsP50: at(all, 0.5),
    searchMsP99: at(all, 0.99),
    searchMsMax: at(all, 1),
    kinds: kinds.map(({ times: _times, ...kind }) => kind),
  };
  console.log(values.json ? JSON.stringify(result) : result);
  if (!values.json) console.table(result.kinds);
  file.close();
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function write(file: OrdersFile, shelf: OrderShelf): object {
  const started = performance.now();
  const cpu = process.cpuUsage();
  let facts = 0;
  const lives = orders.lives();
  for (let done = false; !done;) {
    file.commit(() => {
      for (let step = 0; step < ORDER_FACTS_PER_LONG_STEP && !done; step++) {
        const next = lives.next();
        done = next.done === true;
        if (next.done !== true) shelf.add(next.value);
        if (next.done !== true) facts++;
      }
      shelf.save();
      return { position: facts, lsns: [], first: 1 };
    });
  }
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    orders: orders.count,
    facts,
    ordersPerSecond: Math.round(orders.count / seconds),
    factsPerSecond: Math.round(facts / seconds),
    cpuMicrosPerFact: Math.round(((user + system) / facts) * 10) / 10,
  };
}

type From = Parameters<typeof ordersPage>[0];

/** How many each finds. */
function questions(): Readonly<Record<string, (from: From) => number>> {
  const list = (asked: () => Partial<OrdersAsked>) => (from: From) =>
    ordersPage(from, { sort: 'newest', limit: 50, ...asked() }).orders.length;
  const day = 86_400_000;
  const then = (): number => 1_760_000_000_000 + orders.draw(350) * day;
  const channel = () => [CHANNELS[orders.draw(CHANNELS.length)]!];
  return {
    newest: list(() => ({})),
    'order number': list(() => ({ q: `#${100_001 + orders.draw(orders.count)}` })),
    'half a number': list(() => ({ q: `#${100_001 + orders.draw(orders.count)}`.slice(0, 5) })),
    'e-mail': list(() => ({ q: orders.customer().email })),
    phone: list(() => ({ q: orders.customer().phone })),
    name: list(() => ({ q: orders.customer().name })),
    'first name': list(() => ({ q: orders.customer().name.split(' ')[0]! })),
    'beginning of a name': list(() => ({ q: orders.customer().name.slice(0, 3) })),
    'town and street': list(() => ({ q: `${orders.customer().city} ${orders.customer().street}` })),
    'sku as words': list(() => ({ q: orders.sku() })),
    'a word of every order': list(() => ({ q: 'product' })),
    'half a word of every order': list(() => ({ q: 'produc' })),
    'two words, one of every order': list(() => ({ q: `street ${orders.customer().email}` })),
    nothing: list(() => ({ q: `nobody${orders.draw(1_000)}` })),
    sku: list(() => ({ sku: orders.sku() })),
    'sku in a channel': list(() => ({ sku: orders.sku(), channels: channel() })),
    channel: list(() => ({ channels: channel() })),
    'two channels, on hold': list(() => ({ channels: CHANNELS.slice(0, 2), status: 'on-hold' })),
    'channel and status': list(() => ({ channels: channel(), status: 'processing' })),
    status: list(() => ({ status: 'shipped' })),
    'queue, waiting longest': list(() => ({ queue: 'unfillable', sort: 'waiting' })),
    'changed last': list(() => ({ sort: 'changed' })),
    node: list(() => ({ node: orders.node() })),
    'node and status': list(() => ({ node: orders.node(), status: 'processing' })),
    'a day': list(() => {
      const from = then();
      return { from, to: from + day };
    }),
    'a day of a channel, a name': list(() => {
      const from = then();
      return { from, to: from + day, channels: channel(), q: 'anna' };
    }),
    'words that nothing has together': list(() => ({ q: 'gift product', status: 'on-hold', node: orders.node() })),
    customers: (from) => customersPage(from, { q: orders.customer().name, limit: 20 }).customers.length,
  };
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function at(times: readonly number[], share: number): number {
  return Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 100) / 100;
}
