import { isDeepStrictEqual } from 'node:util';
import { EngineBusyError, type Engine } from '../../engine/api.ts';
import type { SkuStock } from '../../engine/contract/change.ts';
import type { OutfeedEvent, OutfeedState } from '../../engine/contract/outfeed.ts';
import type { OutfeedRef } from '../../engine/contract/reference.ts';
import { may, type Caller } from '../caller.ts';
import type { LogSnapshotHead, LogSnapshotLine } from '../protocol/log-bodies.ts';
import type { OutfeedMovement } from '../protocol/movement-bodies.ts';
import type { LogPage, LogRecord, LogSource, LogState } from './log-source.ts';

const RETRY_AFTER_MS = 1_000;

type Feeding = Pick<Engine, 'outfeed' | 'followOutfeeds' | 'reference' | 'allStock'>;

/** `feed:<id>`: the engine's outfeeds as logs. */
export class FeedSource implements LogSource {
  readonly kind = 'feed';
  readonly #engine: Feeding;
  readonly #states = new Map<string, OutfeedState>();

  constructor(engine: Feeding) {
    this.#engine = engine;
  }

  /** What the engine publishes; returns the names of those that moved. */
  take(moved: readonly OutfeedState[]): readonly string[] {
    for (const state of moved) this.#states.set(state.id, state);
    return moved.map(({ id }) => id);
  }

  names(): Iterable<string> {
    return this.#engine.reference.outfeeds.keys();
  }

  /** There are 100 outfeeds at most. */
  namedTo(caller: Caller): readonly string[] {
    return [...this.names()].filter((name) => this.isOpenTo(caller, name));
  }

  state(name: string): LogState | undefined {
    return this.#engine.reference.outfeeds.has(name) ? this.#states.get(name) : undefined;
  }

  async read(name: string, from: number, limit: number): Promise<LogPage | undefined> {
    const page = await this.#engine.outfeed({ id: name, from, limit });
    const row = this.#engine.reference.outfeeds.get(name);
    if (row === undefined) return undefined;
    // Defined a moment ago, or not caught up since the start.
    if ('status' in page) throw behind();
    const { e, first, head, events, nodes, channels } = page;
    // Selected by an older row than the one that says who may read it.
    if (!isDeepStrictEqual([nodes, channels], [row.nodes, row.channels])) throw behind();
    return { e, first, head, events: events.map(recordOf) };
  }

  isOpenTo(caller: Caller, name: string): boolean {
    const outfeed = this.#engine.reference.outfeeds.get(name);
    return outfeed !== undefined && mayReadOutfeed(caller, outfeed);
  }

  snapshotPath(name: string): string {
    return `/v1/log/feed:${name}/snapshot`;
  }

  /** Of each sku `position` says what it rests on: an event of the same shard with that or an earlier one is in it already. */
  snapshot(name: string): AsyncIterable<string> | undefined {
    const outfeed = this.#engine.reference.outfeeds.get(name);
    return outfeed && this.#lines(name, outfeed);
  }

  /** By the row that the caller was held against: while this is read there may come another. */
  async *#lines(name: string, outfeed: OutfeedRef): AsyncGenerator<string> {
    const page = await this.read(name, 1, 0);
    if (page === undefined || this.#engine.reference.outfeeds.get(name) !== outfeed) throw behind();
    const end: LogSnapshotHead = { ch: `feed:${name}`, e: page.e, o: page.head };
    yield line(end);
    const skus = outfeed.skus && new Set<string>(outfeed.skus);
    const nodes = nodesOf(outfeed, this.#engine.reference);
    for await (const chunk of this.#engine.allStock()) {
      const wanted = chunk.filter(({ sku }) => skus?.has(sku) !== false);
      yield wanted.map((stock) => line(within(stock, outfeed, nodes))).join('');
    }
  }

  follow(on: boolean): void {
    this.#engine.followOutfeeds(on);
  }
}

/** The ledger follows the journal: a moment later it is there. */
function behind(): EngineBusyError {
  return new EngineBusyError('overloaded', RETRY_AFTER_MS);
}

/**
 * Whether the outfeed lies within what the caller is limited to. Who is limited to nodes reads what happens there, whoever
 * sold it; nothing tells an outfeed's events apart by their source, so a limit to sources alone leaves none.
 */
function mayReadOutfeed(caller: Caller, outfeed: Pick<OutfeedRef, 'nodes' | 'channels'>): boolean {
  if (caller.is === 'public' || !may(caller, 'outfeeds')) return false;
  const { nodes, channels, sources } = caller.limits;
  if (nodes !== undefined) return isWithin(outfeed.nodes, nodes);
  if (sources !== undefined) return false;
  return channels === undefined || isWithin(outfeed.channels, channels);
}

function isWithin(named: readonly string[] | undefined, allowed: ReadonlySet<string>): boolean {
  return named !== undefined && named.every((id) => allowed.has(id));
}

/** Undefined: all. */
function nodesOf({ nodes, channels }: OutfeedRef, reference: Engine['reference']): ReadonlySet<string> | undefined {
  if (nodes !== undefined) return new Set(nodes);
  const groups = channels?.flatMap((channel) => reference.channels.get(channel)?.group ?? []);
  return groups && new Set(groups.flatMap((group) => reference.groups.get(group)?.nodes ?? []));
}

/** No more than the outfeed itself tells. */
function within(
  { sku, position, channels, nodes }: SkuStock,
  outfeed: OutfeedRef,
  own: ReadonlySet<string> | undefined,
): LogSnapshotLine {
  const sold = channels.filter(({ channel }) => outfeed.channels?.includes(channel) !== false);
  return {
    sku,
    position,
    nodes: nodes.filter(({ node }) => own?.has(node) !== false),
    ...(outfeed.nodes === undefined && { channels: sold }),
  };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** The ledger's row is its place in the journal: the same in every epoch, and growing. */
function recordOf({ o, movement: { row, recordedAt, ...movement } }: OutfeedEvent): LogRecord {
  const body: OutfeedMovement = movement;
  return { o, eid: row.toString(36), t: recordedAt, d: JSON.stringify(body) };
}
