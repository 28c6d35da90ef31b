import type { ServerMessage, Subscribed, StockState } from '../protocol/wire.ts';
import type { Cancel, Environment, Socket } from './environment.ts';
import { eventReader } from './event-stream.ts';
import { HttpWay, httpUrl, withPlace } from './http-way.ts';
import { parseServerMessage } from './server-message.ts';
import { WantedKeys } from './wanted-keys.ts';
import type { Group } from './wanted-keys.ts';

// The way by Server-Sent Events: one stream per scope, opened anew when its keys change. Read with fetch and not with
// EventSource, which hides status and Retry-After, retries on its own clock, and is not in Node.

/** Streams at once: a browser gives a server six connections in all its tabs, unless it speaks HTTP/2. */
const STREAMS_MAX = 2;
/** Keys of a stream: what a public socket may watch. */
const KEYS_MAX = 100;
/** Least time between two openings for new keys, in ms: a list that is scrolled adds keys all the time. */
const REOPEN_MS_MIN = 1_000;

/** Scopes whose streams may be taken up again: a visitor tries some places. */
const REMEMBERED_MAX = 8;

/** Where a scope's stream was left, and which keys that place speaks of. */
interface Left {
  readonly token: string;
  readonly keys: ReadonlySet<string>;
}

/** By name of the scope; outlives the sockets, so that the next one resumes. */
export type StreamMemory = Map<string, Left>;

interface Stream {
  readonly keys: ReadonlySet<string>;
  readonly stop: AbortController;
}

export function openStreams(url: string, env: Environment, memory: StreamMemory): Socket {
  const wanted = new WantedKeys();
  const streams = new Map<string, Stream>();
  const way = new HttpWay(send);
  let openedMs = -Infinity;
  let soon: Cancel | undefined;
  let draining = false;

  function send(text: string): void {
    const no = wanted.take(text);
    if (no !== undefined) way.say(no);
    // Commands come in bunches; the streams are opened once for all of them.
    soon ??= env.after(Math.max(0, openedMs + REOPEN_MS_MIN - env.nowMs()), sync);
  }

  /** Opens what is wanted, ends what is not. */
  function sync(): void {
    soon = undefined;
    if (way.over) return;
    openedMs = env.nowMs();
    const { groups } = wanted;
    if (groups.length > STREAMS_MAX || groups.some(({ keys }) => keys.size > KEYS_MAX)) {
      return way.fail({ code: 1006, reason: 'too much for streams' });
    }
    for (const [name, stream] of streams) {
      const group = groups.find((one) => one.name === name);
      if (group !== undefined && sameKeys(stream.keys, group.keys)) continue;
      stream.stop.abort();
      streams.delete(name);
    }
    for (const group of groups) if (!streams.has(group.name)) void open(group);
  }

  async function open(group: Group): Promise<void> {
    const stream: Stream = { keys: new Set(group.keys.keys()), stop: new AbortController() };
    streams.set(group.name, stream);
    const signal = AbortSignal.any([stream.stop.signal, way.signal]);
    try {
      const response = await env.fetch(streamUrl(url, group, memory.get(group.name)), {
        signal,
        cache: 'no-store',
        credentials: 'omit',
        headers: { accept: 'text/event-stream' },
      });
      if (!(await way.accepts(response, 'text/event-stream', group))) return;
      await read(response, group, stream);
      way.fail({ code: draining ? 1012 : 1006, reason: 'the stream ended' });
    } catch (error) {
      // Ended by us, the way goes on with other streams.
      if (!signal.aborted) way.fail({ code: 1006, reason: error instanceof Error ? error.message : 'unreachable' });
    }
  }

  async function read(response: Response, group: Group, { keys }: Stream): Promise<void> {
    let heard = false;
    const take = eventReader(({ data, id }) => {
      const message = parseServerMessage(data);
      if (message === undefined) throw new Error('unreadable event');
      heard = true;
      if (id !== '') remember(memory, group.name, { token: id, keys });
      tell(message, group);
    });
    // Not `for await`: Safari cannot.
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      heard = false;
      take(part.value);
      // A comment is the stream's heartbeat: life, but no message.
      if (!heard) way.say({ type: 'hb' });
    }
  }

  function tell(message: ServerMessage, group: Group): void {
    if (message.type === 'welcome') return way.greet(message);
    draining ||= message.type === 'drain';
    if (message.type !== 'subscribed') return way.say(message);
    for (const key of group.keys.keys()) group.keys.set(key, true);
    // The stream answers all commands of the group at once, and knows none of their ids.
    for (const id of group.ids.splice(0)) way.say({ ...(message as Subscribed<StockState>), id });
  }

  return way.socket;
}

function remember(memory: StreamMemory, name: string, left: Left): void {
  // Newest last, so that the oldest goes.
  memory.delete(name);
  memory.set(name, left);
  if (memory.size > REMEMBERED_MAX) memory.delete([...memory.keys()][0] ?? name);
}

function streamUrl(url: string, { scope, keys }: Group, left: Left | undefined): string {
  const search = withPlace(new URLSearchParams({ ch: 'stock' }), scope);
  for (const key of keys.keys()) search.append('key', key);
  if (scope.sale !== undefined) search.set('sale', scope.sale);
  if (scope.conflateMs !== undefined) search.set('conflateMs', String(scope.conflateMs));
  // A key that is not held must not come as unchanged.
  const holdsAll = [...keys].every(([key, held]) => held || left?.keys.has(key) !== true);
  if (left !== undefined && holdsAll) search.set('since', left.token);
  return httpUrl(url, '/v1/live/events', search);
}

function sameKeys(keys: ReadonlySet<string>, others: ReadonlyMap<string, unknown>): boolean {
  return keys.size === others.size && [...keys].every((key) => others.has(key));
}
