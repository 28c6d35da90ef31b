import { EngineBusyError, type Engine } from '../../engine/api.ts';
import type { NodeId, WorkOrderId } from '../../engine/contract/ids.ts';
import type { WorkLogEvent, WorkLogState } from '../../engine/contract/work-log.ts';
import { may, reaches, type Caller } from '../caller.ts';
import type { LogSnapshotHead, LogSnapshotRow } from '../protocol/log-bodies.ts';
import type { LogPage, LogRecord, LogSource, LogState } from './log-source.ts';

const RETRY_AFTER_MS = 1_000;
/** Work orders of one read: some 500 KiB at most of usual ones. */
const PAGE_WORKS = 500;

type Working = Pick<Engine, 'epoch' | 'reference' | 'work' | 'workLog'>;

/** `work:<node>`: what a node has to do, as a log (rule OR8). */
export class WorkSource implements LogSource {
  readonly kind = 'work';
  readonly #engine: Working;
  readonly #states = new Map<string, WorkLogState>();

  constructor(engine: Working) {
    this.#engine = engine;
  }

  /** What the engine publishes; returns the names of those that moved. */
  take(moved: readonly WorkLogState[]): readonly string[] {
    for (const state of moved) this.#states.set(state.node, state);
    return moved.map(({ node }) => node);
  }

  names(): Iterable<string> {
    return this.#engine.reference.nodes.keys();
  }

  /** A retailer may have thousands of nodes; who is limited names 200 at most. */
  namedTo(caller: Caller): readonly string[] {
    if (!may(caller, 'work') || caller.is === 'public') return [];
    if (reaches(caller, { node: undefined, channel: undefined })) return ['*'];
    return [...(caller.limits.nodes ?? [])].filter((name) => this.isOpenTo(caller, name));
  }

  /** A node of which nothing was heard has done nothing yet. */
  state(name: string): LogState | undefined {
    if (!this.#has(name)) return undefined;
    return this.#states.get(name) ?? { e: this.#engine.epoch, first: 1, head: 0 };
  }

  async read(name: string, from: number, limit: number): Promise<LogPage | undefined> {
    if (!this.#has(name)) return undefined;
    const page = await this.#engine.workLog({ node: name as NodeId, from, limit });
    if ('status' in page) throw new EngineBusyError('overloaded', RETRY_AFTER_MS);
    const { e, first, head, events } = page;
    return { e, first, head, events: events.map(recordOf) };
  }

  /**
   * Work orders name customers and where they live, of whatever channel: who is limited to channels reads none of them, and
   * who is limited to nodes those of these.
   */
  isOpenTo(caller: Caller, name: string): boolean {
    return this.#has(name) && may(caller, 'work') && reaches(caller, { node: name, channel: undefined });
  }

  snapshotPath(name: string): string {
    return `/v1/log/work:${name}/snapshot`;
  }

  /** Open work, oldest first. It may be ahead of `o`: who has a work order of a later version passes over the event. */
  async *snapshot(name: string): AsyncGenerator<string> {
    const node = name as NodeId;
    const page = await this.read(name, 1, 0);
    if (page === undefined) return;
    yield line({ ch: `work:${name}`, e: page.e, o: page.head });
    let after: WorkOrderId | undefined;
    do {
      const { works } = await this.#engine.work({ node, limit: PAGE_WORKS, ...(after !== undefined && { after }) });
      if (works.length > 0) yield works.map((work) => line(work)).join('');
      after = works.length < PAGE_WORKS ? undefined : works.at(-1)?.id;
    } while (after !== undefined);
  }

  /** Followed with the outfeeds: the ledger reads one journal for all logs. */
  follow(): void {}

  #has(name: string): boolean {
    return this.#engine.reference.nodes.has(name as NodeId);
  }
}

function line(value: LogSnapshotHead | LogSnapshotRow): string {
  return `${JSON.stringify(value)}\n`;
}

/** The row is its place in the journal: the same in every epoch, and growing. */
function recordOf({ row, ...news }: WorkLogEvent): LogRecord {
  return { o: news.o, eid: row.toString(36), t: news.at, d: JSON.stringify(news) };
}
