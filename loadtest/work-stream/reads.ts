import type { LogEventsPage } from '../../gateway/protocol/log-bodies.ts';
import type { OrderBody } from '../../gateway/protocol/order-bodies.ts';
import type { WorkInfo, WorkNewsInfo, WorksPage } from '../../gateway/protocol/work-bodies.ts';

// What is read at the end, when nobody is killed any more.

const PAGE_WORKS = 500;
const PAGE_EVENTS = 300;
/** Orders asked for side by side. */
const AT_ONCE = 16;

export class Reads {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** All work orders a node was ever offered; none is forgotten within a day. */
  async works(node: string): Promise<readonly WorkInfo[]> {
    const works: WorkInfo[] = [];
    for (let next = ''; ;) {
      const page = await this.#get<WorksPage>(`/v1/nodes/${node}/work?ended=true&limit=${PAGE_WORKS}${next}`);
      works.push(...page.works);
      if (page.next === undefined) return works;
      next = `&after=${page.next}`;
    }
  }

  /** The node's log as the ledger's file has it. */
  async events(node: string): Promise<readonly WorkNewsInfo[]> {
    const news: WorkNewsInfo[] = [];
    for (let offset = 1; ;) {
      const path = `/v1/log/work:${node}/events?offset=${offset}&limit=${PAGE_EVENTS}`;
      const page = await this.#get<LogEventsPage>(path);
      news.push(...page.events.map(({ d }) => d as WorkNewsInfo));
      if (page.next === undefined) return news;
      offset = page.next;
    }
  }

  /** Of these orders those that passes: an order that is not there passes as undefined. */
  async ordersThat(
    ids: readonly string[],
    passes: (order: OrderBody | undefined) => boolean,
  ): Promise<readonly string[]> {
    const found: string[] = [];
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      const orders = await Promise.all(some.map((id) => this.#find<OrderBody>(`/v1/orders/${id}`)));
      found.push(...some.filter((_, index) => passes(orders[index])));
    }
    return found;
  }

  async #get<T>(path: string): Promise<T> {
    const found = await this.#find<T>(path);
    if (found === undefined) throw new Error(`${path} is not there`);
    return found;
  }

  async #find<T>(path: string): Promise<T | undefined> {
    const response = await fetch(`${this.#url}${path}`, { headers: { authorization: `Bearer ${this.#key}` } });
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}
