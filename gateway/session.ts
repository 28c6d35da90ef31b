import { unreachable } from '../engine/contract/assert.ts';
import { isNo, type No } from './answers.ts';
import { PUBLIC, type Caller } from './caller.ts';
import { logCaps, stateCaps } from './channel-rights.ts';
import { textFrame } from './frame.ts';
import { closeCodeOf, refusalOfFresh } from './shown-token.ts';
import type { Hit, Limit } from './limits.ts';
import type { LogHub } from './log/log-hub.ts';
import { LogSubscriptions } from './log/log-subscriptions.ts';
import type { CloseCode } from './protocol/close-codes.ts';
import type { ErrorCode } from './protocol/error-codes.ts';
import { isMessageRefusal, parseClientMessage, type ClientSaid, type MessageRefusal } from './protocol/parse.ts';
import type { UnsubscribeLog } from './protocol/log-wire.ts';
import type { Connect, Limits, ServerMessage, Subscribe, Unsubscribe } from './protocol/wire.ts';
import { Subscriptions, type SubscriptionDeps } from './subscriptions.ts';
import type { ViewMemo } from './stock-view.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Reader } from './lane.ts';

/**
 * One socket's conversation, without the socket.
 *
 *   caller known from the request ──────────────► live
 *   greeting, staff only ── subscribe, or connectMs pass ── 4503 ──► closing
 *   greeting ── connect, good key ──────────────► live (staff)
 *      ├─────── subscribe, or connectMs pass ───► live (public)
 *      └─────── connect, bad key ── 4503 ──┐
 *   live ────── unknown type, too much … ──┴──► closing
 */
type SessionState =
  | { readonly at: 'greeting' }
  | { readonly at: 'live'; readonly caller: Caller; readonly subscriptions: Subscriptions; logs?: LogSubscriptions }
  | { readonly at: 'closing'; readonly code: number };

/** What a session needs of its socket. */
export interface Transport extends Reader {
  /** Resolves when hasRoom, or when the socket is gone. */
  whenRoom(): Promise<void>;
  close(code: number, reason: string): void;
}

interface SessionLimits {
  readonly public: Limits;
  readonly staff: Limits;
  readonly commandsBurst: number;
  readonly pingMs: number;
  readonly conflateMs: { readonly default: number; readonly min: number; readonly max: number };
}

export interface SessionDeps extends SubscriptionDeps {
  readonly limits: SessionLimits;
  /** The holder of the key or token, or why there is none. */
  readonly callerOf: (token: string, address: string) => Promise<Caller | No>;
  /** Whether that key or token still counts. */
  readonly standingOf: (caller: Caller) => 'valid' | 'expired' | 'deleted';
  readonly logs: LogHub;
  readonly log: (line: string) => void;
  readonly hit: Hit;
}

interface About {
  readonly id: string;
  readonly address: string;
  /** Who calls, when the head of the request said it; absent: the session asks. */
  readonly caller?: Caller;
  /** Who shows no key is sent away: 4503. */
  readonly staffOnly?: boolean;
}

/** What is obeyed in turn; acknowledgements have a way of their own. */
type Command = Exclude<ClientSaid, { readonly type: 'ack' | 'nack' | 'hb' }>;

/** Commands that wait for an earlier one of the same socket; beyond it they are refused like those that come too fast. */
const WAITING_MAX = 40;
/** Commands refused in a row before the socket is closed: who does not listen to the error is cut off. */
const REFUSED_IN_A_ROW_MAX = 100;

export class Session {
  readonly id: string;
  readonly #deps: SessionDeps;
  readonly #transport: Transport;
  readonly #address: string;
  readonly #staffOnly: boolean;
  readonly #bucket: TokenBucket;
  #state: SessionState = { at: 'greeting' };
  /** Commands are taken one after the other, so an unsubscribe never overtakes its subscribe. */
  readonly #waiting: Command[] = [];
  #working = false;
  #refusedInARow = 0;

  constructor(about: About, deps: SessionDeps, transport: Transport) {
    this.id = about.id;
    this.#address = about.address;
    this.#staffOnly = about.staffOnly ?? false;
    this.#deps = deps;
    this.#transport = transport;
    const { public: limits, commandsBurst } = deps.limits;
    this.#bucket = new TokenBucket(limits.cmdPerSec, commandsBurst, deps.now());
    if (about.caller !== undefined) this.#goLive(about.caller);
  }

  open(): void {
    const { pingMs, conflateMs } = this.#deps.limits;
    this.#send({ type: 'welcome', v: 1, session: this.id, pingMs, limits: this.#limits(), conflateMs });
  }

