import { mayReconnect } from '../protocol/close-codes.ts';
import { SUBPROTOCOL } from '../protocol/wire.ts';
import type { ClientMessage, StateChannel, WireError } from '../protocol/wire.ts';
import { reconnectWaitMs } from './backoff.ts';
import type { Cancel, Environment, Socket } from './environment.ts';
import { isFollowing, nextLinkState } from './link-life.ts';
import type { LinkEvent } from './link-life.ts';
import type { Link, LinkListener } from './link.ts';
import { NamedTimers } from './named-timers.ts';
import { nameOfCloseCode, parseServerMessage } from './server-message.ts';
import { SubscriptionTable } from './subscription-table.ts';
import type { KeyListener, Scope, StateOf } from './subscription-table.ts';

/** From opening the socket to the server's welcome (and to its answer about the key), in ms. */
const GREETING_MS_MAX = 10_000;
/** Beyond the server's heartbeat, in ms, before a silent link is given up: one late heartbeat is forgiven. */
const SILENCE_GRACE_MS = 10_000;
/** A link that stood this long was a good one, in ms: the next wait starts small again. */
const STEADY_MS = 10_000;
/** Beyond the announced moment of a drain, in ms, before we leave by ourselves. */
const DRAIN_GRACE_MS = 2_000;

export interface ConnectionOptions {
  /** `ws://…/v1/live` or `wss://…`. */
  readonly url: string;
  /** API key of staff and systems; public pages have none. */
  readonly token?: string;
  /** Name and version of the program, for the server's log. */
  readonly client?: string;
}

/** One socket to the server, kept alive; all subscriptions share it and survive its loss. */
export class Connection {
  readonly #table = new SubscriptionTable();
  readonly #options: ConnectionOptions;
  readonly #env: Environment;
  readonly #listeners = new Set<LinkListener>();
  readonly #timers: NamedTimers<'greeting' | 'silence' | 'retry' | 'drain' | 'flush'>;
  #link: Link;
  #socket: Socket | undefined;
  #stopNetwork: Cancel | undefined;
  #attempt = 0;
  #lastId = 0;
  #silenceMs = 35_000;

  constructor(options: ConnectionOptions, env: Environment) {
    this.#options = options;
    this.#env = env;
    this.#timers = new NamedTimers(env);
    this.#link = { state: 'idle', sinceMs: env.nowMs() };
  }

  get link(): Link {
    return this.#link;
  }

  start(): void {
    if (!this.#move('start')) return;
    this.#stopNetwork = this.#env.onNetwork((online) => this.#network(online));
    this.#open();
  }

  /** Follows one key until the returned function is called. */
  watch<Ch extends StateChannel>(ch: Ch, key: string, scope: Scope, listener: KeyListener<StateOf[Ch]>): Cancel {
    this.#table.add(ch, key, scope, listener);
    this.#flushSoon();
    return () => {
      this.#table.remove(ch, key, listener);
      this.#flushSoon();
    };
  }

  /** Whether this connection can carry the key in this scope. */
  fits(ch: StateChannel, key: string, scope: Scope): boolean {
    return this.#table.fits(ch, key, scope);
  }

  get watched(): number {
    return this.#table.size;
  }

  /** Tells the present state at once, then every change. */
  onLink(listener: LinkListener): Cancel {
    this.#listeners.add(listener);
    listener(this.#link);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#dropSocket(1000);
    this.#stopNetwork?.();
    this.#move('stop');
  }

  #open(): void {
    const socket = this.#env.openSocket(this.#options.url, SUBPROTOCOL);
    this.#socket = socket;
    this.#timers.arm('greeting', GREETING_MS_MAX, () => this.#lose('no greeting'));
    socket.onopen = () => this.#move('opened');
    socket.onmessage = (event) => this.#take(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    // Always followed by onclose, which tells more.
    socket.onerror = () => {};
  }

  #take(data: unknown): void {
    const message = parseServerMessage(data);
    if (message === undefined) return this.#lose('unreadable frame');
    this.#timers.arm('silence', this.#silenceMs, () => this.#lose('silent'));
    switch (message.type) {
      case 'welcome':
        this.#silenceMs = message.pingMs + SILENCE_GRACE_MS;
        return this.#welcomed();
      case 'connected':
        return this.#follow('accepted');
      case 'subscribed':
        return this.#table.take(message);
      case 'update':
        return this.#table.update(message.ch, message);
      case 'hb':
        return this.#send({ type: 'hb' });
      case 'drain':
        return this.#drain(message.reconnectInMs);
      case 'error':
        return this.#error(message);
      case 'status':
        return this.#late(message.state === 'stale' ? message.ageMs : undefined);
      case 'unsubscribed':
        return;
      default:
        // A newer server may say more than we know; what we do not know we do not need.
        return;
    }
  }

