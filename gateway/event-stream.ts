import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { no, sendNo, type No } from './answers.ts';
import { textsIn } from './frame.ts';
import { CLOSE_CODES, mayReconnect } from './protocol/close-codes.ts';
import type { ServerMessage, WireError } from './protocol/wire.ts';
import type { RawEnd, WireEnd } from './socket-transport.ts';
import type { StreamResume } from './stream-resume.ts';

/** Before a browser asks again by itself, in ms; a draining server has told each its own moment by ending it then. */
const RETRY_MS = 1_000;
/** A reader that does not take the end of its stream by then is cut, like a peer that answers no close frame. */
const END_MS = 2_000;

/**
 * A response of `text/event-stream` in the place of a websocket: it stands for both the socket (`close`, `terminate`) and
 * the raw socket (`write`), so the transport that skips and closes slow readers is the same.
 *
 *   held ── subscribed ──► flowing ── close ──► ended
 *     └──── error, close ── answered with an HTTP error
 *
 * The head waits for the first answer, so that who asks for what cannot be gets a status and not a stream that ends at
 * once, which a browser would ask for again and again.
 */
export class EventStream implements WireEnd, RawEnd {
  readonly #reply: FastifyReply;
  readonly #response: ServerResponse;
  readonly #resume: StreamResume;
  #at: 'held' | 'flowing' | 'ended' = 'held';
  readonly #held: string[] = [];
  /** Why it was closed, for the counters; 1005 when the reader went by itself. */
  closeCode = 1005;

  constructor(reply: FastifyReply, resume: StreamResume) {
    this.#reply = reply;
    this.#response = reply.raw;
    this.#resume = resume;
  }

  get readyState(): 1 | 3 {
    return this.#at === 'ended' ? 3 : 1;
  }

  get writableLength(): number {
    return this.#response.writableLength;
  }

  write(frames: Buffer, done: () => void = () => undefined): void {
    const texts = textsIn(frames);
    if (this.#at === 'flowing') return this.#send(texts, done);
    this.#held.push(...texts);
    const answer = texts.map((text) => JSON.parse(text) as ServerMessage).find(isAnswer);
    if (answer?.type === 'error') this.#refuse(statusOf(answer), answer);
    else if (answer !== undefined) this.#begin();
    done();
  }

  close(code = 1005, reason: string | Buffer = ''): void {
    this.closeCode = code;
    const message = { ...closeMessage(code), msg: reason.toString() };
    if (this.#at === 'held') return this.#refuse(message.temporary ? 503 : 403, message);
    if (this.#at === 'ended') return;
    // 1001 and 1012 were announced by a drain, which says more.
    if (code >= 4000) this.#send([JSON.stringify(message)], () => undefined);
    this.#at = 'ended';
    this.#response.end();
    const cut = setTimeout(() => this.terminate(), END_MS);
    this.#response.once('close', () => clearTimeout(cut));
  }

  terminate(): void {
    this.#at = 'ended';
    this.#response.socket?.destroy();
  }

  #begin(): void {
    this.#at = 'flowing';
    this.#reply.hijack();
    this.#response.writeHead(200, {
      ...(this.#reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      // nginx would keep events until its buffer is full.
      'x-accel-buffering': 'no',
    });
    this.#response.write(`retry: ${RETRY_MS}\n\n`);
    this.#send(this.#held.splice(0), () => undefined);
  }

  #send(texts: readonly string[], done: () => void): void {
    let events = '';
    let lastAt = 0;
    let moved = false;
    for (const text of texts) {
      const message = JSON.parse(text) as ServerMessage;
      // A comment keeps proxies from closing and wakes no script.
      if (message.type === 'hb') {
        events += ':\n\n';
        continue;
      }
      lastAt = events.length;
      events += `data: ${text}\n\n`;
      if (message.type !== 'update' && message.type !== 'subscribed') continue;
      this.#resume.sends(message);
      moved = true;
    }
    // One token for all of a write, with its last event, which a reader takes it over with when that one is whole: who loses
    // the connection in between is sent the whole write again.
    const token = moved ? this.#resume.token() : undefined;
    if (token !== undefined) events = `${events.slice(0, lastAt)}id: ${token}\n${events.slice(lastAt)}`;
    this.#response.write(events, done);
  }

  #refuse(status: number, error: WireError): void {
    this.#at = 'ended';
    const { code, msg, retryAfterMs } = error;
    sendNo(this.#reply, asNo(status, code, msg, retryAfterMs ?? (error.temporary ? RETRY_MS : undefined)));
  }
}

function isAnswer({ type }: ServerMessage): boolean {
  return type !== 'welcome' && type !== 'hb';
}

function asNo(status: number, code: string, message: string, retryAfterMs: number | undefined): No {
  return no(status, code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

function closeMessage(code: number): Pick<WireError, 'type' | 'code' | 'temporary'> {
  const known = code in CLOSE_CODES ? CLOSE_CODES[code as keyof typeof CLOSE_CODES].name : 'draining';
  return { type: 'error', code: known, temporary: mayReconnect(code) };
}

const STATUS: Readonly<Record<string, number>> = {
  forbidden: 403,
  'unknown-channel': 404,
  'rate-limited': 429,
  busy: 503,
};

/** What is wrong with the question itself is 422, as with every route. */
function statusOf({ code }: WireError): number {
  return STATUS[code] ?? 422;
}
