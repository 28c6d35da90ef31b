import { readFileSync } from 'node:fs';
import { output } from './output.ts';
import { cpuMicrosOf } from './process-cpu.ts';
import { redisMissing, type RedisServer, startRedis } from './redis-server.ts';
import type { Row, Skipped } from './row.ts';

// Redis on the same work: 20,000 skus of 1,000 units, one unit at a time, of 20 requests one asks for too much.

const SKUS = 20_000;
const UNITS_FIRST = 1_000;
const CLIENTS = 64;
const PIPELINES = [1, 16, 128];
/** redis-benchmark puts random numbers below this for each __rand_int__. */
const RANDOM_MAX = 2_000_000_000;

const SCRIPTS = {
  minimal: { randoms: 2, about: 'minimal Lua script' },
  careful: { randoms: 5, about: 'careful Lua script (key, expiry, change)' },
} as const;

export async function redisRows(operations: number, say: (line: string) => void): Promise<readonly Row[] | Skipped> {
  const why = redisMissing(say);
  if (why !== undefined) return { who: 'redis', why };
  const rows: Row[] = [];
  for (const appendfsync of ['always', 'no'] as const) {
    for (const script of ['minimal', 'careful'] as const) {
      const server = await startRedis(appendfsync);
      try {
        stockUp(server);
        const sha = server.cli(['-x', 'SCRIPT', 'LOAD'], text(script));
        for (const pipeline of PIPELINES) {
          say(`redis, appendfsync ${appendfsync}, ${script}, -P ${pipeline}`);
          // One after the other pays the disk each time: fewer are enough.
          const count = pipeline === 1 && appendfsync === 'always' ? Math.ceil(operations / 10) : operations;
          rows.push(await measure(server, { sha, script, pipeline, appendfsync, count }));
        }
      } finally {
        await server.stop();
      }
    }
  }
  return rows;
}

function text(script: keyof typeof SCRIPTS): string {
  return readFileSync(new URL(`redis-${script}.lua`, import.meta.url), 'utf8');
}

function stockUp(server: RedisServer): void {
  const fields = Array.from({ length: SKUS }, (_, sku) => `${sku} ${UNITS_FIRST}`);
  server.cli([], `HSET stock ${fields.join(' ')}\n`);
}

interface Asked {
  readonly sha: string;
  readonly script: keyof typeof SCRIPTS;
  readonly pipeline: number;
  readonly appendfsync: string;
  readonly count: number;
}

async function measure(server: RedisServer, asked: Asked): Promise<Row> {
  const { sha, script, pipeline, appendfsync, count } = asked;
  const { randoms, about } = SCRIPTS[script];
  const before = { cpu: cpuMicrosOf(server.pid), left: unitsLeft(server) };
  const command = ['EVALSHA', sha, '1', 'stock', ...Array.from({ length: randoms }, () => '__rand_int__')];
  const options = { p: server.port, c: CLIENTS, P: pipeline, n: count, r: RANDOM_MAX };
  const args = Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]);
  const printed = await output('redis-benchmark', [...args, '--csv', ...command]);
  const { perSecond, p50Ms, p99Ms } = parseCsv(printed);
  return {
    who: 'redis',
    what: `${about}, appendfsync ${appendfsync}, ${CLIENTS} clients × ${pipeline}`,
    perSecond,
    p50Ms,
    p99Ms,
    cpuMicros: (cpuMicrosOf(server.pid) - before.cpu) / count,
    digest: `${before.left - unitsLeft(server)} units`,
  };
}

/** The line of numbers: name, requests a second, then average, minimum, p50, p95, p99 and maximum in ms. */
export function parseCsv(printed: string): Pick<Row, 'perSecond' | 'p50Ms' | 'p99Ms'> {
  const line = printed.trim().split('\n').at(-1) ?? '';
  const numbers = line
    .split('","')
    .slice(-7)
    .map((cell) => Number(cell.replaceAll('"', '')));
  const [perSecond, , , p50Ms, , p99Ms] = numbers;
  if (perSecond === undefined || p50Ms === undefined || p99Ms === undefined || numbers.some(Number.isNaN)) {
    throw new Error(`redis-benchmark printed something else: ${printed.slice(0, 300)}`);
  }
  return { perSecond, p50Ms, p99Ms };
}

function unitsLeft(server: RedisServer): number {
  return server
    .cli(['HVALS', 'stock'])
    .split('\n')
    .reduce((sum, units) => sum + Number(units), 0);
}
