import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { QueueName } from '../../../gateway/protocol/order-bodies.ts';
import type { OrderRowInfo } from '../../../gateway/protocol/order-history-bodies.ts';
import { Follow } from '../../store/follow.ts';
import { FIRST_FIGURES } from '../first-figures.ts';
import { panelStyles } from '../panel-styles.ts';
import { SteadyRows } from '../steady-rows.ts';
import { TowerElement } from '../tower-element.ts';
import { figure } from '../words.ts';
import { orderTable, orderTableStyles } from './order-table.ts';
import { count, QUEUES } from './order-words.ts';
import type { OrdersWatch } from './orders-watch.ts';

/** Orders that need somebody, by what they need, the longest waiting first (rule OR10). */
export class OrderQueues extends TowerElement {
  static override styles = [
    ...panelStyles,
    orderTableStyles,
    css`
      .queues {
        display: flex;
        flex-wrap: wrap;
        gap: 0.375rem;
        padding: 0 0.875rem 0.625rem;
      }
      .queues button {
        padding: 0.25rem 0.625rem;
        border: 1px solid var(--line);
        border-radius: 1rem;
        background: none;
        cursor: pointer;
        font-variant-numeric: tabular-nums;
      }
      .queues button[aria-pressed='true'] {
        border-color: var(--accent);
        background: var(--accent-wash);
      }
      .queues b {
        color: var(--bad);
      }
    `,
  ];
  static override properties = {
    ...TowerElement.properties,
    watch: { attribute: false },
    picked: { state: true },
  };
  declare watch: OrdersWatch;
  /** Undefined: the first that holds any. */
  declare private picked: QueueName | undefined;
  readonly #steady = new SteadyRows<OrderRowInfo>(this, (row) => row.id);
  #followed = false;

  protected override willUpdate(): void {
    if (!this.#followed) new Follow(this, this.watch.queues, this.watch.forbidden);
    this.#followed = true;
  }

  protected override render(): TemplateResult {
    const all = this.watch.queues.value?.queues;
    const waiting = all?.reduce((sum, { count: of }) => sum + of, 0);
    const countOf = (queue: QueueName) => all?.find((one) => one.queue === queue)?.count ?? 0;
    const shown = this.picked ?? QUEUES.find(([queue]) => countOf(queue) > 0)?.[0] ?? 'unfillable';
    return html`
      <header>
        <h2>Needs somebody</h2>
        <p class=${waiting === undefined || waiting === 0 ? '' : 'bad'}>
          ${waiting === undefined ? '' : count(waiting, 'order')}
        </p>
      </header>
      <div class="queues" role="group" aria-label="Queues">
        ${QUEUES.map(
          ([queue, label]) =>
            html`<button aria-pressed=${queue === shown} @click=${() => (this.picked = queue)}>
              ${label} ${countOf(queue) === 0 ? nothing : html`<b>${figure(countOf(queue))}</b>`}
            </button>`,
        )}
      </div>
      <div class="body" tabindex="0" role="region" aria-label="Orders that need somebody">${this.#body(shown)}</div>
    `;
  }

  #body(shown: QueueName): TemplateResult {
    const all = this.watch.queues.value?.queues;
    if (all === undefined) return html`<p class="empty">${this.watch.forbidden.value ?? FIRST_FIGURES}</p>`;
    const { count: total = 0, orders = [] } = all.find(({ queue }) => queue === shown) ?? {};
    if (orders.length === 0) return html`<p class="empty">${QUEUES.find(([queue]) => queue === shown)?.[2]}</p>`;
    const { tower } = this;
    const rows = this.#steady.rows(orders).map(({ row }) => row);
    return html`${orderTable(rows, { as: 'queue', nowMs: tower.nowMs(), open: (id) => tower.openOrder.set(id) })}
    ${total > orders.length ? html`<p class="empty">The ${orders.length} that wait longest, of ${figure(total)}.</p>` : nothing}`;
  }
}

customElements.define('order-queues', OrderQueues);
