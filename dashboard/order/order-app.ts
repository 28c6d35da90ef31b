import '@awesome.me/webawesome/dist/components/button/button.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { realEnvironment } from '../../gateway/client/environment.ts';
import '../theme/color-mode-toggle.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { OrderFeed } from './order-feed.ts';
import { orderLink } from './order-link.ts';
import './order-view.ts';
import { headline, timeWords } from './order-words.ts';

/** The customer's page: an order that is found by its link, and followed. */
export class OrderApp extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        grid-template-rows: auto auto 1fr;
        min-height: 100dvh;
      }
      header {
        background: var(--surface);
        border-bottom: 1px solid var(--line);
      }
      .bar,
      main {
        width: 100%;
        max-width: 62rem;
        margin-inline: auto;
        padding-inline: 1.5rem;
      }
      .bar {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        min-height: 4rem;
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        font-size: 1.0625rem;
        font-weight: 650;
        letter-spacing: -0.015em;
      }
      .banner {
        padding: 0.75rem 1.5rem;
        background: var(--warn-wash);
        color: var(--warn);
        font-weight: 500;
        text-align: center;
      }
      main {
        padding-block: 2rem 3rem;
      }
      .note {
        display: grid;
        gap: 0.5rem;
        justify-items: start;
        max-width: 34rem;
        margin: 10vh auto 0;
      }
      .note h1 {
        font-size: 1.5rem;
        font-weight: 650;
        letter-spacing: -0.02em;
      }
      .note wa-button {
        margin-top: 0.75rem;
      }
      @media (max-width: 48rem) {
        .bar,
        main {
          padding-inline: 1rem;
        }
        main {
          padding-block: 1.25rem 2rem;
        }
      }
    `,
  ];
  #feed: OrderFeed | undefined;
  #stops: (() => void)[] = [];

  constructor() {
    super();
    addEventListener('hashchange', () => this.#open());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#open();
  }

  protected override render(): TemplateResult {
    return html`
      <header>
        <div class="bar">
          <div class="brand"><img src="/icons/order.svg" alt="" width="32" height="32" /> Your order</div>
          <color-mode-toggle></color-mode-toggle>
        </div>
      </header>
      <div role="status">${this.#banner()}</div>
      <main>${this.#page()}</main>
    `;
  }

  /** As the link in the address says; a new one in the same page is another order. */
  #open(): void {
    for (const stop of this.#stops) stop();
    this.#feed?.close();
    const link = orderLink(location.hash);
    this.#feed = link && new OrderFeed(link, location.origin, realEnvironment());
    this.#stops = [this.#feed?.now, this.#feed?.isFresh].flatMap(
      (source) => source?.onChange(() => this.requestUpdate()) ?? [],
    );
    this.#feed?.start();
    this.requestUpdate();
  }

  #banner(): TemplateResult | typeof nothing {
    if (this.#feed === undefined || this.#feed.isFresh.value) return nothing;
    const now = this.#feed.now.value;
    if (now.phase !== 'known') return html`<p class="banner">The shop cannot be reached. Still trying.</p>`;
    return html`<p class="banner num">
      You are offline. This is how your order stood on ${timeWords(now.heardMs)}; it goes on by itself when you are
      back.
    </p>`;
  }

  #page(): TemplateResult {
    const now = this.#feed?.now.value ?? { phase: 'unknown' };
    switch (now.phase) {
      case 'loading':
        return html`<p class="note" role="status">Looking for your order …</p>`;
      case 'unknown':
        document.title = 'Order not found';
        return this.#notFound();
      case 'known':
        document.title = `${headline(now.order).words} · ${now.order.number}`;
        return html`<order-view .order=${now.order}></order-view>`;
      default:
        return now satisfies never;
    }
  }

  #notFound(): TemplateResult {
    return html`<div class="note">
      <h1>We cannot find this order</h1>
      <p>
        The link is not complete, or it has ended: orders can be looked at for some months. Open it once more from the
        message you were sent.
      </p>
      <wa-button variant="brand" appearance="outlined" @click=${() => this.#open()}>Try again</wa-button>
    </div>`;
  }
}

customElements.define('order-app', OrderApp);
