import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { type ServerOptions, type ServerProcess, startServer } from '../server-process.ts';

export interface Kills {
  readonly consumerKills: number;
  readonly serverKills: number;
}

export interface KillingSettings extends Pick<ServerOptions, 'adminKey' | 'root' | 'env'> {
  /** Holds the server's data and reference folders, and what the consumer writes. */
  readonly dir: string;
  readonly chance: Random;
  readonly say: (line: string) => void;
  /** A program that appends a line to the file it is given for each event it is told, before it acknowledges it. */
  readonly consumer: (url: string, file: string) => readonly string[];
}

/** A consumer lives this long at most after its first new line, in ms. */
const LIFE_MS_MAX = 300;
/** Longest wait for a consumer that has just been started to get anywhere, in ms. */
const PROGRESS_MS_MAX = 60_000;
const LOOK_MS = 20;

/** A server and a consumer of one of its logs, each killed -9 again and again. */
export class Killing {
  readonly #settings: KillingSettings;
  readonly #file: string;
  #server: ServerProcess | undefined;
  #consumer: ChildProcess | undefined;
  serverKills = 0;

  constructor(settings: KillingSettings) {
    this.#settings = settings;
    this.#file = join(settings.dir, 'seen');
  }

  /** The server's address, which it has again after each kill. */
  async start(): Promise<string> {
    this.#server = await this.#startServer();
    return this.#server.url;
  }

  async rounds({ consumerKills, serverKills }: Kills): Promise<void> {
    for (let kill = 1; kill <= consumerKills; kill++) {
      await this.#oneLife();
      const isServerToo = Math.floor((kill * serverKills) / consumerKills) > this.serverKills;
      if (isServerToo) await this.#killServer();
      const { say } = this.#settings;
      if (kill % 10 === 0) say(`${kill} consumers and ${this.serverKills} servers killed, ${this.#size()} bytes seen`);
    }
  }

  /** One more consumer, which is left to read. */
  startConsumer(): void {
    const { url } = this.#server!;
    const args = [...this.#settings.consumer(url, this.#file)];
    this.#consumer = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** What all consumers wrote, in the order they did. */
  lines(): string[] {
    return existsSync(this.#file) ? readFileSync(this.#file, 'utf8').trimEnd().split('\n').filter(Boolean) : [];
  }

  async end(): Promise<void> {
    this.#consumer?.kill('SIGKILL');
    await this.#server?.kill();
  }

  /** A consumer begins, gets somewhere, and is killed in the midst of it. */
  async #oneLife(): Promise<void> {
    const before = this.#size();
    this.startConsumer();
    const consumer = this.#consumer!;
    const untilMs = performance.now() + PROGRESS_MS_MAX;
    while (this.#size() === before) {
      if (consumer.exitCode !== null) throw new Error('the consumer ended by itself');
      if (performance.now() > untilMs) throw new Error(`the consumer got nowhere\n${this.#server?.output()}`);
      await wait(LOOK_MS);
    }
    await wait(this.#settings.chance.below(LIFE_MS_MAX));
    const ended = new Promise((resolve) => consumer.once('exit', resolve));
    consumer.kill('SIGKILL');
    await ended;
  }

  async #killServer(): Promise<void> {
    const { chance } = this.#settings;
    const { port } = this.#server!;
    // Half the time with a consumer on the line.
    if (chance.chance(0.5)) this.startConsumer();
    await wait(chance.below(LIFE_MS_MAX));
    await this.#server!.kill();
    this.serverKills++;
    this.#consumer?.kill('SIGKILL');
    this.#server = await this.#startServer(port);
  }

  #startServer(port = 0): Promise<ServerProcess> {
    const { dir, adminKey, root, env } = this.#settings;
    return startServer({
      dataDir: join(dir, 'data'),
      referenceDir: join(dir, 'reference'),
      adminKey,
      port,
      env: { LOG_LEVEL: 'error', SNAPSHOT_EVERY_FACTS: '2000', ...env },
      ...(root === undefined ? {} : { root }),
    });
  }

  #size(): number {
    return existsSync(this.#file) ? statSync(this.#file).size : 0;
  }
}
