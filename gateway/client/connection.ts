import { mayReconnect } from '../protocol/close-codes.ts';
import type { ClientMessage, StateChannel, WireError } from '../protocol/wire.ts';
import { reconnectWaitMs } from './backoff.ts';
import { waysOf } from './connection-options.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { Cancel, CloseEvent, Environment, PageNews, Socket } from './environment.ts';
import { isFollowing, nextLinkState } from './link-life.ts';
import type { LinkEvent } from './link-life.ts';
import type { Link, LinkListener } from './link.ts';
import { NamedTimers } from './named-timers.ts';
import { parseServerMessage } from './server-message.ts';
import type { SignInDesk } from './sign-in.ts';
import { SubscriptionTable } from './subscription-table.ts';
import type { KeyListener, Scope, StateOf } from './subscription-table.ts';
import { drop, WayFinder } from './way-finder.ts';

/** From opening the socket to the server's welcome (and to its answer about the key), in ms. */
const GREETING_MS_MAX = 10_000;
/** Beyond the server's heartbeat, in ms, before a silent link is given up: one late heartbeat is forgiven. */
const SILENCE_GRACE_MS = 10_000;
/** A link that stood this long was a good one, in ms: the next wait starts small again. */
const STEADY_MS = 10_000;
/** Beyond the announced moment of a drain, in ms, before we leave by ourselves. */
const DRAIN_GRACE_MS = 2_000;
/** How long a page that nobody looks at keeps a way over HTTP, in ms: each takes one of the browser's few connections. */
const HIDDEN_MS_MAX = 30_000;
/** Keys of one public socket, until the server's welcome says otherwise. */
const KEYS_MAX = 100;

export type ErrorListener = (error: WireError) => void;

/** Why a link is lost, for the ladder and the wait. */
interface Loss {
  /** Whether it speaks against the way: not when the server or the machine itself said so. */
  readonly blame?: 'way' | 'hung';
  /** The server asks to stay away so long, in ms. */
  readonly waitMs?: number;
  readonly code?: number;
}

/** One socket to the server, kept alive; all subscriptions share it and survive its loss. */
export class Connection {
  readonly #table = new SubscriptionTable();
  readonly #options: ConnectionOptions;
  readonly #env: Environment;
  readonly #finder: WayFinder;
  readonly #listeners = new Set<LinkListener>();
  readonly #errorListeners = new Set<ErrorListener>();
  readonly #timers: NamedTimers<'greeting' | 'silence' | 'retry' | 'drain' | 'flush' | 'hide' | 'renew'>;
  #link: Link;
  #socket: Socket | undefined;
  #stopPage: Cancel | undefined;
  #attempt = 0;
  #lastId = 0;
  #silenceMs = 35_000;
  #keysMax = KEYS_MAX;
  #hidden = false;

  constructor(options: ConnectionOptions, env: Environment) {
    this.#options = options;
    this.#env = env;
    this.#finder = new WayFinder(options.url, waysOf(options), env);
    this.#timers = new NamedTimers(env);
    this.#link = { state: 'idle', sinceMs: env.nowMs(), way: this.#finder.way };
  }

  get link(): Link {
    return this.#link;
  }

