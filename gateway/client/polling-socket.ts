import type { ManyStock } from '../protocol/stock-bodies.ts';
import type { StockState, Update } from '../protocol/wire.ts';
import type { Cancel, Environment, Socket } from './environment.ts';
import { HttpWay, httpUrl, withPlace } from './http-way.ts';
import { WantedKeys } from './wanted-keys.ts';
import type { Group } from './wanted-keys.ts';

// The last way: asking again and again, for networks that let nothing else through. Slower when nothing changes, never
// faster than the server is glad of, and with an ETag, so that an unchanged answer is a line.

/** Between two rounds, in ms: a page that is looked at should not be wrong for long. */
const ROUND_MS_MIN = 10_000;
/** Reached when nothing has changed for five rounds. */
const ROUND_MS_MAX = 60_000;
const SLOWER = 1.5;
/** New keys do not wait for the next round, in ms. */
const NEW_KEYS_MS_MIN = 1_000;
/** Skus of one request, as the route allows. */
const SKUS_MAX = 100;
/** Requests of one round. */
const REQUESTS_MAX = 4;
const ANSWER_MS_MAX = 10_000;

export function openPolling(url: string, env: Environment): Socket {
  const wanted = new WantedKeys();
  const way = new HttpWay(send);
  const etags = new Map<string, string>();
  const seen = new Map<string, string>();
  let roundMs = ROUND_MS_MIN;
  let startedMs = -Infinity;
  let next: Cancel | undefined;
  let asking = false;
  let askAgain = false;

  function send(text: string): void {
    const no = wanted.take(text);
    if (no !== undefined) way.say(no);
    if (wanted.groups.every(({ ids }) => ids.length === 0)) return;
    // Who asks anew may hold nothing of what was seen before.
    etags.clear();
    seen.clear();
    if (asking) askAgain = true;
    else plan(Math.max(0, startedMs + NEW_KEYS_MS_MIN - env.nowMs()));
  }

  function plan(delayMs: number): void {
    next?.();
    next = env.after(delayMs, () => void round());
  }

  async function round(): Promise<void> {
    startedMs = env.nowMs();
    asking = true;
    askAgain = false;
    const { groups } = wanted;
    const questions = groups.flatMap((group) => inParts([...group.keys.keys()]).map((keys) => ({ group, keys })));
    let changed = false;
    for (const { group, keys } of questions.slice(0, REQUESTS_MAX)) {
      if (way.over) return;
      changed = (await ask(group, keys)) || changed;
    }
    asking = false;
    if (way.over) return;
    if (questions.length > REQUESTS_MAX) return way.fail({ code: 1006, reason: 'too much for polling' });
    for (const group of groups) answer(group);
    // An answer without news is life too.
    way.say({ type: 'hb' });
    roundMs = changed ? ROUND_MS_MIN : Math.min(roundMs * SLOWER, ROUND_MS_MAX);
    plan(askAgain ? NEW_KEYS_MS_MIN : roundMs * (0.75 + env.random() / 2));
  }

  /** Whether something was new. */
  async function ask(group: Group, keys: readonly string[]): Promise<boolean> {
    const question = pollUrl(url, group, keys);
    const etag = etags.get(question);
    try {
      const response = await env.fetch(question, {
        signal: AbortSignal.any([way.signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
        cache: 'no-store',
        credentials: 'omit',
        headers: { accept: 'application/json', ...(etag !== undefined && { 'if-none-match': etag }) },
      });
      if (response.status === 304) return false;
      if (!(await way.accepts(response, 'application/json', group))) return false;
      const body = (await response.json()) as ManyStock;
      const tag = response.headers.get('etag');
      if (tag !== null) etags.set(question, tag);
      way.greet();
      return take(group, body);
    } catch (error) {
      way.fail({ code: 1006, reason: error instanceof Error ? error.message : 'unreachable' });
      return false;
    }
  }

  function take(group: Group, { stock, unknown }: ManyStock): boolean {
    const t = env.nowMs();
    const news = stock.filter(({ sku, e, r }) => seen.get(`${group.name} ${sku}`) !== `${e}.${r}`);
    for (const { sku: k, e, r, d } of news) {
      seen.set(`${group.name} ${k}`, `${e}.${r}`);
      way.say({ type: 'update', ch: 'stock', k, e, r, t, d } satisfies Update<StockState>);
    }
    if (unknown.length > 0) {
      way.say({ type: 'subscribed', id: 0, ch: 'stock', conflateMs: ROUND_MS_MIN, snap: [], unknown });
    }
    return news.length > 0;
  }

  /** What was asked has come as updates, or is what the page holds. */
  function answer(group: Group): void {
    const unchanged = [...group.keys].filter(([, held]) => held).map(([key]) => key);
    for (const id of group.ids.splice(0)) {
      way.say({ type: 'subscribed', id, ch: 'stock', conflateMs: ROUND_MS_MIN, snap: [], unchanged });
    }
  }

  return way.socket;
}

function pollUrl(url: string, { scope }: Group, keys: readonly string[]): string {
  const search = withPlace(new URLSearchParams(), scope);
  if (scope.sale !== undefined) search.set('channel', scope.sale);
  for (const key of keys) search.append('sku', key);
  return httpUrl(url, '/v1/stock', search);
}

function inParts(keys: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let from = 0; from < keys.length; from += SKUS_MAX) parts.push(keys.slice(from, from + SKUS_MAX));
  return parts;
}
