import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { writeReference } from './reference.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** From spawning the server to its ready line, in ms: a busy two-core machine included. */
const START_MS_MAX = 30_000;

export const ADMIN_KEY = 'e2e-admin-key-0123456789abcdef';

/** The real server as a child process, with a folder of its own; a restart keeps port and data. */
export class ShopServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'onhand-e2e-'));
  readonly #options: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #port = 0;

  /** `options` as in the README's table. */
  constructor(options: Readonly<Record<string, string>> = {}) {
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    await buildPages();
    const reference = join(this.#folder, 'reference');
    writeReference(reference);
    const child = spawn(process.execPath, [join(ROOT, 'gateway', 'main.ts')], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        PORT: String(this.#port),
        DATA_DIR: join(this.#folder, 'data'),
        REFERENCE_DIR: reference,
        ONHAND_ADMIN_KEY: ADMIN_KEY,
        // A stopping server spreads its closes; one page needs no spread.
        DRAIN_MS_MAX: '100',
        ...this.#options,
      },
    });
    this.#child = child;
    this.#port = Number(new URL(await readyAddress(child)).port);
  }

  /** Drains and ends, as a deploy does. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A shelf count: sets on-hand. A minute old, so that a sale of now comes after it. */
  count(sku: string, node: string, quantity: number): Promise<void> {
    const at = Date.now() - 60_000;
    const source = node.startsWith('DC') ? 'wms' : 'tills';
    return this.feed(source, {
      kind: 'snapshot',
      id: randomUUID(),
      at,
      sku,
      node,
      quantity,
      covers: 'count',
      carries: 'on-hand',
    });
  }

  /** A till line. */
  sell(sku: string, node: string, quantity: number): Promise<void> {
    return this.feed('tills', {
      kind: 'delta',
      id: randomUUID(),
      at: Date.now(),
      sku,
      node,
      quantity: -quantity,
      reason: 'sale',
    });
  }

  async feed(source: string, row: unknown): Promise<void> {
    const response = await this.call('POST', `/v1/feeds/${source}`, row);
    if (!response.ok) throw new Error(`feed refused: ${await response.text()}`);
  }

  async reserve(sku: string, node: string, units: number, key = ADMIN_KEY): Promise<string> {
    const body = { channel: 'web', lines: [{ sku, units, node }] };
    const response = await this.call('POST', '/v1/reservations', body, {
      'idempotency-key': randomUUID(),
      authorization: `Bearer ${key}`,
    });
    if (!response.ok) throw new Error(`reservation refused: ${await response.text()}`);
    return ((await response.json()) as { id: string }).id;
  }

  /** An order as its channel sends it; its id and what opens the customer's page. */
  async order(format: 'json' | 'shopify', body: unknown): Promise<{ readonly id: string; readonly token: string }> {
    const response = await this.call('POST', `/v1/orders?format=${format}&channel=web`, body);
    if (!response.ok) throw new Error(`order refused: ${await response.text()}`);
    const { outcomes } = (await response.json()) as { outcomes: readonly { id: string; token: string }[] };
    const [taken] = outcomes;
    if (taken === undefined) throw new Error('the order was not taken');
    return taken;
  }

  /** The work of a node as the server has it. */
  async workOf<T>(node: string): Promise<T[]> {
    const response = await fetch(new URL(`/v1/nodes/${node}/work?ended=true`, this.url), {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      signal: AbortSignal.timeout(10_000),
    });
    return ((await response.json()) as { works: T[] }).works;
  }

  /** A key of its own for another client. */
  keyOf(name: string, scopes: readonly string[]): Promise<string> {
    return this.#newKey({ name, scopes });
  }

  /** A key for the people of one node. */
  nodeKey(node: string): Promise<string> {
    return this.#newKey({ name: `people-${node.toLowerCase()}`, role: 'node', limits: { nodes: [node] } });
  }

  async #newKey(asked: object): Promise<string> {
    const response = await this.call('POST', '/v1/keys', asked);
    if (!response.ok) throw new Error(`no key: ${await response.text()}`);
    return ((await response.json()) as { key: string }).key;
  }

  call(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(new URL(path, this.url), {
      method,
      signal: AbortSignal.timeout(10_000),
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }
}

async function readyAddress(child: ChildProcess): Promise<string> {
  if (child.stdout === null || child.stderr === null) throw new Error('the child has no pipes');
  const said: string[] = [];
  createInterface(child.stderr).on('line', (line) => said.push(line));
  const signal = AbortSignal.timeout(START_MS_MAX);
  try {
    for await (const [line] of lines(child, signal)) {
      const address = /^onhand listening on (\S+)$/.exec(line)?.[1];
      if (address !== undefined) return address;
      said.push(line);
    }
  } catch (error) {
    throw new Error(`the server did not start:\n${said.join('\n')}`, { cause: error });
  }
  throw new Error(`the server ended before it was ready:\n${said.join('\n')}`);
}

async function* lines(child: ChildProcess, signal: AbortSignal): AsyncGenerator<[string]> {
  if (child.stdout === null) return;
  const reader = createInterface(child.stdout);
  child.once('exit', () => reader.close());
  const stop = (): void => reader.close();
  signal.addEventListener('abort', stop);
  for await (const line of reader) yield [line];
  signal.throwIfAborted();
}

/** The pages as they would be served; `npm test` has built them already. */
async function buildPages(): Promise<void> {
  if (existsSync(join(ROOT, 'dashboard', 'dist', 'tower.html'))) return;
  await build({
    root: join(ROOT, 'dashboard'),
    configFile: join(ROOT, 'dashboard', 'vite.config.ts'),
    logLevel: 'warn',
  });
}
