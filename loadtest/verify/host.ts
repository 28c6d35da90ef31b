import { type ServerProcess, startServer } from '../server-process.ts';

interface HostOptions {
  readonly dataDir: string;
  readonly referenceDir: string;
  readonly adminKey: string;
  /** The server is killed each time it has given this many answers, growing. */
  readonly killAfter: readonly number[];
  readonly root?: string;
}

/** The server, killed and started again at the same address when its moment has come. */
export class Host {
  server!: ServerProcess;
  kills = 0;
  readonly #options: HostOptions;
  #restart: Promise<void> = Promise.resolve();
  #restarting = 0;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  async start(port = 0): Promise<void> {
    const { dataDir, referenceDir, adminKey, root } = this.#options;
    this.server = await startServer({
      dataDir,
      referenceDir,
      adminKey,
      port,
      ...(root === undefined ? {} : { root }),
    });
  }

  killWhenDue(answers: number): void {
    const due = this.#options.killAfter[this.kills];
    if (due === undefined || answers < due) return;
    this.kills += 1;
    this.#restarting += 1;
    this.#restart = this.#restart.then(() => this.#killAndStart()).finally(() => (this.#restarting -= 1));
    // Seen by settled(); until then a rejection is not unhandled.
    this.#restart.catch(() => undefined);
  }

  /** True when the server has ended and nobody is starting it again. */
  isLost(): boolean {
    return this.#restarting === 0 && !this.server.running();
  }

  settled(): Promise<void> {
    return this.#restart;
  }

  async #killAndStart(): Promise<void> {
    const { port } = this.server;
    await this.server.kill();
    await this.start(port);
  }

  async end(): Promise<void> {
    await this.#restart.catch(() => undefined);
    await this.server?.kill();
  }
}
