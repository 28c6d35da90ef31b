import '@awesome.me/webawesome/dist/components/drawer/drawer.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { BAND_WORDS, unitsInWords } from '../../gateway/client/band-words.ts';
import type { StaffStock } from '../../gateway/protocol/http.ts';
import { Follow } from '../store/follow.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { BAND_TONES } from './band-tones.ts';
import './live-chart.ts';
import type { ChartSeries } from './live-chart.ts';
import { nodeLabels } from './network-nodes.ts';
import { skuDrawerStyles } from './sku-drawer-styles.ts';
import { SkuWatch } from './sku-watch.ts';
import './split-table.ts';
import type { Tower } from './tower.ts';
import { TowerElement } from './tower-element.ts';
import { ageOf, shortDate } from './words.ts';

/** Channels drawn at most: more lines than this cannot be told apart. */
const LINES_MAX = 4;
const LINE_COLOURS = ['--accent', '--warn', '--good', '--bad'];

/** One sku in full: what each channel may sell, over time, and the terms behind it per node (rule AV4). */
export class SkuDrawer extends TowerElement {
  static override styles = [sharedStyles, skuDrawerStyles];
  #watch: SkuWatch | undefined;
  #follow: Follow | undefined;

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
    const scale = stock.item?.scale ?? 0;
    const samples = watch.samples.value;
    const department = stock.item?.department === undefined ? '' : `${stock.item.department} · `;
    return html`
      <p class="about">${department}${stock.sku} · revision ${stock.r} · position ${stock.position}</p>
      <div class="channels">${stock.channels.map((channel, index) => this.#channel(channel, index, scale))}</div>
      <live-chart
        label="Units available to sell over time, per channel"
        .times=${samples.map((sample) => sample.at)}
        .series=${linesOf(stock, watch, scale)}
      ></live-chart>
      <h3>Split per node</h3>
      <split-table .stock=${stock} .names=${this.#names()} .nowMs=${this.tower.nowMs()}></split-table>
      ${stock.inbound.length === 0 ? nothing : this.#inbound(stock, scale)}
    `;
  }

  #channel(channel: StaffStock['channels'][number], index: number, scale: number): TemplateResult {
    const band = BAND_WORDS[channel.band].text;
    const unplaced =
      channel.unplaced === 0 ? '' : ` · ${unitsInWords(channel.unplaced, scale)} promised without a node`;
    return html`<div class="channel">
      <p class="name">
        <i class=${index > 0 ? 'dashed' : ''} style=${`border-color: var(${LINE_COLOURS[index] ?? '--line'})`}></i
        >${channel.channel}
      </p>
      <p class="ats">${unitsInWords(channel.ats, scale)} <span>to sell</span></p>
      <p class="band ${BAND_TONES[channel.band]}">${band}</p>
      <p class="quiet">${ageOf(channel.asOf, this.tower.nowMs())}${unplaced}</p>
    </div>`;
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
  return stock.channels.slice(0, LINES_MAX).map((channel, index) => ({
    label: channel.channel,
    colour: LINE_COLOURS[index] ?? '--quiet',
    stepped: true,
    dashed: index > 0,
    values: watch.samples.value.map((sample) => (sample.ats[index] ?? 0) / 10 ** scale),
  }));
}

customElements.define('sku-drawer', SkuDrawer);