  #welcomed(): void {
    const { token, client } = this.#options;
    if (token === undefined) return this.#follow('welcomed');
    if (this.#move('key-wanted')) this.#send({ type: 'connect', id: ++this.#lastId, token, ...(client && { client }) });
  }

  #follow(event: 'welcomed' | 'accepted'): void {
    if (!this.#move(event)) return;
    this.#timers.disarm('greeting');
    this.#table.forgetTold();
    this.#flush();
  }

  #drain(reconnectInMs: number): void {
    this.#move('drained');
    this.#timers.arm('drain', reconnectInMs + DRAIN_GRACE_MS, () => this.#lose('drained'));
  }

  #late(lateMs: number | undefined): void {
    const { lateMs: _, ...link } = this.#link;
    this.#tell(lateMs === undefined ? link : { ...link, lateMs });
  }

  #error(error: WireError): void {
    if (this.#link.state === 'authorizing') {
      if (error.temporary) return this.#lose(error.code);
      this.#dropSocket(1000);
      this.#move('refused', error.msg);
      return;
    }
    if (error.id === undefined) return;
    this.#table.refuse(error.id, error);
    if (error.temporary) this.#flushSoon(error.retryAfterMs ?? 1000);
  }

  #closed(code: number): void {
    if (mayReconnect(code)) return this.#lose(nameOfCloseCode(code));
    this.#dropSocket(1000);
    this.#move('refused', nameOfCloseCode(code));
  }

  /** The link is gone, whoever noticed first: wait, then try again. */
  #lose(reason: string): void {
    const { state, sinceMs } = this.#link;
    const steady = isFollowing(state) && this.#env.nowMs() - sinceMs >= STEADY_MS;
    if (!this.#move('lost', reason)) return;
    this.#dropSocket(1000);
    if (steady) this.#attempt = 0;
    const waitMs = reconnectWaitMs(this.#attempt++, this.#env.random());
    this.#timers.arm('retry', waitMs, () => this.#retry('due'));
  }

  #retry(event: 'due' | 'online'): void {
    if (!this.#move(event)) return;
    this.#timers.disarm('retry');
    this.#open();
  }

  #network(online: boolean): void {
    if (online) this.#retry('online');
    else this.#lose('offline');
  }

  #flushSoon(delayMs = 0): void {
    if (this.#timers.isArmed('flush')) return;
    this.#timers.arm('flush', delayMs, () => this.#flush());
  }

  #flush(): void {
    this.#timers.disarm('flush');
    // While the link is down the table remembers; `#follow` tells the new socket everything.
    if (!isFollowing(this.#link.state)) return;
    for (const command of this.#table.takeCommands(() => ++this.#lastId)) this.#send(command);
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #dropSocket(code: number): void {
    this.#timers.disarmAll();
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    // A late event of the old socket must not be taken for one of the new.
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code);
  }

  #move(event: LinkEvent, reason?: string): boolean {
    const next = nextLinkState(this.#link.state, event);
    if (next === 'ignored') return false;
    const nowMs = this.#env.nowMs();
    const followedMs = isFollowing(this.#link.state) ? nowMs : this.#link.followedMs;
    this.#tell({
      state: next,
      sinceMs: nowMs,
      ...(followedMs !== undefined && { followedMs }),
      ...(reason !== undefined && { reason }),
    });
    return true;
  }

  #tell(link: Link): void {
    this.#link = link;
    for (const listener of this.#listeners) listener(link);
  }
}
