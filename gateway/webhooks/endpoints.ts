import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { EndpointFilters, EndpointInfo, EndpointWish } from '../protocol/webhook-bodies.ts';
import type { EventDraft } from './outgoing-event.ts';
import { newSecret } from './source-secrets.ts';

/** Without pausedFor it is active. */
export interface Endpoint extends Omit<EndpointInfo, 'state' | 'queued' | 'previousUntil'> {
  readonly secret: string;
  /** Signs as well until then. */
  readonly previous?: { readonly secret: string; readonly until: number };
}

/** Endpoints and their state: few, so all are in memory; a change counts once it is in the file. */
export class Endpoints {
  readonly #db: DatabaseSync;
  readonly #max: number;
  readonly #all = new Map<string, Endpoint>();

  constructor(db: DatabaseSync, max: number) {
    this.#db = db;
    this.#max = max;
    for (const { id, row } of db.prepare('SELECT id, row FROM endpoints ORDER BY rowid').all()) {
      this.#all.set(String(id), JSON.parse(String(row)) as Endpoint);
    }
  }

  get size(): number {
    return this.#all.size;
  }

  list(): readonly Endpoint[] {
    return [...this.#all.values()];
  }

  get(id: string): Endpoint | undefined {
    return this.#all.get(id);
  }

  create(wish: EndpointWish, nowMs: number): Endpoint | 'too-many-endpoints' {
    if (this.#all.size >= this.#max) return 'too-many-endpoints';
    const id = `we_${randomBytes(9).toString('base64url')}`;
    const made = { ...wish, id, createdAt: Math.floor(nowMs), secret: newSecret(), failures: 0, missed: 0 };
    this.#db.prepare('INSERT INTO endpoints VALUES (?, ?)').run(id, JSON.stringify(made));
    this.#all.set(id, made);
    return made;
  }

  /** Undefined: it is there no more. A field that becomes undefined is left out. */
  change(id: string, by: Partial<{ [K in keyof Endpoint]: Endpoint[K] | undefined }>): Endpoint | undefined {
    const before = this.#all.get(id);
    if (before === undefined) return undefined;
    const row = JSON.stringify({ ...before, ...by });
    this.#db.prepare('UPDATE endpoints SET row = ? WHERE id = ?').run(row, id);
    const after = JSON.parse(row) as Endpoint;
    this.#all.set(id, after);
    return after;
  }

  remove(id: string): boolean {
    this.#all.delete(id);
    return Number(this.#db.prepare('DELETE FROM endpoints WHERE id = ?').run(id).changes) > 0;
  }

  /** Which endpoints asked for it. */
  wanting({ type, keys }: EventDraft): string[] {
    const wanting = this.list().filter((one) => one.types.some((each) => each === type) && passes(one.filters, keys));
    return wanting.map(({ id }) => id);
  }
}

/** Secrets that sign now: of a receiver that changes from one to the other, either will do. */
export function signingSecrets({ secret, previous }: Endpoint, nowMs: number): readonly string[] {
  return previous !== undefined && previous.until > nowMs ? [secret, previous.secret] : [secret];
}

function passes({ skus, channels, nodes, sources }: EndpointFilters, keys: EventDraft['keys']): boolean {
  const fits = (list: readonly string[] | undefined, key: string | undefined): boolean =>
    list === undefined || key === undefined || list.includes(key);
  return fits(skus, keys.sku) && fits(channels, keys.channel) && fits(nodes, keys.node) && fits(sources, keys.source);
}