  /** One text message. */
  receive(text: string, bytes: number): void {
    if (this.#state.at === 'closing') return;
    if (bytes > this.#limits().msgBytes)
      return this.close(4502, `a message has at most ${this.#limits().msgBytes} bytes`, 'message-bytes');
    const message = parseClientMessage(text);
    const bucket = this.#bucketOf(message);
    const waitMs = bucket.take(this.#deps.now());
    if (waitMs > 0) return this.#refuseTooFast(message, bucket, waitMs);
    this.#refusedInARow = 0;
    if (isMessageRefusal(message)) return this.#refuse(message);
    if (message.type === 'hb') return;
    if (message.type === 'ack' || message.type === 'nack') return void this.#logs()?.take(message);
    if (this.#waiting.length >= WAITING_MAX) return this.#refuseTooFast(message, bucket, 1000);
    this.#waiting.push(message);
    if (!this.#working) void this.#work();
  }

  /** connectMs have passed: who has not shown a key by now is the public. */
  stopWaiting(): void {
    // A token may still be on its way through the checks.
    if (this.#state.at !== 'greeting' || this.#working) return;
    this.#deps.hit('connect-time');
    this.#goOnWithoutKey();
  }

  /** A key that was deleted, or a key or token that has ended, ends the sockets it opened. */
  checkKey(): void {
    if (this.#state.at !== 'live') return;
    const standing = this.#deps.standingOf(this.#state.caller);
    switch (standing) {
      case 'valid':
        return;
      case 'deleted':
        return this.close(4503, 'this key was deleted');
      case 'expired':
        return this.close(4006, 'the key or token has ended');
      default:
        return unreachable(standing);
    }
  }

  /** Reference data changed. Who cannot be given what it now watches comes again. */
  follow(views: ViewMemo): void {
    if (this.#state.at !== 'live') return;
    const following = this.#state.subscriptions.follow(views).then(() => this.sayStatus());
    following.catch((error: unknown) => {
      this.#deps.log(`session ${this.id}: ${String(error)}`);
      this.close(4003, 'reference data changed');
    });
  }

  /** Sources fell silent or were heard again: whoever watches what they report is told. */
  sayStatus(): void {
    const status = this.#state.at === 'live' ? this.#state.subscriptions.newStatus() : undefined;
    if (status !== undefined) this.#send(status);
  }

  heartbeat(): void {
    this.#send({ type: 'hb' });
  }

  announceDrain(reconnectInMs: number, reason: string): void {
    this.#send({ type: 'drain', reconnectInMs, reason });
  }

  /** `limit`: the one that was run into. */
  close(code: CloseCode | 1001 | 1012, reason: string, limit?: Limit): void {
    if (this.#state.at === 'closing') return;
    if (limit !== undefined) this.#deps.hit(limit);
    this.ended(code);
    this.#transport.close(code, reason);
  }

  /** The socket is gone: nothing may be kept for it. */
  ended(code: number): void {
    if (this.#state.at === 'live') {
      this.#state.subscriptions.end();
      this.#state.logs?.end();
    }
    this.#state = { at: 'closing', code };
    this.#waiting.length = 0;
  }

  async #work(): Promise<void> {
    this.#working = true;
    for (let command = this.#waiting.shift(); command !== undefined; command = this.#waiting.shift()) {
      // Who sends commands and reads no answers waits here, and holds one answer at most.
      if (!this.#transport.hasRoom) await this.#transport.whenRoom();
      try {
        await this.#obey(command);
      } catch (error) {
        // What depends on the moment: an engine that is busy or draining. The client asks again.
        this.#deps.log(
          `session ${this.id}: ${command.type} failed: ${error instanceof Error ? error.message : String(error)}`,
        );
        this.#error('busy', 'the server could not answer now; ask again', { ...idOf(command), retryAfterMs: 1000 });
      }
    }
    this.#working = false;
  }

  async #obey(command: Command): Promise<void> {
    switch (command.type) {
      case 'connect':
        return this.#connect(command);
      case 'subscribe':
        return 'mode' in command ? this.#logs()?.subscribe(command) : this.#subscribe(command);
      case 'unsubscribe':
        return this.#unsubscribe(command);
      default:
        return unreachable(command);
    }
  }

  async #connect(command: Connect): Promise<void> {
    const { id } = command;
    if (this.#state.at === 'live' && this.#state.caller.is === 'public') {
      return this.#error('connect-first', 'connect is the first command of a socket; open another', { id });
    }
    const caller = await this.#deps.callerOf(command.token, this.#address);
    const state = this.#state;
    if (state.at === 'closing') return;
    if (state.at === 'live') {
      const refusal = refusalOfFresh(state.caller, caller);
      if (refusal !== undefined) return this.#error(refusal.code, refusal.msg, { id, ...refusal.about });
      // What it watches stays as it is: the rights are the same.
      this.#state = { ...state, caller: caller as Caller };
    } else {
      if (isNo(caller)) return this.close(closeCodeOf(caller), caller.code);
      this.#goLive(caller);
    }
    this.#sendConnected(id);
  }

  #sendConnected(id: number): void {
    if (this.#state.at !== 'live' || this.#state.caller.is === 'public') return;
    const { client, expiresAt } = this.#state.caller;
    const ends =
      expiresAt === undefined ? {} : { expiresInMs: Math.max(0, Math.round(expiresAt - this.#deps.wallNow())) };
    const caps = [...stateCaps(this.#state.caller), ...logCaps(this.#deps.logs, this.#state.caller)];
    this.#send({ type: 'connected', id, client, limits: this.#limits(), caps, ...ends });
  }

  async #subscribe(command: Subscribe): Promise<void> {
    if (this.#state.at === 'greeting') this.#goOnWithoutKey();
    if (this.#state.at !== 'live') return;
    const answer = await this.#state.subscriptions.subscribe(command);
    // The socket may have gone while the engine was asked.
    if (!this.#isLive()) return;
    if (typeof answer !== 'string') {
      if (answer.limit !== undefined) this.#deps.hit(answer.limit);
      const { code, msg, retryAfterMs } = answer;
      return this.#error(code, msg, { id: command.id, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    }
    this.#transport.write([textFrame(answer)]);
    this.sayStatus();
  }

  #unsubscribe(command: Unsubscribe | UnsubscribeLog): void {
    if (this.#state.at === 'greeting') this.#goOnWithoutKey();
    if ('mode' in command) this.#logs()?.unsubscribe(command.ch);
    else if (this.#state.at === 'live') this.#state.subscriptions.unsubscribe(command);
    this.#send({ type: 'unsubscribed', id: command.id, ch: command.ch });
    this.sayStatus();
  }

  /** What this socket reads of logs, from its first such command on. */
  #logs(): LogSubscriptions | undefined {
    if (this.#state.at === 'greeting') this.#goOnWithoutKey();
    if (this.#state.at !== 'live') return undefined;
    const close = (code: CloseCode, reason: string): void => this.close(code, reason);
    return (this.#state.logs ??= new LogSubscriptions(this.#deps.logs, this.#state.caller, this.#transport, close));
  }

  #bucketOf(message: ClientSaid | MessageRefusal): TokenBucket {
    const isAck = 'type' in message && (message.type === 'ack' || message.type === 'nack');
    return (isAck && this.#state.at === 'live' ? this.#state.logs?.acks : undefined) ?? this.#bucket;
  }

  #goOnWithoutKey(): void {
    if (this.#staffOnly) this.close(4503, 'this door is for staff: send connect first');
    else this.#goLive(PUBLIC);
  }

  #goLive(caller: Caller): void {
    const limits = caller.is === 'staff' ? this.#deps.limits.staff : this.#deps.limits.public;
    const subscriptions = new Subscriptions(this.#deps, {
      reader: this.#transport,
      caller,
      address: this.#address,
      limits,
      conflateMs: this.#deps.limits.conflateMs,
    });
    this.#state = { at: 'live', caller, subscriptions };
  }

  #refuse(refusal: MessageRefusal): void {
    switch (refusal.refused) {
      case 'malformed-json':
        return this.close(4501, refusal.message);
      case 'unknown-type':
        return this.close(4500, refusal.message);
      case 'malformed-command':
        return this.#error('malformed-command', refusal.message, idOf(refusal));
    }
  }

  #refuseTooFast(message: ClientSaid | MessageRefusal, { perSec }: TokenBucket, retryAfterMs: number): void {
    this.#refusedInARow += 1;
    this.#deps.hit('commands');
    const log = 'type' in message && (message.type === 'ack' || message.type === 'nack') ? { ch: message.ch } : {};
    const most = `at most ${perSec} ${'ch' in log ? 'acks and nacks' : 'commands'} a second`;
    if (this.#refusedInARow > REFUSED_IN_A_ROW_MAX) return this.close(4005, most);
    this.#error('rate-limited', most, { ...idOf(message), ...log, retryAfterMs });
  }

  #error(code: ErrorCode, msg: string, about: { id?: number; ch?: string; retryAfterMs?: number }): void {
    this.#send({ type: 'error', code, msg, temporary: about.retryAfterMs !== undefined, ...about });
  }

  #send(message: ServerMessage): void {
    if (this.#state.at !== 'closing') this.#transport.write([textFrame(JSON.stringify(message))]);
  }

  #limits(): Limits {
    const staff = this.#state.at === 'live' && this.#state.caller.is === 'staff';
    return staff ? this.#deps.limits.staff : this.#deps.limits.public;
  }

  #isLive(): boolean {
    return this.#state.at === 'live';
  }
}

function idOf(message: ClientSaid | MessageRefusal): { id?: number } {
  return 'id' in message && message.id !== undefined ? { id: message.id } : {};
}
