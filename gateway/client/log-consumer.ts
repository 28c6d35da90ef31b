import { CLOSE_CODES, mayReconnect, type CloseCode } from '../protocol/close-codes.ts';
import type { LogCommand, LogEvent, LogMessage, LogSince, LogSubscribed } from '../protocol/log-wire.ts';
import { SUBPROTOCOL, type ClientMessage, type ServerMessage, type WireError } from '../protocol/wire.ts';
import { AckPace } from './ack-pace.ts';
import { reconnectWaitMs } from './backoff.ts';
import { CreditPace } from './credit-pace.ts';
import { realEnvironment, type Cancel, type Environment, type PageNews, type Socket } from './environment.ts';
import { NamedTimers } from './named-timers.ts';

/** From opening the socket to the answer of the subscribe, in ms. */
const GREETING_MS_MAX = 10_000;
/** Beyond the server's heartbeat, in ms, before a silent socket is given up. */
const SILENCE_GRACE_MS = 10_000;
/** A socket that read so long was a good one, in ms: the next wait starts small again. */
const STEADY_MS = 10_000;
const ACK_LATE: CloseCode = 4008;

/** Thrown by a handler: this event cannot be dealt with. It is parked for staff, and the stream goes on. */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  readonly code: string;

  /** `code`: small letters, digits and dashes, like `unknown-bin`. */
  constructor(code: string, message = '') {
    super(message);
    this.code = code;
  }
}

export interface LogConsumerOptions<Body> {
  /** `wss://…/v1/live`. */
  readonly url: string;
  /** Key with the scope `outfeeds`; of a node's work, `work`. */
  readonly token: string;
  /** `feed:<name>` or `work:<node>`. */
  readonly channel: string;
  /** Name of this reader, one for each process: the server remembers what it acknowledged. */
  readonly consumer: string;
  /** What was stored last, if the program remembers it itself; absent: the server's memory counts. */
  readonly since?: LogSince;
  readonly begin?: 'oldest' | 'next';
  /** Events sent ahead at most; the server's greatest unless given. A handler too slow for it is given fewer by itself. */
  readonly credit?: number;
  /**
   * One event after the other, in order; acknowledged when it resolves, so resolve when it is stored. It may come again
   * after a crash or a lost connection. A Rejection parks it; anything else that is thrown brings it again after a wait.
   */
  readonly handle: (event: LogEvent<Body>) => Promise<void> | void;
  /**
   * Events are gone: begin anew from `snapshot` (a path of the server). When it resolves the stream goes on. Without it the
   * consumer ends.
   */
  readonly lost?: (loss: { readonly reason: string; readonly snapshot: string }) => Promise<void> | void;
  /** Events are read from now on, or no longer: what a screen says about how fresh it is. */
  readonly reading?: (isReading: boolean) => void;
  /** Nobody tries again, and why: a key that is no good, a log that is not there, another process of the same name. */
  readonly ended?: (why: string) => void;
}

/** Reads a log at least once, in order, for ever: reconnects with full jitter, and goes on where it was. */
export class LogConsumer<Body = unknown> {
  readonly #options: LogConsumerOptions<Body>;
  readonly #env: Environment;
  readonly #timers: NamedTimers<'greeting' | 'silence' | 'retry' | 'again'>;
  readonly #pace: AckPace;
  readonly #credit: CreditPace;
  #socket: Socket | undefined;
  #stopPage: Cancel | undefined;
  /** At most the credit. */
  #waiting: LogEvent<Body>[] = [];
  /** What is being handled; a new subscription waits for it, or it would come twice at once. */
  #working: Promise<void> | undefined;
  #done: LogSince | undefined;
  #epoch = '';
  #lastId = 0;
  #attempt = 0;
  #readingSinceMs: number | undefined;
  #silenceMs = 35_000;
  /** Settled by the answer to a nack, or by the end of its socket. */
  #parking: ((isParked: boolean) => void) | undefined;
  #stopped = false;

