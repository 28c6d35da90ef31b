import type { ServerMessage, Subscribe } from '../protocol/wire.ts';
import type { Cancel, CloseEvent, Environment, Socket } from './environment.ts';
import { eventReader } from './event-stream.ts';
import { groupsOf, HttpWay } from './http-way.ts';
import type { Group } from './http-way.ts';
import { parseServerMessage } from './server-message.ts';

// The way by Server-Sent Events: one stream per scope, opened anew when its keys change. Read with fetch and not with
// EventSource, which hides status and Retry-After, retries on its own clock, and is not in Node.

/** Streams at once: a browser gives a server six connections in all its tabs, unless it speaks HTTP/2. */
const STREAMS_MAX = 2;
/** Least time between two openings for new keys, in ms: a list that is scrolled adds keys all the time. */
const REOPEN_MS_MIN = 1_000;
/** Scopes whose streams may be taken up again: a visitor tries some places. */
const REMEMBERED_MAX = 8;

/** Where a scope's stream was left, and which keys that place speaks of. */
interface Left {
  readonly token: string;
  readonly keys: ReadonlyMap<string, boolean>;
}

/** By name of the scope; outlives the sockets, so that the next one resumes. */
export type StreamMemory = Map<string, Left>;

interface Stream {
  readonly group: Group;
  readonly stop: AbortController;
}

export function openStreams(url: string, env: Environment, memory: StreamMemory): Socket {
  const way = new HttpWay(url, env, want);
  const streams = new Map<string, Stream>();
  let wanted: readonly Subscribe[] = [];
  let openedMs = -Infinity;
  let soon: Cancel | undefined;
  /** As far as the server said why. */
  let end: CloseEvent = { code: 1006, reason: 'the stream ended' };
  way.onEnd(() => soon?.());

  function want(commands: readonly Subscribe[]): void {
    wanted = commands;
    soon ??= env.after(Math.max(0, openedMs + REOPEN_MS_MIN - env.nowMs()), sync);
  }

  /** Opens what is wanted, ends what is not. */
  function sync(): void {
    soon = undefined;
    openedMs = env.nowMs();
    const groups = groupsOf(wanted);
    if (groups.length > STREAMS_MAX) return way.fail({ code: 1006, reason: 'too many scopes for streams' });
    for (const [name, { group, stop }] of streams) {
      if (groups.some((one) => one.name === name && sameKeys(one, group))) continue;
      stop.abort();
      streams.delete(name);
    }
    for (const group of groups) if (!way.over && !streams.has(group.name)) void open(group);
  }

  async function open(group: Group): Promise<void> {
    const stop = new AbortController();
    streams.set(group.name, { group, stop });
    const search = question(group, memory.get(group.name));
    const asked = { path: '/v1/live/events', search, type: 'text/event-stream' };
    const response = await way.ask(group, asked, stop.signal);
    if (response === undefined) return;
    try {
      await read(response, group);
      way.fail(end);
    } catch (error) {
      way.lost(error, stop.signal);
    }
  }

  async function read(response: Response, { name, keys }: Group): Promise<void> {
    let heard = false;
    const take = eventReader(({ data, id }) => {
      const message = parseServerMessage(data);
      if (message === undefined) throw new Error('unreadable event');
      heard = true;
      if (id !== '') remember(memory, name, { token: id, keys });
      tell(message);
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

  function tell(message: ServerMessage): void {
    if (message.type === 'drain') end = { code: 1012, reason: message.reason };
    // Without an id it is about the whole: a stream has no close frame.
    if (message.type === 'error' && message.id === undefined) {
      end = { code: message.temporary ? 1013 : 4503, reason: message.code };
    }
    if (message.type === 'welcome') way.greet(message);
    else way.say(message);
  }

  return way.socket;
}

function remember(memory: StreamMemory, name: string, left: Left): void {
  // Newest last, so that the oldest goes.
  memory.delete(name);
  memory.set(name, left);
  if (memory.size > REMEMBERED_MAX) memory.delete([...memory.keys()][0] ?? name);
}

function question({ scope, keys }: Group, left: Left | undefined): URLSearchParams {
  const search = new URLSearchParams({ ch: 'stock' });
  for (const key of keys.keys()) search.append('key', key);
  if (scope.sale !== undefined) search.set('sale', scope.sale);
  if (scope.conflateMs !== undefined) search.set('conflateMs', String(scope.conflateMs));
  // A key that is not held must not come as unchanged.
  const holdsAll = [...keys].every(([key, held]) => held || left?.keys.has(key) !== true);
  if (left !== undefined && holdsAll) search.set('since', left.token);
  return search;
}

function sameKeys(one: Group, other: Group): boolean {
  return one.keys.size === other.keys.size && [...one.keys.keys()].every((key) => other.keys.has(key));
}
