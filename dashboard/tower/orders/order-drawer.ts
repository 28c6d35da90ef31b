import '@awesome.me/webawesome/dist/components/drawer/drawer.js';
import '@awesome.me/webawesome/dist/components/tab-group/tab-group.js';
import '@awesome.me/webawesome/dist/components/tab-panel/tab-panel.js';
import '@awesome.me/webawesome/dist/components/tab/tab.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { OrderBody } from '../../../gateway/protocol/order-bodies.ts';
import { Follow } from '../../store/follow.ts';
import { sharedStyles } from '../../theme/shared-styles.ts';
import { nodeLabels } from '../network-nodes.ts';
import { skuDrawerStyles } from '../sku-drawer-styles.ts';
import { TowerElement } from '../tower-element.ts';
import { momentOf } from '../words.ts';
import './order-acts.ts';
import './order-facts.ts';
import './order-sourcing.ts';
import './order-timeline.ts';
import { OrderWatch } from './order-watch.ts';
import { STATUS_LOOKS } from './order-words.ts';

type View = 'order' | 'timeline' | 'sourcing' | 'acts';
const VIEWS: readonly (readonly [view: View, label: string])[] = [
  ['order', 'Order'],
  ['timeline', 'Timeline'],
  ['sourcing', 'Why there'],
  ['acts', 'By hand'],
];

/** One order in full: what it is, what happened to it, why its nodes were chosen, and what somebody can do (rules OR6, OR10). */
export class OrderDrawer extends TowerElement {
  static override styles = [sharedStyles, skuDrawerStyles];
  static override properties = { ...TowerElement.properties, view: { state: true } };
  declare private view: View;
  #watch: OrderWatch | undefined;
  #followed = false;

  constructor() {
    super();
    this.view = 'order';
  }

  protected override willUpdate(): void {
    if (!this.#followed) new Follow(this, this.tower.openOrder);
    this.#followed = true;
    const id = this.tower.openOrder.value;
    if (id !== this.#watch?.id) this.#open(id);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch?.end();
    this.#watch = undefined;
  }

  protected override render(): TemplateResult {
    const watch = this.#watch;
    return html`<wa-drawer
      label=${this.#title()}
      .open=${watch !== undefined}
      light-dismiss
      @wa-after-hide=${(event: Event) => event.target === event.currentTarget && this.tower.openOrder.set(undefined)}
    >
      ${watch === undefined ? nothing : this.#body(watch)}
    </wa-drawer>`;
  }

  #open(id: string | undefined): void {
    this.#watch?.end();
    this.#watch = id === undefined ? undefined : new OrderWatch(this.tower, id);
    this.#watch?.order.onChange(() => this.requestUpdate());
    this.view = 'order';
  }

  #title(): string {
    const loaded = this.#watch?.order.value;
    return `Order ${loaded?.phase === 'here' ? loaded.value.order.number : (this.#watch?.id ?? '')}`;
  }

  #body(watch: OrderWatch): TemplateResult {
    const loaded = watch.order.value;
    switch (loaded.phase) {
      case 'loading':
        return html`<p role="status">Loading …</p>`;
      case 'failed':
        return html`<p class="problem" role="alert">${watch.id}: ${loaded.message}</p>`;
      case 'here':
        return this.#order(loaded.value, watch);
      default:
        return loaded satisfies never;
    }
  }

  #order(body: OrderBody, watch: OrderWatch): TemplateResult {
    const { order, status } = body;
    const { text, tone } = STATUS_LOOKS[status];
    return html`
      <p class="about">
        <span class="mark ${tone}">${text}</span> · ${order.channel} · ${order.id} · placed ${momentOf(order.placedAt)}
        · version ${order.version}
      </p>
      <wa-tab-group
        active=${this.view}
        @wa-tab-show=${(event: CustomEvent<{ name: View }>) => (this.view = event.detail.name)}
      >
        ${VIEWS.map(([view, label]) => html`<wa-tab panel=${view}>${label}</wa-tab>`)}
        ${VIEWS.map(
          ([view]) =>
            html`<wa-tab-panel name=${view}
              >${view === this.view ? this.#view(view, body, watch) : nothing}</wa-tab-panel
            >`,
        )}
      </wa-tab-group>
    `;
  }

  /** Only the one that is shown exists: nothing is asked for views that nobody looks at. */
  #view(view: View, body: OrderBody, watch: OrderWatch): TemplateResult {
    const { tower } = this;
    const names = this.#names();
    switch (view) {
      case 'order':
        return html`<order-facts .tower=${tower} .body=${body} .names=${names}></order-facts>`;
      case 'timeline':
        return html`<order-timeline
          .tower=${tower}
          .order=${body.order.id}
          .version=${body.order.version}
        ></order-timeline>`;
      case 'sourcing':
        return html`<order-sourcing .tower=${tower} .order=${body.order} .names=${names}></order-sourcing>`;
      case 'acts':
        return html`<order-acts
          .tower=${tower}
          .body=${body}
          .names=${names}
          @acted=${(event: CustomEvent<OrderBody>) => watch.take(event.detail)}
        ></order-acts>`;
      default:
        return view satisfies never;
    }
  }

  #names(): ReadonlyMap<string, string> {
    const loaded = this.tower.nodes.value;
    return loaded.phase === 'here' ? nodeLabels(loaded.value) : new Map();
  }
}

customElements.define('order-drawer', OrderDrawer);