  constructor(options: LogConsumerOptions<Body>, env: Environment = realEnvironment()) {
    this.#options = options;
    this.#env = env;
    this.#done = options.since;
    this.#timers = new NamedTimers(env);
    const { channel: ch } = options;
    this.#credit = new CreditPace(options.credit);
    this.#pace = new AckPace(env, (o) => this.#send({ type: 'ack', ch, o }));
  }

  /** What was dealt with last: what a program that remembers it itself stores with its own data. */
  get position(): LogSince | undefined {
    return this.#done;
  }

  start(): void {
    this.#stopPage ??= this.#env.onPage((news) => this.#page(news));
    this.#open();
  }

  /** Resolves when the event under way is dealt with and everything is acknowledged as far as it can be. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting = [];
    await this.#working;
    this.#pace.now();
    this.#stopPage?.();
    this.#drop();
  }

  #open(): void {
    const socket = this.#env.openSocket(this.#options.url, SUBPROTOCOL);
    this.#socket = socket;
    this.#timers.arm('greeting', GREETING_MS_MAX, () => this.#lose());
    socket.onmessage = ({ data }) => this.#take(socket, data);
    socket.onclose = ({ code }) => this.#closed(code);
    // Always followed by onclose, which tells more.
    socket.onerror = () => {};
  }

  #take(socket: Socket, data: unknown): void {
    const message = JSON.parse(String(data)) as ServerMessage | LogMessage;
    this.#timers.arm('silence', this.#silenceMs, () => this.#lose());
    switch (message.type) {
      case 'welcome':
        this.#silenceMs = message.pingMs + SILENCE_GRACE_MS;
        return this.#send({ type: 'connect', id: ++this.#lastId, token: this.#options.token });
      case 'connected':
        return void this.#subscribe(socket);
      case 'subscribed':
        if ('recovered' in message) void this.#subscribed(socket, message);
        return;
      case 'event':
        this.#waiting.push(message as LogEvent<Body>);
        return this.#work(socket);
      case 'hb':
        return this.#send({ type: 'hb' });
      case 'parked':
        return this.#parking?.(true);
      case 'error':
        return this.#error(socket, message);
      case 'acked':
      case 'update':
      case 'status':
      case 'unsubscribed':
      case 'drain':
        // The server closes at the moment it announced, and that is when this one comes again.
        return;
      default:
        // A newer server may say more than we know; what we do not know we do not need.
        return;
    }
  }

  async #subscribe(socket: Socket): Promise<void> {
    await this.#working;
    if (this.#socket !== socket || this.#stopped) return;
    const { channel: ch, consumer, begin } = this.#options;
    const { asked: credit } = this.#credit;
    this.#send({
      type: 'subscribe',
      id: ++this.#lastId,
      ch,
      mode: 'log',
      consumer,
      ...(this.#done !== undefined && { since: this.#done }),
      ...(begin !== undefined && { begin }),
      ...(credit !== undefined && { credit }),
    });
  }

  async #subscribed(socket: Socket, message: LogSubscribed): Promise<void> {
    this.#timers.disarm('greeting');
    this.#readingSinceMs = this.#env.nowMs();
    const { e, from, credit } = message;
    this.#epoch = e;
    this.#pace.begin(from - 1, credit);
    this.#credit.granted(credit);
    if (message.recovered) {
      this.#done = { e, o: from - 1 };
      return this.#options.reading?.(true);
    }
    const { lost } = this.#options;
    const { reason, snapshot } = message;
    if (lost === undefined) return this.#end(`events are lost (${reason}); begin anew from ${snapshot}`);
    this.#working = (async () => lost({ reason, snapshot }))();
    try {
      await this.#working;
    } catch {
      if (this.#socket === socket) this.#lose();
      return;
    } finally {
      this.#working = undefined;
    }
    this.#done = { e, o: from - 1 };
    if (this.#socket !== socket) return;
    this.#send({ type: 'ack', ch: this.#options.channel, o: from - 1 });
    this.#options.reading?.(true);
    this.#work(socket);
  }

  #work(socket: Socket): void {
    if (this.#working !== undefined) return;
    this.#working = this.#handleAll(socket).finally(() => (this.#working = undefined));
  }

  async #handleAll(socket: Socket): Promise<void> {
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      if (!(await this.#handle(event)) || this.#socket !== socket) return;
      const { parked, o } = event;
      if (parked === undefined) this.#pace.handled(o, this.#waiting.length === 0);
    }
  }

  /** False: the socket is gone, and the event comes again. */
  async #handle(event: LogEvent<Body>): Promise<boolean> {
    const { channel: ch, handle } = this.#options;
    const { parked, o } = event;
    const e = this.#epoch;
    try {
      await handle(event);
      if (parked !== undefined) this.#send({ type: 'ack', ch, parked });
    } catch (error) {
      if (!(error instanceof Rejection)) {
        this.#lose();
        return false;
      }
      const place = parked === undefined ? { o } : { parked };
      const nack = { type: 'nack', id: ++this.#lastId, ch, ...place, code: error.code, msg: error.message } as const;
      // Only when it is parked may a later ack pass over it.
      if (!(await this.#park(nack))) return false;
    }
    if (parked === undefined) this.#done = { e, o };
    return true;
  }

  async #park(nack: LogCommand): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#parking = resolve;
    this.#send(nack);
    const isParked = await promise;
    this.#parking = undefined;
    return isParked;
  }

  #error(socket: Socket, { temporary, retryAfterMs = 1000, msg, ch, id }: WireError): void {
    if (this.#parking !== undefined && id !== undefined) return this.#lose();
    // An ack that was not taken: a later one says more.
    if (id === undefined || (ch !== undefined && temporary && this.#readingSinceMs !== undefined)) return;
    if (!temporary) return this.#end(msg);
    this.#timers.arm('again', retryAfterMs, () => void this.#subscribe(socket));
  }

  #closed(code: number): void {
    if (mayReconnect(code)) this.#lose(code);
    else this.#end(code in CLOSE_CODES ? CLOSE_CODES[code as CloseCode].name : `closed ${code}`);
  }

  /** Whatever it was, what is not acknowledged comes again. */
  #lose(code?: number): void {
    this.#drop();
    if (this.#stopped) return;
    const readMs = this.#readingSinceMs === undefined ? 0 : this.#env.nowMs() - this.#readingSinceMs;
    this.#readingSinceMs = undefined;
    if (readMs >= STEADY_MS) this.#attempt = 0;
    if (code === ACK_LATE) this.#credit.late();
    else if (readMs >= STEADY_MS) this.#credit.steady();
    const waitMs = reconnectWaitMs(this.#attempt++, this.#env.random());
    this.#timers.arm('retry', waitMs, () => this.#open());
  }

  /** The machine knows sooner than a silent socket tells, both that the network is gone and that it is back. */
  #page(news: PageNews): void {
    switch (news) {
      case 'offline':
        if (this.#socket !== undefined) this.#lose();
        return;
      case 'online':
      case 'visible':
        if (!this.#timers.isArmed('retry')) return;
        this.#timers.disarm('retry');
        return this.#open();
      case 'hidden':
        return;
      default:
        return news satisfies never;
    }
  }

  #end(why: string): void {
    this.#stopped = true;
    this.#stopPage?.();
    this.#drop();
    this.#options.ended?.(why);
  }

  #drop(): void {
    this.#timers.disarmAll();
    this.#pace.end();
    this.#waiting = [];
    this.#parking?.(false);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    this.#options.reading?.(false);
    // A late event of the old socket must not be taken for one of the new.
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(1000);
  }

  #send(message: ClientMessage | LogCommand): void {
    this.#socket?.send(JSON.stringify(message));
  }
}
