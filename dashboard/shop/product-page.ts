import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/callout/callout.js';
import '@awesome.me/webawesome/dist/components/skeleton/skeleton.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ItemInfo } from '../../gateway/protocol/stock-bodies.ts';
import type { StockState } from '../../gateway/protocol/wire.ts';
import { Follow } from '../store/follow.ts';
import type { Loaded } from '../store/loaded.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { item } from './catalog.ts';
import './developer-box.ts';
import './item-picture.ts';
import { myStore, near } from './my-store.ts';
import { productPageStyles } from './product-page-styles.ts';
import { follow, href } from './route.ts';
import { calm, price } from './words.ts';

/** One item: what it is, what it costs, how many there are right now and where to pick it up. */
export class ProductPage extends LitElement {
  static override styles = [sharedStyles, productPageStyles];
  static override properties = { sku: {}, item: { state: true }, stock: { state: true } };
  declare sku: string;
  declare private item: Loaded<ItemInfo | undefined>;
  declare private stock: StockState | null;

  constructor() {
    super();
    this.sku = '';
    this.item = { phase: 'loading' };
    this.stock = null;
    new Follow(this, myStore);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('sku')) void this.#load();
  }

  protected override render(): TemplateResult {
    return html`
      <nav aria-label="Breadcrumb">
        <a href=${href({})} @click=${(event: MouseEvent) => follow(event, {})}>All items</a>
        <span aria-hidden="true">›</span><span class="quiet">${this.sku}</span>
      </nav>
      ${this.#body()}
    `;
  }

  #body(): TemplateResult {
    switch (this.item.phase) {
      case 'loading':
        return html`<div class="product" role="status" aria-label="Loading">
          <wa-skeleton class="picture" effect="sheen"></wa-skeleton
          ><wa-skeleton class="text" effect="sheen"></wa-skeleton>
        </div>`;
      case 'failed':
        return html`<wa-callout variant="danger">
          <p>${this.item.message}</p>
          <wa-button size="s" appearance="outlined" @click=${() => void this.#load()}>Try again</wa-button>
        </wa-callout>`;
      case 'here':
        return this.#product(this.item.value);
      default:
        return this.item satisfies never;
    }
  }

  #product(found: ItemInfo | undefined): TemplateResult {
    const name = calm(found?.name ?? `Item ${this.sku}`);
    return html`<article class="product" itemscope itemtype="https://schema.org/Product">
      <meta itemprop="sku" content=${this.sku} />
      <item-picture class="picture" .name=${found?.name ?? ''} .department=${found?.department ?? ''}></item-picture>
      <div class="text">
        ${found === undefined ? nothing : html`<p class="department">${calm(found.department ?? 'Groceries')}</p>`}
        <h1 itemprop="name">${name}</h1>
        <div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
          ${found === undefined ? nothing : this.#price(found)}
          ${
            this.stock === null
              ? nothing
              : html`<link itemprop="availability" href=${`https://schema.org/${this.stock.availability}`} />`
          }
        </div>
        <section class="stock" aria-label="Availability">
          <onhand-stock
            sku=${this.sku}
            scale=${found?.scale ?? 0}
            near=${near(myStore.value)}
            distance="mi"
            @onhand-change=${(event: CustomEvent<StockState | null>) => (this.stock = event.detail)}
          ></onhand-stock>
          ${
            myStore.value === undefined && (found !== undefined || this.stock !== null)
              ? html`<p class="choose quiet">
                  <wa-button size="s" appearance="outlined" @click=${() => this.#pickStore()}>Choose a store</wa-button>
                  to see where you can pick it up.
                </p>`
              : nothing
          }
        </section>
        ${
          found === undefined && this.stock === null
            ? html`<p>
                <a href=${href({})} @click=${(event: MouseEvent) => follow(event, {})}>Look at what we have</a>
              </p>`
            : html`<developer-box
                sku=${this.sku}
                .pickup=${this.stock?.pickup?.[0]?.node ?? myStore.value?.id ?? ''}
              ></developer-box>`
        }
      </div>
    </article>`;
  }

  #price(found: ItemInfo): TemplateResult | typeof nothing {
    const shown = price(found);
    if (shown === undefined || found.priceMinor === undefined) return nothing;
    return html`<p class="price">
      ${shown}
      <meta itemprop="price" content=${(found.priceMinor / 100).toFixed(2)} />
      <meta itemprop="priceCurrency" content=${found.currency ?? 'USD'} />
    </p>`;
  }

  #pickStore(): void {
    this.dispatchEvent(new CustomEvent('pick-store', { bubbles: true, composed: true }));
  }

  async #load(): Promise<void> {
    const { sku } = this;
    this.item = { phase: 'loading' };
    this.stock = null;
    const loaded = await item(sku);
    if (sku !== this.sku) return;
    this.item = loaded;
    const name = loaded.phase === 'here' ? loaded.value?.name : undefined;
    document.title = `${calm(name ?? `Item ${sku}`)} · Marlow & Finch Market`;
  }
}

customElements.define('product-page', ProductPage);
