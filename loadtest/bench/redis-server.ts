import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { debianPackage } from '../debian-package.ts';
import { sparePort } from './spare-port.ts';

// A Redis of our own on a spare port, with its data in a folder of its own; ended by its process id.

export interface RedisServer {
  readonly port: number;
  readonly pid: number;
  /** One command, its answer as text. `input` goes to standard input. */
  cli(args: readonly string[], input?: string): string;
  stop(): Promise<void>;
}

const SERVER = '/usr/bin/redis-server';
const READY_TRIES = 100;
const TRY_MS = 50;
const CLI_MS_MAX = 60_000;

export function redisMissing(say: (line: string) => void): string | undefined {
  return debianPackage('redis-server', {
    isThere: () => existsSync(SERVER),
    purpose: 'the comparison with Redis',
    say,
  });
}

export async function startRedis(appendfsync: 'always' | 'no'): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-redis-'));
  const port = await sparePort();
  const settings = { port, dir, bind: '127.0.0.1', save: '', appendonly: 'yes', appendfsync, daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(SERVER, args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const cli = (command: readonly string[], input?: string): string => {
    const ran = spawnSync('redis-cli', ['-p', String(port), ...command], {
      encoding: 'utf8',
      timeout: CLI_MS_MAX,
      maxBuffer: 256 * 1024 * 1024,
      ...(input !== undefined && { input }),
    });
    if (ran.status !== 0) throw new Error(`redis-cli ${command[0]}: ${ran.stderr || ran.stdout}`);
    return ran.stdout.trim();
  };
  await answering(cli);
  return {
    port,
    pid: child.pid ?? 0,
    cli,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function answering(cli: RedisServer['cli']): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      if (cli(['PING']) === 'PONG') return;
    } catch (error) {
      if (tries >= READY_TRIES) throw error;
    }
    await sleep(TRY_MS);
  }
}
