import type { ManyStock } from '../protocol/stock-bodies.ts';
import type { Subscribe } from '../protocol/wire.ts';
import type { Cancel, Environment, Socket } from './environment.ts';
import { groupsOf, HttpWay } from './http-way.ts';
import type { Group } from './http-way.ts';

// The last way: asking again and again, for networks that let nothing else through. Slower when nothing changes, never
// faster than the server is glad of, and with an ETag, so that an unchanged answer is a line.

/** Between two rounds, in ms: a page that is looked at should not be wrong for long. */
const ROUND_MS_MIN = 10_000;
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
  const way = new HttpWay(url, env, want);
  /** By question. */
  const etags = new Map<string, string>();
  let wanted: readonly Subscribe[] = [];
  let roundMs = ROUND_MS_MIN;
  let startedMs = -Infinity;
  let next: Cancel | undefined;
  way.onEnd(() => next?.());

  function want(commands: readonly Subscribe[]): void {
    wanted = commands;
    // Who asks anew may hold nothing of what was said before.
    etags.clear();
    plan(Math.max(0, startedMs + NEW_KEYS_MS_MIN - env.nowMs()));
  }

  function plan(delayMs: number): void {
    next?.();
    next = env.after(delayMs, () => void round());
  }

  async function round(): Promise<void> {
    startedMs = env.nowMs();
    const questions = groupsOf(wanted).flatMap((group) => inParts(group).map((search) => ({ group, search })));
    if (questions.length > REQUESTS_MAX) return way.fail({ code: 1006, reason: 'too many keys for polling' });
    // New keys may bring the next one forward.
    plan(ROUND_MS_MAX);
    const news = await Promise.all(questions.map(({ group, search }) => poll(group, search)));
    if (way.over) return;
    // An answer without news is life too.
    way.say({ type: 'hb' });
    roundMs = news.includes(true) ? ROUND_MS_MIN : Math.min(roundMs * SLOWER, ROUND_MS_MAX);
    plan(roundMs * (0.75 + env.random() / 2));
  }

  /** Whether something was new. */
  async function poll(group: Group, search: URLSearchParams): Promise<boolean> {
    const question = `${group.name} ${search}`;
    const asked = { path: '/v1/stock', search, type: 'application/json', etag: etags.get(question) };
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const response = await way.ask(group, asked, signal);
    if (response === undefined) return false;
    try {
      const { stock, unknown } = (await response.json()) as ManyStock;
      etags.set(question, response.headers.get('etag') ?? '');
      way.greet();
      const t = env.nowMs();
      for (const { sku: k, e, r, d } of stock) way.say({ type: 'update', ch: 'stock', k, e, r, t, d });
      way.say({ type: 'subscribed', id: 0, ch: 'stock', conflateMs: ROUND_MS_MIN, snap: [], unknown });
    } catch (error) {
      way.lost(error, signal);
    }
    return true;
  }

  return way.socket;
}

function inParts({ scope, keys }: Group): readonly URLSearchParams[] {
  const parts: URLSearchParams[] = [];
  const skus = [...keys.keys()];
  for (let from = 0; from < skus.length; from += SKUS_MAX) {
    const search = new URLSearchParams(skus.slice(from, from + SKUS_MAX).map((sku) => ['sku', sku]));
    if (scope.sale !== undefined) search.set('channel', scope.sale);
    parts.push(search);
  }
  return parts;
}
