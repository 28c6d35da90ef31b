import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

// A server of Debian's on spare ports, with our own settings in a folder of its own; ended by its process id.

export interface Program {
  readonly pid: number;
  stop(): Promise<void>;
}

const READY_TRIES = 100;
const TRY_MS = 50;

/** `config` is written to a file, whose path and folder `args` are told. */
export async function startProgram(about: {
  readonly path: string;
  readonly config: (folder: string) => string;
  readonly args: (configPath: string, folder: string) => readonly string[];
  /** Resolves once it listens here. */
  readonly ports: readonly number[];
}): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-peer-'));
  const configPath = join(folder, 'config');
  writeFileSync(configPath, about.config(folder));
  const child = spawn(about.path, about.args(configPath, folder), { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-2_000)));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', (error) => (complaints += error.message));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const port of about.ports) (await connected(port)).destroy();
  } catch (error) {
    await stop();
    throw new Error(`${about.path} did not start: ${complaints}`, { cause: error });
  }
  return { pid: child.pid ?? 0, stop };
}

/** A connection, once somebody listens. */
export async function connected(port: number): Promise<Socket> {
  for (let tries = 0; ; tries++) {
    try {
      return await tryOnce(port);
    } catch (error) {
      if (tries >= READY_TRIES) throw error;
    }
    await wait(TRY_MS);
  }
}

function tryOnce(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}
