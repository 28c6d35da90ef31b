import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/icon/icon.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { Follow } from '../store/follow.ts';
import '../theme/color-mode-toggle.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import './item-list.ts';
import { myStore } from './my-store.ts';
import './product-page.ts';
import { follow, go, href, route } from './route.ts';
import { shopAppStyles } from './shop-app-styles.ts';
import './store-picker.ts';
import type { StorePicker } from './store-picker.ts';
import { shortName } from './words.ts';

/** The shop's frame: name, search, chosen store, and the page of the route. */
export class ShopApp extends LitElement {
  static override styles = [sharedStyles, shopAppStyles];

  constructor() {
    super();
    new Follow(this, route, myStore);
  }

  protected override render(): TemplateResult {
    const { sku, q } = route.value;
    if (sku === undefined) document.title = 'Marlow & Finch Market';
    return html`
      <header>
        <div class="bar">
          <a class="brand" href=${href({})} @click=${(event: MouseEvent) => follow(event, {})}>
            <img src="/icons/shop.svg" alt="" width="32" height="32" />
            <span class="name">Marlow &amp; Finch <span class="market">Market</span></span>
          </a>
          <form role="search" @submit=${(event: SubmitEvent) => this.#search(event)}>
            <wa-input
              size="s"
              type="search"
              name="q"
              label="Search"
              placeholder="Search by name or item number"
              autocomplete="off"
              with-clear
              value=${q ?? ''}
              @wa-clear=${() => go({})}
            >
              <wa-icon slot="start" name="search"></wa-icon>
            </wa-input>
          </form>
          <div class="tools">
            <wa-button size="s" appearance="outlined" @click=${() => this.#pickStore()}>
              <wa-icon slot="start" name="store"></wa-icon>
              <span class="store"
                >${myStore.value === undefined ? 'Choose a store' : shortName(myStore.value.name)}</span
              >
            </wa-button>
            <color-mode-toggle></color-mode-toggle>
          </div>
        </div>
      </header>
      <main @pick-store=${() => this.#pickStore()}>
        ${sku === undefined ? html`<item-list .q=${q ?? ''}></item-list>` : html`<product-page .sku=${sku}></product-page>`}
      </main>
      <footer>
        <p>Marlow &amp; Finch Market is a fictional Ohio grocer: the demo shop of Onhand.</p>
        <p><a href="/tower">Control tower</a></p>
      </footer>
      <store-picker></store-picker>
    `;
  }

  #search(event: SubmitEvent): void {
    event.preventDefault();
    const q = this.renderRoot.querySelector<WaInput>('wa-input')?.value?.trim() ?? '';
    go(q === '' ? {} : { q });
  }

  #pickStore(): void {
    this.renderRoot.querySelector<StorePicker>('store-picker')?.show();
  }
}

customElements.define('shop-app', ShopApp);
