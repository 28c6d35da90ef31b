import { setTimeout as wait } from 'node:timers/promises';
import { type ServerChild, type ServerEnd, spawnServer, urlOf } from '../server-process.ts';
import { openWire, type Wire } from './wire.ts';

interface HostOptions {
  readonly dataDir: string;
  readonly referenceDir: string;
  /** Source tree of the server; this one by default. */
  readonly root?: string;
  /** Where Node keeps compiled modules: a start then takes two thirds of the time. It is filled by a clean end. */
  readonly compileCacheDir?: string;
  /** More of the server's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** At least 24 visible characters; nobody else can reach a server of ours on the loopback address for long. */
const ADMIN_KEY = 'crash-key-of-a-server-that-lives-for-a-second';
/** Snapshots all the time, so that a kill meets one being written. */
const SNAPSHOT_EVERY_FACTS = '60';

/** Of a start, in ms, before one was measured. */
const START_MS = 900;

/** A killed process frees its memory within this, in ms. */
const GONE_MS_MAX = 5_000;

export interface Serving {
  readonly child: ServerChild;
  readonly wire: Wire;
}

/** The server of a run: started, killed and started again on the same folder. */
export class Host {
  /** From the start of the process to its ready line, in ms. */
  readonly restartMs: number[] = [];
  kills = 0;
  readonly #options: HostOptions;
  #child: ServerChild | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** `under`: a tracer. */
  spawn(under?: readonly string[]): ServerChild {
    const { dataDir, referenceDir, root, compileCacheDir, env } = this.#options;
    this.#child = spawnServer({
      dataDir,
      referenceDir,
      adminKey: ADMIN_KEY,
      env: {
        SNAPSHOT_EVERY_FACTS,
        LOG_LEVEL: 'error',
        SHARD_THREADS: '2',
        ...(compileCacheDir === undefined ? {} : { NODE_COMPILE_CACHE: compileCacheDir }),
        ...env,
      },
      ...(root === undefined ? {} : { root }),
      ...(under === undefined ? {} : { under }),
    });
    return this.#child;
  }

  /** A clean start and end on a folder of its own, so that the modules are compiled. */
  async warmUp(): Promise<void> {
    const { referenceDir, dataDir, root, compileCacheDir } = this.#options;
    if (compileCacheDir === undefined) return;
    const warm = new Host({
      referenceDir,
      dataDir: `${dataDir}-warm`,
      compileCacheDir,
      ...(root === undefined ? {} : { root }),
    });
    const { child, wire } = await warm.start();
    await wire.close();
    await child.stop();
  }

  /** How long a start takes, in ms: the median of those so far. */
  get startMs(): number {
    return this.restartMs.toSorted((a, b) => a - b)[this.restartMs.length >> 1] ?? START_MS;
  }

  /** Starts and waits until it listens. */
  async start(): Promise<Serving> {
    const startedAt = performance.now();
    const child = this.spawn();
    const port = await child.ready;
    this.restartMs.push(performance.now() - startedAt);
    return { child, wire: openWire(urlOf(port), ADMIN_KEY) };
  }

  /** The same under a tracer; undefined when it ended before it listened. */
  async startUnder(
    under: readonly string[],
  ): Promise<Serving | { readonly child: ServerChild; readonly wire?: never }> {
    const child = this.spawn(under);
    const port = await child.ready.catch(() => undefined);
    return port === undefined ? { child } : { child, wire: openWire(urlOf(port), ADMIN_KEY) };
  }

  async kill(child: ServerChild): Promise<ServerEnd> {
    this.kills += 1;
    await child.kill();
    return child.ended;
  }

  /** A tracer may end before the process under it has: until that is gone too, the folder is in use. */
  async gone(child: ServerChild): Promise<void> {
    const until = performance.now() + GONE_MS_MAX;
    while (groupLives(child.pid) && performance.now() < until) await wait(10);
  }

  async end(): Promise<void> {
    await this.#child?.kill();
  }
}

function groupLives(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}
