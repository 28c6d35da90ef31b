import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

// The server of the demo: the same gateway/main.ts as `npm start`, as a process of its own.

export interface ServerOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly referenceDir: string;
  readonly adminKey: string;
}

export interface ServerProcess {
  readonly url: string;
  readonly logFile: string;
  /** Resolves when it ended, however that came. */
  readonly exited: Promise<number | null>;
  /** Drains and waits; ends it the hard way when that takes too long. */
  stop(): Promise<number | null>;
}

const HOST = '127.0.0.1';
/** Opening a large journal takes seconds; a minute without being ready is a fault. */
const READY_MS_MAX = 60_000;
const POLL_MS = 100;
/** The server spreads the closes of open pages over 2 s and writes its snapshots. */
const STOP_MS_MAX = 30_000;

export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}

/** Resolves when it takes work; rejects with the end of its log when it does not come to that. */
export async function startServerProcess(options: ServerOptions): Promise<ServerProcess> {
  const logFile = join(options.dataDir, 'server.log');
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts')], {
    // Its own process group: Ctrl-C in the terminal reaches the demo alone, which stops the replay first.
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      PORT: String(options.port),
      HOST,
      DATA_DIR: options.dataDir,
      REFERENCE_DIR: options.referenceDir,
      ONHAND_ADMIN_KEY: options.adminKey,
      SALE_CHANNEL: 'web',
      LOG_LEVEL: 'warn',
      DRAIN_MS_MAX: '2000',
    },
  });
  closeSync(log);
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code));
  });
  const url = `http://${HOST}:${options.port}`;
  if (await isReady(url, child)) return { url, logFile, exited, stop: () => stop(child, exited) };
  await stop(child, exited);
  throw new Error(`the server did not start; the end of ${logFile}:\n${await tailOf(logFile)}`);
}

async function isReady(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + READY_MS_MAX;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const ready = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (ready?.ok === true) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

async function stop(child: ChildProcess, exited: Promise<number | null>): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return exited;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  try {
    return await exited;
  } finally {
    clearTimeout(timer);
  }
}

export async function tailOf(logFile: string, lines = 12): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