  start(): void {
    if (!this.#move('start')) return;
    this.#stopPage = this.#env.onPage((news) => this.#page(news));
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

  /** Whether this connection can carry the key in this scope, besides what it carries. */
  fits(ch: StateChannel, key: string, scope: Scope): boolean {
    return this.#table.fits(ch, key, scope) && (this.#table.has(ch, key) || this.#table.size < this.#keysMax);
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

  /** Tells every error the server names, also those that are told to the watcher of a key. */
  onError(listener: ErrorListener): Cancel {
    this.#errorListeners.add(listener);
    return () => this.#errorListeners.delete(listener);
  }

  close(): void {
    this.#dropSocket();
    this.#stopPage?.();
    this.#move('stop');
  }

  #open(): void {
    const socket = this.#finder.open();
    this.#timers.arm('greeting', GREETING_MS_MAX, () => this.#lose('no greeting', { blame: 'hung' }));
    this.#attach(socket);
    if (socket.want !== undefined) this.#flush();
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.onopen = () => this.#move('opened');
    socket.onmessage = (event) => this.#take(event.data);
    socket.onclose = (event) => this.#closed(event);
    // Always followed by onclose, which tells more.
    socket.onerror = () => {};
    // A new socket knows nothing of us.
    this.#table.forgetTold();
  }

  #take(data: unknown): void {
    const message = parseServerMessage(data);
    if (message === undefined) return this.#lose('unreadable frame', { blame: 'way' });
    this.#timers.arm('silence', this.#silenceMs, () => this.#lose('silent', { blame: 'way' }));
    switch (message.type) {
      case 'welcome':
        this.#silenceMs = message.pingMs + SILENCE_GRACE_MS;
        this.#keysMax = message.limits.keys;
        return this.#welcomed();
      case 'connected':
        this.#keysMax = message.limits.keys;
        this.#options.signIn?.accepted(this.#desk(), message.expiresInMs);
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
    this.#finder.note({ is: 'greeted' });
    const { signIn } = this.#options;
    if (signIn === undefined) return this.#follow('welcomed');
    if (this.#move('key-wanted')) signIn.show(this.#desk());
  }

  /** Where to sign in on this socket. */
  #desk(): SignInDesk {
    const { client } = this.#options;
    const socket = this.#socket;
    const here = (): boolean => socket === this.#socket;
    return {
      show: (token) => {
        if (here()) this.#send({ type: 'connect', id: ++this.#lastId, token, ...(client && { client }) });
      },
      giveUp: (reason) => {
        if (here()) this.#lose(reason);
      },
      after: (delayMs, run) => this.#timers.arm('renew', delayMs, run),
      random: () => this.#env.random(),
    };
  }

  #follow(event: 'welcomed' | 'accepted'): void {
    if (!this.#move(event)) return;
    this.#timers.disarm('greeting');
    this.#flush();
    this.#hideSoon();
    this.#climbLater();
  }

  #climbLater(): void {
    this.#finder.climbLater({
      wanted: () => this.#table.all(() => ++this.#lastId),
      mayTry: () => !this.#hidden,
      adopt: (socket, greeting) => this.#adopt(socket, greeting),
    });
  }

  /** A better way takes the place of the one in use; the page sees no break. */
  #adopt(socket: Socket, greeting: unknown): void {
    drop(this.#socket);
    this.#attach(socket);
    this.#tell({ ...this.#link, way: this.#finder.way });
    this.#take(greeting);
    this.#timers.disarm('hide');
    this.#flush();
    // There may be a better one still.
    this.#climbLater();
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
    for (const listener of this.#errorListeners) listener(error);
    if (this.#link.state === 'authorizing') {
      if (error.temporary) return this.#lose(error.code);
      this.#dropSocket();
      this.#move('refused', { reason: error.msg });
      return;
    }
    if (error.id === undefined) return;
    this.#table.refuse(error.id, error);
    if (error.temporary) this.#flushSoon(error.retryAfterMs ?? 1000);
  }

  #closed({ code, reason, retryAfterMs = 0 }: CloseEvent): void {
    const own = code === 1012 || code === 1013 || code >= 4000;
    const renew = code === 4503 && this.#options.signIn?.mayRenew();
    const words = reason || `closed ${code}`;
    if (mayReconnect(code) || renew) {
      return this.#lose(words, { code, waitMs: retryAfterMs, ...(!own && { blame: 'way' }) });
    }
    this.#dropSocket();
    this.#move('refused', { reason: words, code });
  }

  /** The link is gone, whoever noticed first: wait, then try again. */
  #lose(reason: string, { blame, waitMs = 0, code }: Loss = {}): void {
    const { state, sinceMs } = this.#link;
    const steady = isFollowing(state) && this.#env.nowMs() - sinceMs >= STEADY_MS;
    if (!this.#move('lost', { reason, ...(code !== undefined && { code }) })) return;
    this.#dropSocket();
    if (steady) this.#attempt = 0;
    if (steady) this.#finder.note({ is: 'stood' });
    else if (blame !== undefined) this.#finder.note({ is: 'failed', hung: blame === 'hung' });
    const backoffMs = reconnectWaitMs(this.#attempt++, this.#env.random());
    this.#timers.arm('retry', Math.max(backoffMs, waitMs), () => this.#retry('due'));
  }

  #retry(event: 'due' | 'online'): void {
    if (!this.#move(event)) return;
    this.#timers.disarm('retry');
    this.#open();
  }

  #page(news: PageNews): void {
    switch (news) {
      case 'offline':
        this.#lose('offline');
        return this.#finder.note({ is: 'moved' });
      case 'hidden':
        this.#hidden = true;
        return this.#hideSoon();
      case 'online':
        return this.#retry('online');
      case 'visible':
        this.#hidden = false;
        this.#timers.disarm('hide');
        return this.#retry('online');
    }
  }

  /** A page that nobody looks at gives its connection back, and takes it up when it is looked at again. */
  #hideSoon(): void {
    if (!this.#hidden || this.#finder.way === 'websocket' || !isFollowing(this.#link.state)) return;
    this.#timers.arm('hide', HIDDEN_MS_MAX, () => {
      this.#lose('hidden');
      this.#timers.disarm('retry');
    });
  }

  #flushSoon(delayMs = 0): void {
    if (this.#timers.isArmed('flush')) return;
    this.#timers.arm('flush', delayMs, () => this.#flush());
  }

  #flush(): void {
    this.#timers.disarm('flush');
    const nextId = (): number => ++this.#lastId;
    const { want } = this.#socket ?? {};
    if (want !== undefined) {
      if (!this.#table.settled) want(this.#table.all(nextId));
      return;
    }
    // While the link is down the table remembers; the new socket is told everything.
    if (!isFollowing(this.#link.state)) return;
    for (const command of this.#table.takeCommands(nextId)) this.#send(command);
  }

  #send(message: ClientMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #dropSocket(): void {
    this.#timers.disarmAll();
    this.#finder.stopClimbing();
    drop(this.#socket);
    this.#socket = undefined;
  }

  #move(event: LinkEvent, why: Pick<Link, 'reason' | 'code'> = {}): boolean {
    const next = nextLinkState(this.#link.state, event);
    if (next === 'ignored') return false;
    const nowMs = this.#env.nowMs();
    const followedMs = isFollowing(this.#link.state) ? nowMs : this.#link.followedMs;
    this.#tell({
      state: next,
      sinceMs: nowMs,
      way: this.#finder.way,
      ...(followedMs !== undefined && { followedMs }),
      ...why,
    });
    return true;
  }

  #tell(link: Link): void {
    this.#link = link;
    for (const listener of this.#listeners) listener(link);
  }
}
