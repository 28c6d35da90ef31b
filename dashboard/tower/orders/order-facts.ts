import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { OrderBody, OrderInfo, OrderLineInfo } from '../../../gateway/protocol/order-bodies.ts';
import type { Tower } from '../tower.ts';
import { ageOf, momentOf, shortDate } from '../words.ts';
import { orderViewStyles } from './order-view-styles.ts';
import { count, money, PIECE_LOOKS, sentence } from './order-words.ts';

const METHODS = { ship: 'Ship to the customer', pickup: 'Pick up in store', 'ship-to-store': 'Ship to store' } as const;

/** The order as it is: who, where, what, at which node, for how much. */
export class OrderFacts extends LitElement {
  static override styles = [
    ...orderViewStyles,
    css`
      .columns {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr));
        gap: 0 2rem;
      }
      .of {
        padding-inline-start: 1rem;
      }
    `,
  ];
  static override properties = { tower: { attribute: false }, body: { attribute: false }, names: { attribute: false } };
  declare tower: Tower;
  declare body: OrderBody;
  declare names: ReadonlyMap<string, string>;

  protected override render(): TemplateResult {
    const { order } = this.body;
    return html`
      ${order.queue === undefined ? nothing : html`<p class="alert"><b>Needs somebody (${order.queue.queue})</b> since ${ageOf(order.queue.since, this.tower.nowMs())}: ${order.queue.why}</p>`}
      ${order.holds.map((hold) => html`<p class="alert"><b>On hold (${hold.kind})</b> by ${hold.by}, ${ageOf(hold.at, this.tower.nowMs())}${hold.reason === undefined ? '' : `: ${hold.reason}`}</p>`)}
      <div class="columns">${this.#customer(order)} ${this.#money()}</div>
      <h3>Lines</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Lines">
        <table>
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col" class="n">Ordered</th>
              <th scope="col">Where its units are</th>
              <th scope="col" class="n">Each</th>
            </tr>
          </thead>
          <tbody>
            ${order.lines.map((line) => this.#line(line, order.currency))}
          </tbody>
        </table>
      </div>
      ${order.works.length === 0 ? nothing : this.#works(order)}
      ${order.returns.length === 0 ? nothing : this.#returns(order)}
    `;
  }

  #customer({ customer, shipTo, method, pickupNode, tags, note, priority }: OrderInfo): TemplateResult {
    const address =
      shipTo === undefined
        ? []
        : [shipTo.name, ...shipTo.lines, shipTo.postcode, shipTo.city, shipTo.region, shipTo.country];
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['Customer', [customer.name, customer.email, customer.phone].filter(Boolean).join(' · ') || 'not said'],
      [
        METHODS[method],
        pickupNode === undefined ? address.filter(Boolean).join(', ') || 'address not said' : this.#name(pickupNode),
      ],
      ['Priority', `${priority}${priority < 5 ? ', sooner than others' : ''}`],
      ['Tags', tags.length === 0 ? undefined : tags.join(', ')],
      ['Note', note],
    ];
    return html`<dl>
      ${rows.map(([term, words]) =>
        words === undefined
          ? nothing
          : html`<dt>${term}</dt>
              <dd>${words}</dd>`,
      )}
    </dl>`;
  }

  #money(): TemplateResult {
    const { order, totals } = this.body;
    const rows: readonly (readonly [string, number])[] = [
      ['Goods', totals.goodsMinor],
      ['Discounts', -totals.discountMinor],
      ['Shipping and fees', totals.chargesMinor],
      [order.taxesIncluded ? 'Tax, included' : 'Tax', totals.taxMinor],
      ...order.refunds.map(({ amountMinor }) => ['Refund due', -amountMinor] as const),
    ];
    return html`<dl>
      ${rows.map(([term, minor]) =>
        minor === 0
          ? nothing
          : html`<dt>${term}</dt>
              <dd class="n">${money(minor, order.currency)}</dd>`,
      )}
      <dt>Total</dt>
      <dd class="n"><b>${money(totals.totalMinor, order.currency)}</b></dd>
    </dl>`;
  }

  #line(line: OrderLineInfo, currency: string): TemplateResult {
    return html`<tr>
      <td class=${line.of === undefined ? '' : 'of'}>
        ${line.name ?? line.sku}
        <span class="quiet">${line.name === undefined ? '' : line.sku}${line.kit ? ' · kit' : ''}</span>
      </td>
      <td class="n">${line.units}</td>
      <td>
        ${line.pieces.map((piece) => {
          const { text, tone } = PIECE_LOOKS[piece.state];
          const place = piece.node ?? piece.group;
          const failed = piece.failed ?? [];
          return html`<div>
            <b>${piece.units}</b>
            <span class=${tone}>${text}</span
            >${place === undefined ? nothing : ` · ${this.#name(place)}`}${piece.dueAt === undefined ? nothing : ` · due ${shortDate(piece.dueAt)}`}
            ${failed.length === 0 ? nothing : html`<span class="quiet">not from ${failed.map(({ node, why }) => `${this.#name(node)} (${why})`).join(', ')}</span>`}
          </div>`;
        })}
      </td>
      <td class="n">${money(line.unitMinor, currency)}</td>
    </tr>`;
  }

  #works({ works }: OrderInfo): TemplateResult {
    return html`<h3>Work at nodes</h3>
      <ul>
        ${works.map((work) => {
          const tracking = work.parcels
            .map(({ carrier, tracking: number }) => [carrier, number].filter(Boolean).join(' '))
            .join(', ');
          return html`<li>
            <a href=${`/node/${encodeURIComponent(work.node)}`}>${this.#name(work.node)}</a>: ${sentence(work.state)}
            ${tracking === '' ? nothing : html`· ${tracking}`}
            <span class="quiet">${work.work} · ${momentOf(work.at)}</span>
          </li>`;
        })}
      </ul>`;
  }

  #returns({ returns, currency }: OrderInfo): TemplateResult {
    return html`<h3>Returns</h3>
      <ul>
        ${returns.map(
          (one) =>
            html`<li>
              ${one.id}: ${one.state},
              ${count(
                one.lines.reduce((sum, { units }) => sum + units, 0),
                'unit',
              )}${one.node === undefined ? '' : ` at ${this.#name(one.node)}`}${one.refundMinor === undefined ? '' : `, ${money(one.refundMinor, currency)} to give back`}
            </li>`,
        )}
      </ul>`;
  }

  #name(node: string): string {
    return this.names.get(node) ?? node;
  }
}

customElements.define('order-facts', OrderFacts);
