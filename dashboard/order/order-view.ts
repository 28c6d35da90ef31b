import '@awesome.me/webawesome/dist/components/icon/icon.js';
import '@awesome.me/webawesome/dist/components/qr-code/qr-code.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { CustomerOrder } from '../../gateway/protocol/customer-order.ts';
import { calm } from '../shop/words.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { orderViewStyles } from './order-view-styles.ts';
import { dayWords, expectedAt, headline, money, STATE_WORDS, stepWords, timeWords, wayOf } from './order-words.ts';

/** An order as its customer sees it. */
export class OrderView extends LitElement {
  static override styles = [sharedStyles, orderViewStyles];
  static override properties = { order: { attribute: false } };
  declare order: CustomerOrder;

  protected override render(): TemplateResult {
    const { order } = this;
    return html`
      ${this.#hero(order)}
      <div class="columns">
        <div class="main">${this.#pickup(order)} ${this.#shipments(order)} ${this.#lines(order)}</div>
        ${this.#steps(order)}
      </div>
    `;
  }

  #hero(order: CustomerOrder): TemplateResult {
    const { words, more } = headline(order);
    const expected = expectedAt(order);
    return html`<section class="hero">
      <p class="number">
        Order ${order.number} · ${dayWords(order.placedAt)} · ${money(order.totalMinor, order.currency)}
      </p>
      <div role="status">
        <h1>${words}</h1>
        <p class="more">
          ${more} ${expected === undefined ? nothing : html`<strong>Expected by ${dayWords(expected)}.</strong>`}
        </p>
      </div>
      ${this.#way(order)}
    </section>`;
  }

  #way(order: CustomerOrder): TemplateResult | typeof nothing {
    const stops = wayOf(order);
    if (stops.length === 0) return nothing;
    return html`<ol class="way" aria-label="Progress">
      ${stops.map(
        ({ words, is }) =>
          html`<li class=${is} aria-current=${is === 'here' ? 'step' : nothing}>
            <span class="dot">${is === 'past' ? html`<wa-icon name="check" label="done"></wa-icon>` : nothing}</span>
            <span>${words}</span>
          </li>`,
      )}
    </ol>`;
  }

  #pickup({ pickup, status }: CustomerOrder): TemplateResult | typeof nothing {
    if (pickup === undefined || status === 'collected' || status === 'cancelled') return nothing;
    const { name, code, by } = pickup;
    return html`<section class="card pickup">
      <div>
        <h2>Pickup</h2>
        <p class="place">${name}</p>
        <p class="quiet">
          ${
            code === undefined
              ? 'The code you show there appears here when it is ready.'
              : by === undefined
                ? 'Show this code at the counter.'
                : `Show this code at the counter until ${timeWords(by)}.`
          }
        </p>
        ${code === undefined ? nothing : html`<p class="code num">${code}</p>`}
      </div>
      ${
        code === undefined
          ? nothing
          : html`<wa-qr-code value=${code} size="128" fill="#000" label=${`Code ${code} to scan`}></wa-qr-code>`
      }
    </section>`;
  }

  #shipments({ shipments }: CustomerOrder): TemplateResult | typeof nothing {
    if (shipments.length === 0) return nothing;
    return html`<section class="card">
      <h2>${shipments.length === 1 ? 'Parcel' : `${shipments.length} parcels`}</h2>
      <ul>
        ${shipments.map(
          ({ carrier, tracking, at, delivered, lines }) =>
            html`<li>
              <wa-icon name=${delivered === true ? 'check' : 'box'}></wa-icon>
              <div>
                <p class="title">
                  ${carrier}${tracking === undefined ? nothing : html` <span class="tracking num">${tracking}</span>`}
                </p>
                <p class="quiet">
                  ${lines.map(({ units, sku, name }) => `${units} × ${calm(name ?? sku)}`).join(', ')}
                </p>
              </div>
              <p class="state">
                ${delivered === true ? 'Delivered' : 'On its way'}<span class="quiet num">${timeWords(at)}</span>
              </p>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #lines({ lines }: CustomerOrder): TemplateResult {
    return html`<section class="card">
      <h2>Items</h2>
      <ul>
        ${lines.map(
          ({ sku, name, units, states }) =>
            html`<li>
              <span class="units num">${units} ×</span>
              <p class="title">${calm(name ?? sku)}</p>
              <p class="state">
                ${states.map(
                  (each) =>
                    html`<span class=${each.state}
                      >${states.length === 1 ? nothing : `${each.units} `}${STATE_WORDS[each.state]}</span
                    >`,
                )}
              </p>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #steps({ steps }: CustomerOrder): TemplateResult {
    return html`<section class="card steps">
      <h2>What happened</h2>
      <ol>
        ${steps.toReversed().map(
          ({ what, at }) =>
            html`<li>
              <p>${stepWords(what)}</p>
              <p class="quiet num">${timeWords(at)}</p>
            </li>`,
        )}
      </ol>
    </section>`;
  }
}

customElements.define('order-view', OrderView);
