import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// The server under test: a process of its own, started and ended as an operator would.

export interface ServerOptions {
  readonly dataDir: string;
  readonly referenceDir: string;
  readonly adminKey: string;
  /** 0: any free port. A restart asks for the port it had. */
  readonly port?: number;
  /** Source tree to run; this one by default. A planted bug lives in a copy. */
  readonly root?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Flags for node itself, e.g. `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
  /** A program and its arguments to run node under, such as strace. */
  readonly under?: readonly string[];
}

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** kill -9: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
  /** SIGTERM and a clean end; kill -9 when it takes longer than STOP_MS_MAX. */
  stop(): Promise<void>;
  /** The end of what it printed, for a report when something went wrong. */
  output(): string;
  /** False once the process has ended, by itself or by us. */
  running(): boolean;
}

/** A process that may not be ready yet, and may never be. */
export interface ServerChild extends Omit<ServerProcess, 'url' | 'port'> {
  /** Its port once it listens; rejects when it ends before, or takes longer than READY_MS_MAX. */
  readonly ready: Promise<number>;
  /** Exit code or signal. */
  readonly ended: Promise<ServerEnd>;
  signal(name: 'SIGTERM' | 'SIGSTOP'): void;
}

export interface ServerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const HERE = fileURLToPath(new URL('..', import.meta.url));
const READY = /onhand listening on http:\/\/([^\s:]+):(\d+)/;
/** Start with recovery of a full data folder, in ms; a year of events takes a few seconds. */
const READY_MS_MAX = 120_000;
const STOP_MS_MAX = 15_000;
const OUTPUT_CHARS_MAX = 20_000;

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { ready: listening, ...child } = spawnServer(options);
  const port = await listening;
  return { url: urlOf(port), port, ...child };
}

export const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

export function spawnServer(options: ServerOptions): ServerChild {
  const [tracer, ...tracerArgs] = options.under ?? [];
  const nodeArgs = [...(options.nodeFlags ?? []), 'gateway/main.ts'];
  const [command, args] =
    tracer === undefined ? [process.execPath, nodeArgs] : [tracer, [...tracerArgs, process.execPath, ...nodeArgs]];
  const child = spawn(command, args, {
    cwd: options.root ?? HERE,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Under a tracer two processes must be killed: they are a group of their own.
    detached: options.under !== undefined,
    env: {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(options.port ?? 0),
      DATA_DIR: options.dataDir,
      REFERENCE_DIR: options.referenceDir,
      ONHAND_ADMIN_KEY: options.adminKey,
      ...options.env,
    },
  });
  let output = '';
  const keep = (chunk: string): void => {
    output = (output + chunk).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  let running = true;
  const ended = new Promise<ServerEnd>((resolve) =>
    child.once('close', (code, signal) => {
      running = false;
      resolve({ code, signal });
    }),
  );
  const killNow = (): void => {
    if (running) killAll(child, options.under !== undefined);
  };
  const listening = ready(child, () => output, killNow);
  // Who kills a server while it starts does not wait for it to be ready.
  listening.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ready: listening,
    ended,
    signal: (name) => void child.kill(name),
    kill: async () => {
      killNow();
      await ended;
    },
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(killNow, STOP_MS_MAX);
      await ended;
      clearTimeout(timer);
    },
    output: () => output,
    running: () => running,
  };
}

function killAll(child: ChildProcess, group: boolean): void {
  if (!group || child.pid === undefined) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself a moment ago.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function ready(child: ChildProcess, output: () => string, kill: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      kill();
      reject(new Error(`the server did not start: ${why}\n${output()}`));
    };
    const timer = setTimeout(() => fail(`no ready line within ${READY_MS_MAX} ms`), READY_MS_MAX);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => fail(`it ended with ${signal ?? code}`));
    child.stdout?.on('data', () => {
      const match = READY.exec(output());
      if (match === null) return;
      clearTimeout(timer);
      resolve(Number(match[2]));
    });
  });
}
