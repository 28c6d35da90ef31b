import { EngineBusyError } from '../../engine/api.ts';
import type { Caller } from '../caller.ts';
import { textFrame } from '../frame.ts';
import type { Limit } from '../limits.ts';
import type { CloseCode } from '../protocol/close-codes.ts';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { Ack, LogMessage, Nack, SubscribeLog, UnsubscribeLog } from '../protocol/log-wire.ts';
import type { WireError } from '../protocol/wire.ts';
import { TokenBucket } from '../token-bucket.ts';
import { LogDelivery, type LogSink } from './log-delivery.ts';
import { noSuchLog, type LogHub } from './log-hub.ts';

/** Logs of one socket at most. */
const LOGS_MAX = 20;
const RETRY_AFTER_MS = 1_000;

/** Limits that end a socket. */
const LIMIT_OF: { readonly [Code in CloseCode]?: Limit } = { 4008: 'log-ack', 4009: 'log-parked' };

/** What one socket reads of logs. */
export class LogSubscriptions {
  readonly #hub: LogHub;
  readonly #sink: LogSink;
  readonly #caller: Caller;
  readonly #close: (code: CloseCode, reason: string) => void;
  /** Acks and nacks, which come more often than other commands. */
  readonly acks: TokenBucket;
  readonly #byLog = new Map<string, LogDelivery>();
  #ended = false;

  constructor(hub: LogHub, caller: Caller, sink: LogSink, close: (code: CloseCode, reason: string) => void) {
    this.#hub = hub;
    this.#caller = caller;
    this.#sink = sink;
    this.#close = close;
    const { acksPerSec } = hub.deps.limits;
    this.acks = new TokenBucket(acksPerSec, acksPerSec * 2, hub.deps.now());
  }

  async subscribe(command: SubscribeLog): Promise<void> {
    const { id, ch } = command;
    if (!this.#hub.isOpenTo(this.#caller, ch)) return this.#no({ id, ch, ...noSuchLog(ch) });
    if (!this.#byLog.has(ch) && this.#byLog.size >= LOGS_MAX) {
      return this.#no({ id, ch, code: 'too-many-keys', msg: `a socket reads at most ${LOGS_MAX} logs` });
    }
    const begun = await this.#hub.subscribe(command, this.#caller, this.#sink, (code, reason) =>
      this.#over(code, reason),
    );
    if (begun === 'taken-over') return this.#close(4505, 'another connection reads as this consumer');
    if (!(begun instanceof LogDelivery)) {
      if (begun.code === 'too-many-consumers') this.#hub.deps.hit('log-consumers');
      return this.#no({ id, ch, ...begun });
    }
    if (this.#ended) this.#hub.left(begun);
    else this.#byLog.set(ch, begun);
  }

  unsubscribe(ch: UnsubscribeLog['ch']): void {
    const delivery = this.#byLog.get(ch);
    if (delivery !== undefined) this.#hub.left(delivery);
    this.#byLog.delete(ch);
  }

  /** Answered when it is durable, where the client gave an id; what cannot be is said in any case. */
  async take(said: Ack | Nack): Promise<void> {
    const { ch, id } = said;
    const about = id === undefined ? { ch } : { ch, id };
    const delivery = this.#byLog.get(ch);
    const gone = { ...about, code: 'not-subscribed', msg: `this socket reads no ${ch}` } as const;
    if (delivery === undefined) return this.#no(gone);
    try {
      const refusal = 'o' in said ? await takeOffset(delivery, said) : await takeParked(delivery, said);
      if (refusal !== undefined) return this.#no({ ...about, ...refusal });
      if (id === undefined) return;
      // Another subscribe of this socket took its place meanwhile.
      if (delivery.isEnded) return this.#no(gone);
      this.#say({ type: said.type === 'ack' ? 'acked' : 'parked', id, ch });
    } catch (error) {
      const retry = error instanceof EngineBusyError ? error.retryAfterMs : RETRY_AFTER_MS;
      this.#no({ ...about, code: 'busy', msg: 'this could not be written down now; say it again' }, retry);
    }
  }

  end(): void {
    this.#ended = true;
    for (const delivery of this.#byLog.values()) this.#hub.left(delivery);
    this.#byLog.clear();
  }

  #over(code: CloseCode, reason: string): void {
    const limit = LIMIT_OF[code];
    if (limit !== undefined) this.#hub.deps.hit(limit);
    this.#close(code, reason);
  }

  #no(error: Pick<WireError, 'id' | 'ch' | 'msg'> & { readonly code: ErrorCode }, retryAfterMs?: number): void {
    const more = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.#say({ type: 'error', ...error, temporary: retryAfterMs !== undefined, ...more });
  }

  #say(message: LogMessage | WireError): void {
    if (!this.#ended) this.#sink.write([textFrame(JSON.stringify(message))]);
  }
}

type Refusal = { readonly code: ErrorCode; readonly msg: string } | undefined;

function takeOffset(delivery: LogDelivery, said: (Ack | Nack) & { readonly o: number }): Promise<Refusal> {
  return said.type === 'ack' ? delivery.ack(said.o) : delivery.nack(said.o, said);
}

async function takeParked(delivery: LogDelivery, said: (Ack | Nack) & { readonly parked: number }): Promise<Refusal> {
  const { replays } = delivery;
  const isKnown = said.type === 'ack' ? await replays.ack(said.parked) : await replays.nack(said.parked, said);
  delivery.wake();
  return isKnown ? undefined : { code: 'not-played', msg: `no event parked as ${said.parked} was played here` };
}
