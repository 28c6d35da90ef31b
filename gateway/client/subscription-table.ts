import type { AlertState } from '../protocol/alerts.ts';
import type { CustomerOrder } from '../protocol/customer-order.ts';
import type { OrderBody } from '../protocol/order-bodies.ts';
import type { OrderQueues, RecentOrders } from '../protocol/orders-states.ts';
import type {
  Entry,
  Near,
  OpsState,
  StateChannel,
  StockState,
  Subscribe,
  Subscribed,
  Unsubscribe,
} from '../protocol/wire.ts';

// Which keys somebody watches, what is known of each, and what the server has yet to be told.
// Nothing is queued as text: commands are derived from the rows that differ from what the server knows,
// so the table's size is the bound, and a key watched and dropped in between is never sent.

export interface StateOf {
  readonly stock: StockState;
  readonly ops: OpsState;
  readonly alerts: AlertState;
  /** A customer's where the key holds the token, else staff's. */
  readonly order: CustomerOrder | OrderBody;
  /** Key `recent`, key `queues`. */
  readonly orders: RecentOrders | OrderQueues;
}

/**
 * How a key is wanted. One socket carries one scope per key, because updates do not repeat it. Who wants no place is served
 * by a scope with one too: its states only say more.
 */
export interface Scope {
  readonly sale?: string;
  readonly near?: Near;
  readonly conflateMs?: number;
}

export type KeyState<State> =
  | { readonly phase: 'pending' }
  | { readonly phase: 'known'; readonly entry: Entry<State> }
  | { readonly phase: 'unknown' }
  | { readonly phase: 'refused'; readonly code: string; readonly message: string };

export type KeyListener<State> = (state: KeyState<State>) => void;

interface Row {
  readonly ch: StateChannel;
  readonly key: string;
  scope: Scope;
  told: boolean;
  /** Whether `state` came in this scope, so that its revision may be named. */
  resumes: boolean;
  state: KeyState<unknown>;
  readonly listeners: Map<KeyListener<unknown>, Scope>;
}

type Command = Subscribe | Unsubscribe;

/** Keys per command: keeps a frame with resume tokens well below the 8 KiB of a public client. */
const KEYS_PER_COMMAND_MAX = 50;

export class SubscriptionTable {
  readonly #rows = new Map<string, Row>();
  readonly #dropped = new Map<string, { ch: StateChannel; key: string }>();
  readonly #asked = new Map<number, { ch: StateChannel; keys: readonly string[] }>();

  get size(): number {
    return this.#rows.size;
  }

  has(ch: StateChannel, key: string): boolean {
    return this.#rows.has(rowId(ch, key));
  }

  /** Whether this table can carry the key in this scope: not when somebody watches it in one that says otherwise. */
  fits(ch: StateChannel, key: string, scope: Scope): boolean {
    const row = this.#rows.get(rowId(ch, key));
    return row === undefined || commonScope([...row.listeners.values(), scope]) !== undefined;
  }

  add<Ch extends StateChannel>(ch: Ch, key: string, scope: Scope, listener: KeyListener<StateOf[Ch]>): void {
    const id = rowId(ch, key);
    const row = this.#rows.get(id) ?? newRow(ch, key, scope);
    const common = commonScope([...row.listeners.values(), scope]);
    if (common === undefined) throw new Error(`${ch} ${key} is watched on this connection in another scope`);
    this.#rows.set(id, row);
    row.listeners.set(listener as KeyListener<unknown>, scope);
    // A place that nobody asks for any more is kept until another is wanted: its states hold what the others need.
    if (common.near !== undefined && textOf(common) !== textOf(row.scope)) widen(row, common);
    if (row.state.phase !== 'pending' && row.resumes) listener(row.state as KeyState<StateOf[Ch]>);
  }

  remove<Ch extends StateChannel>(ch: Ch, key: string, listener: KeyListener<StateOf[Ch]>): void {
    const id = rowId(ch, key);
    const row = this.#rows.get(id);
    if (row === undefined) return;
    row.listeners.delete(listener as KeyListener<unknown>);
    if (row.listeners.size > 0) return;
    this.#rows.delete(id);
    if (row.told) this.#dropped.set(id, { ch, key });
  }

