import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/callout/callout.js';
import '@awesome.me/webawesome/dist/components/skeleton/skeleton.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ItemInfo } from '../../gateway/protocol/stock-bodies.ts';
import { Follow } from '../store/follow.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { found, search } from './catalog.ts';
import './item-card.ts';
import { go, route } from './route.ts';
import { calm } from './words.ts';

/** The range, or what a search found, with departments to narrow it. */
export class ItemList extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0.25rem 1rem;
        margin-bottom: 0.875rem;
      }
      h1 {
        font-size: 1.5rem;
        font-weight: 650;
        letter-spacing: -0.015em;
      }
      .departments {
        display: flex;
        gap: 0.5rem;
        margin: 0 -0.25rem 1.25rem;
        padding: 0.25rem;
        overflow-x: auto;
        scrollbar-width: none;
      }
      .departments button {
        flex: none;
        padding: 0.375rem 0.875rem;
        border: 1px solid var(--line);
        border-radius: 999px;
        background: var(--surface);
        cursor: pointer;
      }
      .departments button:hover {
        border-color: var(--accent);
      }
      .departments button[aria-pressed='true'] {
        background: var(--accent-fill);
        border-color: var(--accent-fill);
        color: #fff;
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(12.5rem, 1fr));
        gap: 1rem;
      }
      wa-skeleton {
        height: 17rem;
        --border-radius: 0.75rem;
      }
      wa-callout p {
        margin-bottom: 0.625rem;
      }
      .nothing {
        padding: 3rem 1rem;
        text-align: center;
        border: 1px dashed var(--line);
        border-radius: 0.75rem;
      }
      .nothing p {
        margin-bottom: 1rem;
      }
      @media (max-width: 30rem) {
        .grid {
          grid-template-columns: repeat(2, minmax(0, 1fr));
          gap: 0.625rem;
        }
      }
    `,
  ];
  static override properties = { q: {}, department: { state: true } };
  declare q: string;
  declare private department: string;

  constructor() {
    super();
    this.q = '';
    this.department = '';
    new Follow(this, found);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('q')) return;
    this.department = '';
    void search(this.q);
  }

  protected override render(): TemplateResult {
    const loaded = found.value;
    return html`
      <div class="head">
        <h1>${this.q === '' ? 'On the shelves now' : `Results for “${this.q}”`}</h1>
        <p class="quiet">Stock is live: it changes here as it changes in the store.</p>
      </div>
      ${loaded.phase === 'loading' ? this.#bones() : nothing}
      ${loaded.phase === 'failed' ? this.#failure(loaded.message) : nothing}
      ${loaded.phase === 'here' ? this.#items(loaded.value) : nothing}
    `;
  }

  #items(items: readonly ItemInfo[]): TemplateResult {
    if (items.length === 0) return this.#nothing();
    const shown = items.filter((item) => this.department === '' || item.department === this.department);
    return html`${this.#departments(items)}
      <ul class="grid">
        ${shown.map((item) => html`<li><item-card .item=${item}></item-card></li>`)}
      </ul>`;
  }

  #departments(items: readonly ItemInfo[]): TemplateResult | typeof nothing {
    const names = [...new Set(items.map((item) => item.department ?? ''))].filter((name) => name !== '').toSorted();
    if (names.length < 2) return nothing;
    return html`<div class="departments" role="group" aria-label="Departments">
      ${['', ...names].map(
        (name) =>
          html`<button aria-pressed=${String(name === this.department)} @click=${() => (this.department = name)}>
            ${name === '' ? 'All' : calm(name)}
          </button>`,
      )}
    </div>`;
  }

  #bones(): TemplateResult {
    return html`<div class="grid" aria-label="Loading" role="status">
      ${Array.from({ length: 12 }, () => html`<wa-skeleton effect="sheen"></wa-skeleton>`)}
    </div>`;
  }

  #nothing(): TemplateResult {
    if (this.q === '')
      return html`<div class="nothing"><p>The shelves are still empty: no items have been loaded yet.</p></div>`;
    return html`<div class="nothing">
      <p>Nothing matches “${this.q}”. Try a shorter word or an item number.</p>
      <wa-button @click=${() => go({})}>Show everything</wa-button>
    </div>`;
  }

  #failure(message: string): TemplateResult {
    return html`<wa-callout variant="danger">
      <p>${message}</p>
      <wa-button size="s" appearance="outlined" @click=${() => void search(route.value.q ?? '')}>Try again</wa-button>
    </wa-callout>`;
  }
}

customElements.define('item-list', ItemList);
