import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Random, seeded } from '../random.ts';
import type { ServerChild } from '../server-process.ts';
import { writeReference } from '../reference-folder.ts';
import { send } from './asking.ts';
import { audit, type AuditScope, settleSums } from './audit.ts';
import { ClientLog } from './client-log.ts';
import { FeedWriter } from './feed-messages.ts';
import type { Findings } from './findings.ts';
import { Host, type Serving } from './host.ts';
import { load, type LoadTools } from './load.ts';
import { endOrders } from './order-ends.ts';
import { crashReference, NODES } from './retailer.ts';
import type { Wire } from './wire.ts';

// One data folder and everything that is done to it: loads, deaths, restarts, audits.

/** The shopkeeper opens before the clock of the run: everything else happens after the opening count. */
const OPENED_AGO_MS = 60_000;
const OLDER_EACH_CYCLE = 40;
/** At the end of a run: what each restart looked at already is looked at again. */
const OLDER_AT_THE_END = 5_000;

export interface RunOptions {
  readonly seed: number;
  readonly findings: Findings;
  /** Source tree of the server; this one by default. */
  readonly root?: string;
  /** More of the server's environment. */
  readonly env?: (folder: string) => Readonly<Record<string, string>>;
}

export class Run {
  readonly log = new ClientLog();
  readonly host: Host;
  /** Where a disk of its own may be mounted; the data folder lies in it. */
  readonly diskDir: string;
  readonly dataDir: string;
  /** Data, reference files and what else a run leaves; removed at its end. */
  readonly folder: string;
  readonly chance: Random;
  readonly #writer: FeedWriter;
  readonly #findings: Findings;
  readonly #seed: number;
  #keys = 0;
  #loading: Promise<void> = Promise.resolve();
  /** What this cycle has added to the log begins here. */
  #from = { feedsFrom: 0, triesFrom: 0, ordersFrom: 0, handsFrom: 0, staffFrom: 0 };

  constructor(options: RunOptions) {
    this.#seed = options.seed;
    this.#findings = options.findings;
    this.chance = seeded(options.seed);
    this.folder = mkdtempSync(join(tmpdir(), 'onhand-crash-'));
    this.diskDir = join(this.folder, 'disk');
    mkdirSync(this.diskDir);
    this.dataDir = join(this.diskDir, 'data');
    const referenceDir = join(this.folder, 'reference');
    writeReference(referenceDir, crashReference());
    this.host = new Host({
      dataDir: this.dataDir,
      referenceDir,
      compileCacheDir: join(this.folder, 'compiled'),
      ...(options.root === undefined ? {} : { root: options.root }),
      ...(options.env === undefined ? {} : { env: options.env(this.folder) }),
    });
    this.#writer = new FeedWriter(this.chance, Date.now() - OPENED_AGO_MS);
    for (const message of this.#writer.opening()) this.log.sent(message);
  }

  /**
   * Starts the server and compares what survived; the first time it tells it what there is. `startKills`: when starts
   * before it are killed, as parts of the time that a start takes; `die`: how.
   */
  async startAndAudit(
    startKills: readonly number[] = [],
    die: (child: ServerChild) => Promise<unknown> = (child) => this.host.kill(child),
  ): Promise<Serving> {
    for (const part of startKills) {
      const child = this.host.spawn();
      await Promise.race([wait(part * this.host.startMs), child.ended]);
      await die(child);
    }
    const serving = await this.host.start();
    await this.#audit(serving, { ...this.#from, older: OLDER_EACH_CYCLE });
    this.log.forgetOld();
    const { feeds, tries, orders } = this.log;
    this.#from = {
      feedsFrom: feeds.length,
      triesFrom: tries.length,
      ordersFrom: orders.orders.length,
      handsFrom: orders.hands.length,
      staffFrom: orders.staff.length,
    };
    return serving;
  }

  /** At the end of a run; every order is brought to its end, and then nothing may be held for any. */
  async auditAll(serving: Serving): Promise<void> {
    await this.#audit(serving, { ...this.#from, older: OLDER_AT_THE_END });
    await endOrders(this.#tools(serving.wire));
    await settleSums(serving.wire, this.log, this.#findings);
  }

  /** `until` resolves when the load is over; the requests under way then are left to their fate. */
  async loadUntil(serving: Serving, until: Promise<unknown>, requestsMax?: number): Promise<void> {
    let over = false;
    const loading = load(this.#tools(serving.wire), () => over, requestsMax);
    await Promise.race([until, requestsMax === undefined ? new Promise(() => undefined) : loading]);
    over = true;
    this.#loading = loading;
  }

  #tools(wire: Wire): LoadTools {
    return {
      wire,
      log: this.log,
      writer: this.#writer,
      chance: this.chance,
      findings: this.#findings,
      nextKey: () => `crash-${this.#seed}-${this.#keys++}`,
      busy: new Set(),
    };
  }

  /** Every lane has seen its last request answered or lost. */
  async loadEnded(serving: Pick<Serving, 'wire'>): Promise<void> {
    await this.#loading;
    await serving.wire.close();
  }

  /** Tells a server that may die meanwhile what there is, as far as it has not said that it knows. */
  async open(wire: Wire): Promise<void> {
    for (const entry of this.log.feeds.slice(0, NODES.length)) {
      if (entry.acked) continue;
      const sent = await send(wire, entry.message);
      if (sent?.is === 'taken') this.log.ackedFeed(entry);
    }
  }

  async #audit(serving: Serving, scope: AuditScope): Promise<void> {
    const { wire } = serving;
    // Before anything else is asked: a reservation that was never answered is refused where nothing was counted yet.
    await this.open(wire);
    await audit({ wire, log: this.log, findings: this.#findings }, this.chance, scope);
  }

  async remove(): Promise<void> {
    await this.host.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
