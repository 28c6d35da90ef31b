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

const HERE = fileURLToPath(new URL('..', import.meta.url));
const READY = /onhand listening on http:\/\/([^\s:]+):(\d+)/;
/** Start with recovery of a full data folder, in ms; a year of events takes a few seconds. */
const READY_MS_MAX = 120_000;
const STOP_MS_MAX = 15_000;
const OUTPUT_CHARS_MAX = 20_000;

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...(options.nodeFlags ?? []), 'gateway/main.ts'], {
    cwd: options.root ?? HERE,
    stdio: ['ignore', 'pipe', 'pipe'],
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
  let ended = false;
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve(((ended = true), undefined))));
  const port = await ready(child, () => output);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
      await exited;
      clearTimeout(timer);
    },
    output: () => output,
    running: () => !ended,
  };
}

function ready(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not start: ${why}\n${output()}`));
    };
    const timer = setTimeout(() => fail(`no ready line within ${READY_MS_MAX} ms`), READY_MS_MAX);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      fail(`it ended with ${signal ?? code}`);
    });
    child.stdout?.on('data', () => {
      const match = READY.exec(output());
      if (match === null) return;
      clearTimeout(timer);
      resolve(Number(match[2]));
    });
  });
}
