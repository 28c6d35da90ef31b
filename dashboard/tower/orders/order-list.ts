import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { OrdersAsked } from '../../../gateway/client/http-asked.ts';
import type { OrderStatusName } from '../../../gateway/protocol/order-bodies.ts';
import type { OrderRowInfo, OrderListPage } from '../../../gateway/protocol/order-history-bodies.ts';
import { Follow } from '../../store/follow.ts';
import { FIRST_FIGURES } from '../first-figures.ts';
import { panelStyles } from '../panel-styles.ts';
import { saveFile } from '../save-file.ts';
import { SteadyRows } from '../steady-rows.ts';
import { TowerElement } from '../tower-element.ts';
import { figure } from '../words.ts';
import { orderTable, orderTableStyles } from './order-table.ts';
import { count, STATUS_LOOKS } from './order-words.ts';
import type { OrdersWatch } from './orders-watch.ts';

const ROWS = 50;
/** From the last key stroke to the search, ms. */
const TYPED_MS = 200;

const STATUSES = Object.keys(STATUS_LOOKS) as readonly OrderStatusName[];

/** The live stream; with words or a status, what is found of all orders there ever were. */
export class OrderList extends TowerElement {
  static override styles = [
    ...panelStyles,
    orderTableStyles,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        padding: 0 0.875rem 0.625rem;
      }
      input,
      select {
        font: inherit;
        color: inherit;
        padding: 0.3125rem 0.5rem;
        border: 1px solid var(--line-strong);
        border-radius: 0.3125rem;
        background: var(--surface);
      }
      input {
        flex: 1;
        min-width: 10rem;
      }
      .problem {
        padding: 0.375rem 0.875rem;
        background: var(--bad-wash);
        color: var(--bad);
      }
      .more {
        padding: 0.625rem 0.875rem;
      }
    `,
  ];
  static override properties = {
    ...TowerElement.properties,
    watch: { attribute: false },
    words: { state: true },
    status: { state: true },
    found: { state: true },
    problem: { state: true },
    busy: { state: true },
  };
  declare watch: OrdersWatch;
  declare private words: string;
  declare private status: OrderStatusName | '';
  /** Undefined: the live stream is shown. */
  declare private found: OrderListPage | undefined;
  declare private problem: string;
  declare private busy: boolean;
  readonly #steady = new SteadyRows<OrderRowInfo>(this, (row) => row.id);
  #typed: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each question: an answer to an older one is dropped. */
  #asked = 0;
  #followed = false;

  constructor() {
    super();
    this.words = this.status = this.problem = '';
    this.busy = false;
  }

  protected override willUpdate(): void {
    if (this.#followed) return;
    this.#followed = true;
    new Follow(this, this.watch.recent, this.watch.forbidden);
  }

  protected override render(): TemplateResult {
    return html`
      <header>
        <h2>Orders</h2>
        <p>${this.#headline()}</p>
      </header>
      <form
        role="search"
        aria-label="Search orders"
        @submit=${(event: Event) => (event.preventDefault(), void this.#search())}
      >
        <input
          type="search"
          aria-label="Find orders"
          placeholder="Number, customer, e-mail, phone, item …"
          maxlength="200"
          .value=${this.words}
          @input=${(event: InputEvent) => this.#type((event.target as HTMLInputElement).value)}
        />
        <select aria-label="Status" @change=${(event: Event) => this.#filter(event.target as HTMLSelectElement)}>
          <option value="" ?selected=${this.status === ''}>Any status</option>
          ${STATUSES.map(
            (status) =>
              html`<option value=${status} ?selected=${status === this.status}>
                ${STATUS_LOOKS[status].text}${this.#counted(status)}
              </option>`,
          )}
        </select>
        <wa-button size="s" appearance="outlined" @click=${() => void this.#save()}>Save as CSV</wa-button>
      </form>
      <div role="alert">${this.problem === '' ? nothing : html`<p class="problem">${this.problem}</p>`}</div>
      <div class="body" tabindex="0" role="region" aria-label="Orders">${this.#body()}</div>
    `;
  }

  #headline(): string {
    const { found } = this;
    if (found !== undefined)
      return `${count(found.orders.length, 'order')} found${found.next === undefined ? '' : ' so far'}`;
    const recent = this.watch.recent.value;
    return recent === undefined ? '' : `live · ${figure(recent.placedPerMin)} placed in the last minute`;
  }

  #counted(status: OrderStatusName): string {
    const recent = this.watch.recent.value;
    return recent === undefined ? '' : ` (${figure(recent.statuses[status])})`;
  }

  #body(): TemplateResult {
    const { found } = this;
    if (found === undefined) return this.#live();
    if (found.orders.length === 0) return html`<p class="empty">No order fits. Try fewer words, or another status.</p>`;
    return html`${this.#table(found.orders)}
    ${
      found.next === undefined
        ? nothing
        : html`<div class="more">
            <wa-button size="s" appearance="outlined" ?loading=${this.busy} @click=${() => void this.#search(found)}
              >Older</wa-button
            >
          </div>`
    }`;
  }

  #live(): TemplateResult {
    const { recent, forbidden } = this.watch;
    if (forbidden.value !== undefined) return html`<p class="empty">${forbidden.value}</p>`;
    if (recent.value === undefined) return html`<p class="empty">${FIRST_FIGURES}</p>`;
    const { orders } = recent.value;
    if (orders.length === 0)
      return html`<p class="empty">No orders yet. One that is sent to POST /v1/orders appears here at once.</p>`;
    return this.#table(this.#steady.rows(orders).map(({ row }) => row));
  }

  #table(rows: readonly OrderRowInfo[]): TemplateResult {
    const { tower } = this;
    return orderTable(rows, { as: 'list', nowMs: tower.nowMs(), open: (id) => tower.openOrder.set(id) });
  }

  #type(words: string): void {
    this.words = words;
    clearTimeout(this.#typed);
    this.#typed = setTimeout(() => void this.#search(), TYPED_MS);
  }

  #filter({ value }: HTMLSelectElement): void {
    this.status = value as OrderStatusName | '';
    void this.#search();
  }

  #query(): OrdersAsked {
    const q = this.words.trim();
    return { ...(q !== '' && { q }), ...(this.status !== '' && { status: this.status }) };
  }

  /** The first page, or the one behind `before`. */
  async #search(before?: OrderListPage): Promise<void> {
    clearTimeout(this.#typed);
    const asked = ++this.#asked;
    const query = this.#query();
    this.problem = '';
    if (Object.keys(query).length === 0) {
      this.found = undefined;
      return;
    }
    this.busy = true;
    const answer = await this.tower.http.orders({ ...query, after: before?.next, limit: ROWS });
    if (asked !== this.#asked) return;
    this.busy = false;
    if (answer.ok) this.found = { ...answer.value, orders: [...(before?.orders ?? []), ...answer.value.orders] };
    else this.problem = answer.error.message;
  }

  async #save(): Promise<void> {
    const answer = await this.tower.http.ordersCsv(this.#query());
    this.problem = answer.ok ? '' : answer.error.message;
    if (answer.ok) saveFile('orders.csv', answer.value);
  }
}

customElements.define('order-list', OrderList);
