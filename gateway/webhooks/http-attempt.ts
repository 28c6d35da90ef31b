import type { LookupAddress } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-addresses.ts';
import type { ResolveHost } from './resolve-host.ts';
import { readTarget, type Targets } from './target-url.ts';

/** What became of one attempt. `status` is absent when there was no answer: then `fault` says why. */
export interface AttemptResult {
  readonly status?: number;
  readonly fault?: string;
  readonly ms: number;
  /** The beginning of the answer's body, as text. */
  readonly answer: string;
  /** What a `retry-after` asks for, in ms. */
  readonly retryAfterMs?: number;
}

export interface AttemptSettings {
  readonly targets: Targets;
  readonly timeoutMs: number;
  readonly resolve: ResolveHost;
  /** Certificate authority to trust beside the system's; for tests. */
  readonly ca?: string;
}

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Bytes of an answer that are read, and kept. */
const ANSWER_BYTES_MAX = 1_024;
const RETRY_AFTER_MS_MAX = 3_600_000;

// A connection per attempt: one that is kept would go on to where the name led some time ago. No proxy, whatever the
// environment says: it would connect where we must not.
const AGENTS = { 'http:': new HttpAgent({ keepAlive: false }), 'https:': new HttpsAgent({ keepAlive: false }) };

/**
 * One POST. Never rejects. We resolve the name, and what it led to is what is connected to: the address is checked in the
 * lookup of this very connection, and again on the open socket before a byte is sent. Redirects are answers like others.
 */
export async function attempt(post: Post, settings: AttemptSettings): Promise<AttemptResult> {
  const began = performance.now();
  const ms = (): number => Math.round(performance.now() - began);
  const url = readTarget(post.url, settings.targets);
  if (!(url instanceof URL)) return { fault: `the URL ${url.fault}`, ms: 0, answer: '' };
  const limit = AbortSignal.timeout(settings.timeoutMs);
  try {
    const response = await answerOf(url, post, settings, limit);
    const answer = await beginningOf(response, limit);
    const retryAfterMs = retryAfterOf(response);
    return { status: response.statusCode ?? 0, ms: ms(), answer, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  } catch (error) {
    const fault = limit.aborted ? `no answer within ${settings.timeoutMs} ms` : faultOf(error);
    return { fault, ms: ms(), answer: '' };
  }
}

function answerOf(url: URL, post: Post, settings: AttemptSettings, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isHttps = url.protocol === 'https:';
  const request = (isHttps ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    agent: AGENTS[url.protocol as keyof typeof AGENTS],
    headers: { ...post.headers, 'content-length': String(Buffer.byteLength(post.body)) },
    lookup: checkedLookup(settings),
    signal,
    maxHeaderSize: 16_384,
    ...(settings.ca !== undefined && isHttps && { ca: settings.ca }),
  });
  request.on('error', reject);
  request.on('response', resolve);
  request.on('socket', (socket) => {
    const judge = (): void => {
      if (isAllowed(socket.remoteAddress ?? '', settings)) request.end(post.body);
      else request.destroy(new Error('it led to an address that is private, local or reserved'));
    };
    socket.once(isHttps ? 'secureConnect' : 'connect', judge);
  });
  return promise;
}

/** Node asks it for names alone; an address in the URL was judged by readTarget. */
function checkedLookup(settings: AttemptSettings): LookupFunction {
  return (host, { all }, done) => {
    checkedAddresses(host, settings).then(
      (found) => (all === true ? done(null, found) : done(null, found[0]!.address, found[0]!.family)),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), []),
    );
  };
}

async function checkedAddresses(host: string, settings: AttemptSettings): Promise<LookupAddress[]> {
  const found = await settings.resolve(host);
  if (found.length === 0) throw new Error(`no address for ${host}`);
  // One that is not allowed spoils the others: nobody publishes both by accident.
  if (found.every(({ address }) => isAllowed(address, settings))) return [...found];
  throw new Error('its name leads to an address that is private, local or reserved');
}

function isAllowed(address: string, { targets }: AttemptSettings): boolean {
  return targets === 'any' ? isIP(address) !== 0 : isPublicAddress(address);
}

/** The rest is not read: the connection is closed. */
async function beginningOf(response: IncomingMessage, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  signal.addEventListener('abort', () => response.destroy(new Error('timeout')), { once: true });
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, ANSWER_BYTES_MAX - bytes));
    bytes += chunk.length;
    if (bytes >= ANSWER_BYTES_MAX) break;
  }
  return Buffer.concat(chunks).toString();
}

function retryAfterOf({ headers }: IncomingMessage): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds * 1000, RETRY_AFTER_MS_MAX) : undefined;
}

/** Words without addresses: staff read them, and need not learn our network from them. */
function faultOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code === undefined ? String(message ?? error).slice(0, 200) : code;
}
