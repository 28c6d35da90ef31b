import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import '../theme/color-mode-toggle.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import './hold-panel.ts';
import './key-figures.ts';
import './letter-panel.ts';
import './link-banner.ts';
import './mover-panel.ts';
import './network-panel.ts';
import './orders/orders-view.ts';
import { signOut } from './session.ts';
import './silence-banner.ts';
import './sku-drawer.ts';
import './sku-search.ts';
import './source-panel.ts';
import { towerDeskStyles } from './tower-desk-styles.ts';
import { TowerElement } from './tower-element.ts';
import './traffic-panel.ts';
import './webhook-dialog.ts';

type DeskView = 'stock' | 'orders';
const VIEWS: readonly (readonly [view: DeskView, label: string])[] = [
  ['stock', 'Stock'],
  ['orders', 'Orders'],
];

/** What the address says: a view can be linked to, and the browser's back button works. */
function viewOf(hash: string): DeskView {
  return hash === '#orders' ? 'orders' : 'stock';
}

/** Everything an operator watches: stock on one screen, orders on another. */
export class TowerDesk extends TowerElement {
  static override styles = [sharedStyles, towerDeskStyles];
  static override properties = { webhooks: { state: true }, view: { state: true } };
  /** Whether their dialog is open. */
  declare private webhooks: boolean;
  declare private view: DeskView;

  constructor() {
    super();
    this.webhooks = false;
    this.view = viewOf(location.hash);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('hashchange', this.#moved);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('hashchange', this.#moved);
  }

  readonly #moved = (): void => {
    this.view = viewOf(location.hash);
  };

  protected override render(): TemplateResult {
    const { tower } = this;
    return html`
      <header>
        <div class="brand">
          <img src="/icons/tower.svg" alt="" width="26" height="26" />
          <h1>Control tower</h1>
          <nav aria-label="Views">
            ${VIEWS.map(
              ([view, label]) =>
                html`<a href="#${view}" aria-current=${view === this.view ? 'page' : nothing}>${label}</a>`,
            )}
          </nav>
        </div>
        <sku-search .tower=${tower}></sku-search>
        <div class="tools">
          <a class="shop" href="/">Shop</a>
          <color-mode-toggle></color-mode-toggle>
          <wa-button size="xs" appearance="outlined" @click=${() => (this.webhooks = true)}>Webhooks</wa-button>
          <wa-button size="xs" appearance="outlined" @click=${() => signOut()}>Sign out</wa-button>
        </div>
      </header>
      <link-banner .tower=${tower}></link-banner>
      <silence-banner .tower=${tower}></silence-banner>
      <main class=${this.view}>
        ${this.view === 'stock' ? this.#stock() : html`<orders-view .tower=${tower}></orders-view>`}
      </main>
      <sku-drawer .tower=${tower}></sku-drawer>
      <webhook-dialog
        .tower=${tower}
        .open=${this.webhooks}
        @webhooks-done=${() => (this.webhooks = false)}
      ></webhook-dialog>
    `;
  }

  #stock(): TemplateResult {
    const { tower } = this;
    return html`
      <key-figures .tower=${tower}></key-figures>
      <network-panel .tower=${tower}></network-panel>
      <source-panel .tower=${tower}></source-panel>
      <traffic-panel .tower=${tower}></traffic-panel>
      <mover-panel .tower=${tower} kind="movers"></mover-panel>
      <mover-panel .tower=${tower} kind="low"></mover-panel>
      <hold-panel .tower=${tower}></hold-panel>
      <letter-panel .tower=${tower}></letter-panel>
    `;
  }
}

customElements.define('tower-desk', TowerDesk);
