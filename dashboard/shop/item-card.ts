import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ItemInfo } from '../../gateway/protocol/stock-bodies.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import './item-picture.ts';
import { follow, href } from './route.ts';
import { calm, price } from './words.ts';

/** One item of the range, with its live band. */
export class ItemCard extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        height: 100%;
      }
      a {
        display: grid;
        grid-template-rows: auto 1fr auto;
        gap: 0.625rem;
        height: 100%;
        padding: 0.625rem 0.625rem 0.875rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        background: var(--surface);
        color: inherit;
        text-decoration: none;
        transition: border-color 120ms;
      }
      a:hover {
        border-color: var(--accent);
      }
      a:hover .name {
        text-decoration: underline;
        text-underline-offset: 0.15em;
      }
      .about {
        padding-inline: 0.25rem;
      }
      .department {
        font-size: 0.75rem;
        color: var(--quiet);
      }
      .name {
        font-weight: 550;
        line-height: 1.3;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        min-height: 2.6em;
      }
      .foot {
        display: grid;
        gap: 0.125rem;
        padding-inline: 0.25rem;
      }
      .price {
        font-weight: 650;
        font-variant-numeric: tabular-nums;
      }
      onhand-stock {
        font-size: 0.8125rem;
      }
    `,
  ];
  static override properties = { item: { attribute: false } };
  declare item: ItemInfo;

  protected override render(): TemplateResult {
    const { item } = this;
    return html`<a href=${href({ sku: item.sku })} @click=${(event: MouseEvent) => follow(event, { sku: item.sku })}>
      <item-picture .name=${item.name} .department=${item.department ?? ''}></item-picture>
      <div class="about">
        <p class="department">${calm(item.department ?? 'Groceries')}</p>
        <p class="name">${calm(item.name)}</p>
      </div>
      <div class="foot">
        ${price(item) === undefined ? nothing : html`<span class="price">${price(item)}</span>`}
        <onhand-stock compact sku=${item.sku} scale=${item.scale}></onhand-stock>
      </div>
    </a>`;
  }
}

customElements.define('item-card', ItemCard);
