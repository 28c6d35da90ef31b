import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { portHolder } from './port-holder.ts';
import { portIsTaken } from './words.ts';

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
/** Opening a large journal takes seconds; a minute without listening is a fault. */
const READY_MS_MAX = 60_000;
/** The server spreads the closes of open pages over 2 s and writes its snapshots. */
const STOP_MS_MAX = 30_000;

export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}

/** Resolves when it listens; rejects with the end of its log when it does not come to that. */
export async function startServerProcess(options: ServerOptions): Promise<ServerProcess> {
  const logFile = join(options.dataDir, 'server.log');
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts')], {
    // Its own process group: Ctrl-C in the terminal reaches the demo alone, which stops the replay first.
    detached: true,
    stdio: ['ignore', 'pipe', log],
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
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code));
  });
  void exited.then(() => closeSync(log));
  const url = await Promise.race([addressOf(child, log), exited.then(() => undefined)]);
  if (url !== undefined) return { url, logFile, exited, stop: () => stop(child, exited) };
  await stop(child, exited);
  const tail = await tailOf(logFile);
  throw new Error(
    tail.includes('EADDRINUSE')
      ? portIsTaken(options.port, await portHolder(options.port))
      : `the server did not start; the end of ${logFile}:\n${tail}`,
  );
}

/** The address it says it listens on: asking the port could be answered by another server. Undefined when it never says. */
function addressOf(child: ChildProcess, log: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), READY_MS_MAX);
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      writeSync(log, chunk);
      if (said.length < SAID_MAX) said += chunk.toString();
      const url = /onhand listening on (http:\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
    child.once('exit', () => clearTimeout(timer));
  });
}

/** Characters of its start-up words looked through. */
const SAID_MAX = 100_000;

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
