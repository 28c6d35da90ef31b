import WebSocket from 'ws';
import type { OrderBody } from '../../gateway/protocol/order-bodies.ts';
import { monotonicMs, Stopwatch } from '../stopwatch.ts';

/** Whether all units of the order have a node. */
export function hasNodes({ units }: Pick<OrderBody, 'units'>): boolean {
  return Object.keys(units).every((state) => state === 'allocated' || state === 'released');
}

interface Pushed {
  readonly type: string;
  readonly msg?: string;
  readonly k?: string;
  readonly d?: OrderBody;
  readonly snap?: readonly { readonly k: string; readonly d: OrderBody }[];
}

/** A page of the desk that watches orders as soon as it knows their ids, and times when their units had a node. */
export class Watcher {
  readonly placed = new Stopwatch();
  readonly #socket: WebSocket;
  /** When they were meant to be sent, by id. */
  readonly #open = new Map<string, number>();
  readonly #next: string[] = [];
  #isAsking = false;
  #said = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString()) as Pushed));
  }

  static open(url: string, key: string): Promise<Watcher> {
    const headers = { authorization: `Bearer ${key}` };
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/staff/live`, 'onhand.v1.json', { headers });
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(new Watcher(socket)));
      socket.on('error', reject);
    });
  }

  /** Orders of which nothing was heard yet. */
  get waiting(): number {
    return this.#open.size;
  }

  watch(id: string, sinceMs: number): void {
    this.#open.set(id, sinceMs);
    this.#next.push(id);
    this.#ask();
  }

  close(): void {
    this.#socket.terminate();
  }

  #hear({ type, k, d, snap = [], msg }: Pushed): void {
    if (type === 'error') throw new Error(`the watcher was refused: ${msg}`);
    for (const one of snap) this.#look(one.k, one.d);
    if (type === 'update' && k !== undefined && d !== undefined) this.#look(k, d);
    if (type !== 'subscribed') return;
    this.#isAsking = false;
    this.#ask();
  }

  /** One question at a time, for all that came meanwhile: a socket has few commands waiting. */
  #ask(): void {
    if (this.#isAsking || this.#next.length === 0) return;
    this.#isAsking = true;
    const keys = this.#next.splice(0, KEYS_AT_ONCE);
    this.#socket.send(JSON.stringify({ type: 'subscribe', id: ++this.#said, ch: 'order', keys, conflateMs: 0 }));
  }

  #look(id: string, order: OrderBody): void {
    const sinceMs = this.#open.get(id);
    if (sinceMs === undefined || !hasNodes(order)) return;
    this.#open.delete(id);
    this.placed.record(monotonicMs() - sinceMs);
  }
}

const KEYS_AT_ONCE = 100;
