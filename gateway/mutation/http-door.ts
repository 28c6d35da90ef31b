import { Agent, request } from 'node:http';
import type { Chance } from './chance.ts';
import { mutated } from './mutate.ts';
import type { Route } from './routes.ts';

/** Who is attacked, and with which keys. */
export interface Target {
  readonly url: string;
  /** May do everything but `admin`, and nothing to anything that exists. */
  readonly key: string;
  readonly adminKey: string;
  readonly seed: number;
}

/** One request of the route with something wrong somewhere. */
export async function askWith(target: Target, route: Route, chance: Chance): Promise<number> {
  const wrong = chance.whole(5);
  // A row of reference data is changed by `admin` only, so it asks too, for a version that never is.
  const isRow = route.path.startsWith('/v1/reference/') && (route.method === 'PUT' || route.method === 'DELETE');
  const method = wrong === 0 ? chance.pick(['GET', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'POST']) : route.method;
  const path = wrong === 1 ? printable(mutated(route.path, chance)) : route.path;
  const query = wrong === 2 || chance.oneIn(3) ? printable(mutated(route.query, chance)) : route.query;
  const headers: Record<string, string> = { 'idempotency-key': `m-${chance.whole(1e9)}` };
  if (!chance.oneIn(8))
    headers['authorization'] = `Bearer ${isRow && method === route.method ? target.adminKey : target.key}`;
  if (isRow) headers['if-match'] = '"999999999"';
  if (route.body !== undefined && !route.isRaw) headers['content-type'] = 'application/json';
  if (wrong === 3) headers[chance.pick(HEADERS)] = printable(mutated(chance.pick(HEADER_VALUES), chance));
  const body = route.body === undefined ? '' : chance.oneIn(6) ? route.body : mutated(route.body, chance);
  const answer = await send(target, { method, path: query === '' ? path : `${path}?${query}`, headers, body });
  expectSound(target, answer);
  return answer.status;
}

const HEADERS = [
  'authorization',
  'content-type',
  'content-encoding',
  'accept',
  'if-none-match',
  'if-match',
  'origin',
  'idempotency-key',
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'x-shopify-hmac-sha256',
  'last-event-id',
  'x-request-id',
  'x-forwarded-for',
  'forwarded',
  'traceparent',
  'cookie',
  'range',
  'expect',
];
const HEADER_VALUES = [
  'Bearer the-key-of-nobody',
  'application/json; charset=utf-16',
  'gzip',
  'text/csv',
  '"e.1"',
  'https://evil.example',
  'msg_1',
  '1795486061',
  'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
];

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
  readonly asked: Asked;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Of a stream, which would go on, the beginning. */
export function send({ url }: Target, asked: Asked): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const { method, path, headers, body = '' } = asked;
  return new Promise((resolve, reject) => {
    const sending = request({
      agent,
      hostname,
      port,
      method,
      path,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    // `Expect` and a refused body may end the connection before all is written.
    sending.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve({ status: 0, text: '', type: '', asked });
      else reject(error);
    });
    sending.on('response', (response) => {
      const type = response.headers['content-type'] ?? '';
      const done = (text: string) => resolve({ status: response.statusCode ?? 0, text, type, asked });
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (type !== 'text/event-stream') return;
        sending.destroy();
        done(text);
      });
      response.on('end', () => done(text));
    });
    sending.end(body);
  });
}

/** Never our fault, and every no has its code and its sentence. */
export function expectSound({ seed }: Target, { status, text, type, asked }: Answer): void {
  const about = () =>
    `seed ${seed}: ${JSON.stringify({ ...asked, body: String(asked.body ?? '') })} → ${status} ${text}`;
  if (status >= 500 && status !== 503) throw new Error(about());
  if (status < 400 || asked.method === 'HEAD') return;
  if (!type.startsWith('application/json')) throw new Error(about());
  const said = JSON.parse(text) as Record<string, unknown>;
  const isNo = typeof said['code'] === 'string' && typeof said['message'] === 'string';
  // A feed of which nothing was taken says what of each row.
  if (!isNo && !(status === 422 && 'refused' in said)) throw new Error(about());
}

/** The same request as text, for bytes to go wrong in. */
export function headOf({ key }: Target, { method, path, query, body = '' }: Route): string {
  const target = query === '' ? path : `${path}?${query}`;
  return (
    `${method} ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n` +
    `Idempotency-Key: head\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  );
}

/** What node lets a client put into a path or a header. */
export function printable(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[^!-~]/g, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
