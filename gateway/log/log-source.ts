import type { Caller } from '../caller.ts';

/** How far a log reaches: events first … head. */
export interface LogState {
  readonly e: string;
  readonly first: number;
  readonly head: number;
}

export interface LogRecord {
  readonly o: number;
  readonly eid: string;
  readonly t: number;
  /** The body, JSON. */
  readonly d: string;
}

export interface LogPage extends LogState {
  /** From the offset asked for, or from `first` when that is later; without a gap. */
  readonly events: readonly LogRecord[];
}

/**
 * Where the logs of one kind come from. `feed:` has one (feed-source.ts); `work:` brings its own, and nothing of sessions,
 * acknowledgements or parked events changes.
 */
export interface LogSource {
  /** What stands before the colon of a channel's name. */
  readonly kind: string;
  names(): Iterable<string>;
  /** Those the caller may read, as `connected` names them: `*` for all there are and will be, where they are many. */
  namedTo(caller: Caller): readonly string[];
  /** As far as main has heard; undefined: there is no such log, or nothing was heard of it yet. */
  state(name: string): LogState | undefined;
  /** `limit` 0: only how far it reaches. Undefined: there is no such log. Rejects with EngineBusyError. */
  read(name: string, from: number, limit: number): Promise<LogPage | undefined>;
  /** Whether the caller may read it; false also when there is no such log. */
  isOpenTo(caller: Caller, name: string): boolean;
  /** Where somebody begins anew who has missed events. */
  snapshotPath(name: string): string;
  /** Everything as it is, one JSON text per line: first `{e, o}`, the log's end before the rest was read. Undefined: there is no such log. */
  snapshot(name: string): AsyncIterable<string> | undefined;
  /** Somebody reads, or nobody does any more: what is new is wanted soon, or not. */
  follow(on: boolean): void;
}
