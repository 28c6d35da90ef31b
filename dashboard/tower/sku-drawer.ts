import '@awesome.me/webawesome/dist/components/drawer/drawer.js';
import '@awesome.me/webawesome/dist/components/tab-group/tab-group.js';
import '@awesome.me/webawesome/dist/components/tab-panel/tab-panel.js';
import '@awesome.me/webawesome/dist/components/tab/tab.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { unitsInWords } from '../../gateway/client/band-words.ts';
import type { StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import { Follow } from '../store/follow.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import './channel-cards.ts';
import './explain-view.ts';
import './ledger-view.ts';
import { LINE_COLOURS } from './line-colours.ts';
import './live-chart.ts';
import type { ChartSeries } from './live-chart.ts';
import { nodeLabels } from './network-nodes.ts';
import './past-view.ts';
import { skuDrawerStyles } from './sku-drawer-styles.ts';
import { SkuWatch } from './sku-watch.ts';
import './split-table.ts';
import type { Tower } from './tower.ts';
import { TowerElement } from './tower-element.ts';
import { shortDate } from './words.ts';

type View = 'now' | 'why' | 'ledger' | 'past';
const VIEWS: readonly (readonly [view: View, label: string])[] = [
  ['now', 'Now'],
  ['why', 'Why'],
  ['ledger', 'Ledger'],
  ['past', 'As it was'],
];

/** One sku in full: what it is now (rule AV4), why, what moved it, and what it was at any moment (rule AV8). */
export class SkuDrawer extends TowerElement {
  static override styles = [sharedStyles, skuDrawerStyles];
  static override properties = { ...TowerElement.properties, view: { state: true }, moment: { state: true } };
  declare private view: View;
  /** Position picked in the ledger, for the replay. */
  declare private moment: string;
  #watch: SkuWatch | undefined;
  #follow: Follow | undefined;

  constructor() {
    super();
    this.view = 'now';
    this.moment = '';
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('tower') && this.#follow === undefined) {
      this.#follow = new Follow(this, this.tower.openSku);
    }
    const sku = this.tower.openSku.value;
    if (sku !== this.#watch?.sku) this.#open(this.tower, sku);
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
      @wa-after-hide=${(event: Event) => event.target === event.currentTarget && this.tower.openSku.set(undefined)}
    >
      ${watch === undefined ? nothing : this.#body(watch)}
    </wa-drawer>`;
  }

  #open(tower: Tower, sku: string | undefined): void {
    this.#watch?.end();
    this.#watch = sku === undefined ? undefined : new SkuWatch(tower, sku);
    this.#watch?.stock.onChange(() => this.requestUpdate());
    this.view = 'now';
    this.moment = '';
  }

  #title(): string {
    const loaded = this.#watch?.stock.value;
    return (loaded?.phase === 'here' ? loaded.value.item?.name : undefined) ?? `Item ${this.#watch?.sku ?? ''}`;
  }

  #body(watch: SkuWatch): TemplateResult {
    const loaded = watch.stock.value;
    switch (loaded.phase) {
      case 'loading':
        return html`<p role="status">Loading …</p>`;
      case 'failed':
        return html`<p class="problem" role="alert">${watch.sku}: ${loaded.message}</p>`;
      case 'here':
        return this.#stock(loaded.value, watch);
      default:
        return loaded satisfies never;
    }
  }

  #stock(stock: StaffStock, watch: SkuWatch): TemplateResult {
    const department = stock.item?.department === undefined ? '' : `${stock.item.department} · `;
    return html`
      <p class="about">${department}${stock.sku} · revision ${stock.r} · position ${stock.position}</p>
      <wa-tab-group
        active=${this.view}
        @wa-tab-show=${(event: CustomEvent<{ name: View }>) => (this.view = event.detail.name)}
        @pick-position=${(event: CustomEvent<string>) => this.#replay(event.detail)}
      >
        ${VIEWS.map(([view, label]) => html`<wa-tab panel=${view}>${label}</wa-tab>`)}
        ${VIEWS.map(
          ([view]) =>
            html`<wa-tab-panel name=${view}
              >${view === this.view ? this.#view(view, stock, watch) : nothing}</wa-tab-panel
            >`,
        )}
      </wa-tab-group>
    `;
  }

  /** Only the one that is shown exists: nothing is asked for views that nobody looks at. */
  #view(view: View, stock: StaffStock, watch: SkuWatch): TemplateResult {
    const { tower } = this;
    const { sku } = stock;
    const scale = stock.item?.scale ?? 0;
    const names = this.#names();
    switch (view) {
      case 'now':
        return this.#now(stock, watch, scale);
      case 'why':
        return html`<explain-view
          .tower=${tower}
          .sku=${sku}
          .scale=${scale}
          .names=${names}
          .position=${stock.position}
        ></explain-view>`;
      case 'ledger':
        return html`<ledger-view .tower=${tower} .sku=${sku} .scale=${scale} .names=${names}></ledger-view>`;
      case 'past':
        return html`<past-view
          .tower=${tower}
          .sku=${sku}
          .scale=${scale}
          .names=${names}
          .position=${this.moment}
        ></past-view>`;
      default:
        return view satisfies never;
    }
  }

  #replay(position: string): void {
    this.moment = position;
    this.view = 'past';
  }

  #now(stock: StaffStock, watch: SkuWatch, scale: number): TemplateResult {
    const nowMs = this.tower.nowMs();
    return html`
      <channel-cards .channels=${stock.channels} .scale=${scale} .nowMs=${nowMs}></channel-cards>
      <live-chart
        label="Units available to sell over time, per channel"
        .times=${watch.samples.value.map((sample) => sample.at)}
        .series=${linesOf(stock, watch, scale)}
      ></live-chart>
      <h3>Split per node</h3>
      <split-table .stock=${stock} .names=${this.#names()} .nowMs=${nowMs}></split-table>
      ${stock.inbound.length === 0 ? nothing : this.#inbound(stock, scale)}
    `;
  }

  #inbound(stock: StaffStock, scale: number): TemplateResult {
    const names = this.#names();
    return html`<h3>On its way</h3>
      <ul class="inbound">
        ${stock.inbound.map(
          (supply) =>
            html`<li>
              <b class="num">${unitsInWords(supply.units, scale)}</b> to ${names.get(supply.node) ?? supply.node}, due
              ${shortDate(supply.dueAt)} <span class="quiet">${supply.inboundRef}</span>
            </li>`,
        )}
      </ul>`;
  }

  #names(): ReadonlyMap<string, string> {
    const loaded = this.tower.nodes.value;
    return loaded.phase === 'here' ? nodeLabels(loaded.value) : new Map();
  }
}

function linesOf(stock: StaffStock, watch: SkuWatch, scale: number): readonly ChartSeries[] {
  return stock.channels.slice(0, LINE_COLOURS.length).map((channel, index) => ({
    label: channel.channel,
    colour: LINE_COLOURS[index] ?? '--quiet',
    stepped: true,
    dashed: index > 0,
    values: watch.samples.value.map((sample) => (sample.ats[index] ?? 0) / 10 ** scale),
  }));
}

customElements.define('sku-drawer', SkuDrawer);