  /** A new socket knows nothing of us. */
  forgetTold(): void {
    this.#dropped.clear();
    this.#asked.clear();
    for (const row of this.#rows.values()) row.told = false;
  }

  /** Commands that bring the server up to date. Unsubscribes go first: a key may come back in another scope. */
  takeCommands(nextId: () => number): readonly Command[] {
    return [...this.#takeUnsubscribes(nextId), ...this.#takeSubscribes(nextId)];
  }

  /** Whether the server knows all that is watched, and no more. */
  get settled(): boolean {
    return this.#dropped.size === 0 && [...this.#rows.values()].every(({ told }) => told);
  }

  /** What is watched as commands, for a way that is told the whole each time. */
  all(nextId: () => number): readonly Subscribe[] {
    this.forgetTold();
    return this.#takeSubscribes(nextId);
  }

  take(message: Subscribed<unknown>): void {
    this.#asked.delete(message.id);
    for (const entry of message.snap) this.#set(message.ch, entry.k, { phase: 'known', entry });
    for (const key of message.unknown ?? []) this.#set(message.ch, key, { phase: 'unknown' });
    // `unchanged` keys keep what we hold; saying so again lets a view drop its "as of" mark.
    for (const key of message.unchanged ?? []) this.#repeat(message.ch, key);
  }

  /** Ignores what is older than we hold; a new epoch always wins. */
  update(ch: StateChannel, entry: Entry<unknown>): void {
    const row = this.#rows.get(rowId(ch, entry.k));
    if (row === undefined) return;
    if (row.resumes && row.state.phase === 'known' && row.state.entry.e === entry.e && entry.r <= row.state.entry.r)
      return;
    this.#set(ch, entry.k, { phase: 'known', entry });
  }

  /** The server refused a command: its keys are asked again later, or told so. */
  refuse(id: number, error: { code: string; msg: string; temporary: boolean }): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    for (const key of asked?.keys ?? []) {
      const row = asked === undefined ? undefined : this.#rows.get(rowId(asked.ch, key));
      if (row === undefined) continue;
      if (error.temporary) row.told = false;
      else this.#set(row.ch, key, { phase: 'refused', code: error.code, message: error.msg });
    }
  }

  #takeUnsubscribes(nextId: () => number): Unsubscribe[] {
    const keysOf = Map.groupBy(this.#dropped.values(), (drop) => drop.ch);
    // A key dropped and watched again must be told anew, or the unsubscribe would silence it.
    for (const id of this.#dropped.keys()) {
      const row = this.#rows.get(id);
      if (row !== undefined) row.told = false;
    }
    this.#dropped.clear();
    const commands: Unsubscribe[] = [];
    for (const [ch, drops] of keysOf) {
      for (const part of inParts(drops)) {
        commands.push({ type: 'unsubscribe', id: nextId(), ch, keys: part.map((drop) => drop.key) });
      }
    }
    return commands;
  }

  #takeSubscribes(nextId: () => number): Subscribe[] {
    const untold = [...this.#rows.values()].filter((row) => !row.told);
    const commands: Subscribe[] = [];
    for (const rows of Map.groupBy(untold, (row) => `${row.ch} ${textOf(row.scope)}`).values()) {
      for (const part of inParts(rows)) {
        const [first] = part;
        if (first === undefined) continue;
        const command = subscribeTo(first, part, nextId());
        this.#asked.set(command.id, command);
        for (const row of part) row.told = true;
        commands.push(command);
      }
    }
    return commands;
  }

  #set(ch: StateChannel, key: string, state: KeyState<unknown>): void {
    const row = this.#rows.get(rowId(ch, key));
    if (row === undefined) return;
    row.state = state;
    row.resumes = true;
    for (const listener of row.listeners.keys()) listener(state);
  }

  #repeat(ch: StateChannel, key: string): void {
    const row = this.#rows.get(rowId(ch, key));
    if (row !== undefined) this.#set(ch, key, row.state);
  }
}

function subscribeTo(first: Row, rows: readonly Row[], id: number): Subscribe {
  const since: Record<string, [string, number]> = {};
  for (const row of rows) {
    if (row.resumes && row.state.phase === 'known') since[row.key] = [row.state.entry.e, row.state.entry.r];
  }
  return {
    type: 'subscribe',
    id,
    ch: first.ch,
    keys: rows.map((row) => row.key),
    ...first.scope,
    ...(Object.keys(since).length > 0 ? { since } : {}),
  };
}

function newRow(ch: StateChannel, key: string, scope: Scope): Row {
  return { ch, key, scope, told: false, resumes: true, state: { phase: 'pending' }, listeners: new Map() };
}

/** Subscribing a key again replaces what it was; what is shown stays until the answer. */
function widen(row: Row, scope: Scope): void {
  row.scope = scope;
  row.told = false;
  row.resumes = false;
}

/** One scope that serves all; undefined when they contradict each other. */
function commonScope(scopes: readonly Scope[]): Scope | undefined {
  const { near } = scopes.find((scope) => scope.near !== undefined) ?? {};
  const [common, ...others] = scopes.map((scope) => ({ ...scope, ...(near && { near: scope.near ?? near }) }));
  return others.every((other) => textOf(other) === textOf(common ?? {})) ? common : undefined;
}

function inParts<T>(all: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < all.length; from += KEYS_PER_COMMAND_MAX) {
    parts.push(all.slice(from, from + KEYS_PER_COMMAND_MAX));
  }
  return parts;
}

function rowId(ch: StateChannel, key: string): string {
  return `${ch} ${key}`;
}

function textOf(scope: Scope): string {
  return JSON.stringify([scope.sale, scope.near?.lat, scope.near?.lon, scope.near?.km, scope.conflateMs]);
}
