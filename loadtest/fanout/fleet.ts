import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Percentiles } from '../stopwatch.ts';

// Thousands of websockets in a process that costs less than the server: a C program, compiled here and now (client.c).
// Where there is no compiler the same is done by node (node-client.worker.ts), and said so.

export interface FleetTarget {
  readonly port: number;
  readonly path: string;
  /** Sub-protocol; empty: none. */
  readonly protocol: string;
  /** A message with these bytes says that a socket is ready; empty: the handshake does. */
  readonly ready: string | Uint8Array;
  /** Texts that are counted wherever they come. */
  readonly marks?: readonly string[];
}

/** What a socket says once it is open: a text, or bytes. */
export type Hello = string | Uint8Array;

interface FleetReport {
  readonly sockets: number;
  /** Sockets that ended although nobody here ended them. */
  readonly closed: number;
  readonly deliveries: number;
  readonly frames: number;
  readonly reads: number;
  readonly bytes: number;
  /** Deliveries to the socket that got the fewest and the most, those stalled left out. */
  readonly least: number;
  readonly most: number;
  readonly cpuMs: number;
  /** From the time a message says to its arrival, ms. */
  readonly age: Percentiles;
  /** From connect to ready, ms. */
  readonly opening: Percentiles;
  readonly marks: readonly number[];
}

interface Opened {
  readonly unready: number;
  readonly failed: number;
  readonly ms: number;
}

export interface Fleet {
  readonly program: 'C, epoll' | 'node';
  readonly pid: number;
  /** `hellos[i % hellos.length]` is said by socket i. */
  hellos(hellos: readonly (readonly Hello[])[]): Promise<void>;
  /** More sockets; resolves when all are ready, have failed or are too late. */
  open(sockets: number, perSec: number): Promise<Opened>;
  stall(sockets: number): Promise<void>;
  /** All at once, without a goodbye. */
  cut(): Promise<void>;
  reset(): Promise<void>;
  report(): Promise<FleetReport>;
  stop(): Promise<void>;
}

const SOURCES = ['client.c', 'counts.h', 'frames.h', 'hellos.h', 'histogram.h'];
const COMPILE_MS_MAX = 60_000;

export function startFleet(target: FleetTarget, how: 'best' | 'node' = 'best'): Fleet {
  const program = how === 'best' ? compiled() : undefined;
  const ready = typeof target.ready === 'string' ? Buffer.from(target.ready) : target.ready;
  const args = [
    '127.0.0.1',
    String(target.port),
    target.path,
    target.protocol,
    hexOf(ready),
    ...(target.marks ?? []).map((mark) => hexOf(Buffer.from(mark))),
  ];
  const child =
    program === undefined
      ? spawn(process.execPath, [fileURLToPath(new URL('node-client.worker.ts', import.meta.url)), ...args], STDIO)
      : spawn(program, args, STDIO);
  return fleetOf(child, program === undefined ? 'node' : 'C, epoll');
}

const STDIO = { stdio: ['pipe', 'pipe', 'inherit'] as ['pipe', 'pipe', 'inherit'] };

function fleetOf(child: ChildProcess, program: Fleet['program']): Fleet {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-fleet-'));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ask = asking(child);
  return {
    program,
    pid: child.pid ?? 0,
    hellos: async (hellos) => {
      const path = join(folder, 'hellos');
      writeFileSync(path, hellos.map((one) => `${one.map(helloText).join(' ')}\n`).join(''));
      await ask(`hello ${path}`);
    },
    open: async (sockets, perSec) => (await ask(`open ${sockets} ${perSec}`)) as Opened,
    stall: async (sockets) => void (await ask(`stall ${sockets}`)),
    cut: async () => void (await ask('cut')),
    reset: async () => void (await ask('reset')),
    report: async () => (await ask('report')) as FleetReport,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One command at a time, each answered by a line of JSON. */
function asking(child: ChildProcess): (command: string) => Promise<unknown> {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the client has no pipes');
  let answered: PromiseWithResolvers<unknown> | undefined;
  createInterface({ input: stdout }).on('line', (line) => answered?.resolve(JSON.parse(line)));
  const fail = (why: string): void => answered?.reject(new Error(`the client ${why}`));
  child.once('error', (error) => fail(error.message));
  child.once('close', (code, signal) => fail(`ended with ${signal ?? code}`));
  stdin.on('error', () => undefined);
  return async (command) => {
    answered = Promise.withResolvers<unknown>();
    stdin.write(`${command}\n`);
    return answered.promise;
  };
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function helloText(hello: Hello): string {
  return typeof hello === 'string' ? `t${hexOf(Buffer.from(hello))}` : `b${hexOf(hello)}`;
}

/** Path of the program; undefined where there is no compiler. Compiled once per version of its text. */
function compiled(): string | undefined {
  const texts = SOURCES.map((name) => readFileSync(new URL(name, import.meta.url)));
  const digest = createHash('sha256').update(Buffer.concat(texts)).digest('hex').slice(0, 16);
  const program = join(tmpdir(), `onhand-load-client-${process.getuid?.() ?? 0}-${digest}`);
  if (existsSync(program)) return program;
  const made = `${program}.${process.pid}`;
  const source = fileURLToPath(new URL('client.c', import.meta.url));
  const { status } = spawnSync('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', made, source], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: COMPILE_MS_MAX,
  });
  if (status !== 0) return undefined;
  // Another run may have been faster; either file is whole.
  renameSync(made, program);
  return program;
}
