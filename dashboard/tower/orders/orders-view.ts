import { css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from '../../theme/shared-styles.ts';
import { TowerElement } from '../tower-element.ts';
import './order-drawer.ts';
import './order-list.ts';
import './order-queues.ts';
import { OrdersWatch } from './orders-watch.ts';

/** Orders of all channels as they come, what needs somebody, and any order in full. */
export class OrdersView extends TowerElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        flex: 1;
        display: grid;
        grid-template-columns: minmax(0, 7fr) minmax(0, 5fr);
        gap: 0.75rem;
        grid-template-rows: minmax(0, 1fr);
        min-height: 0;
        padding: 0.75rem 1rem 1rem;
      }
      order-drawer {
        position: absolute;
      }
      @media (max-width: 72rem) {
        :host {
          grid-template: none / minmax(0, 1fr);
        }
        order-list,
        order-queues {
          height: 30rem;
        }
      }
      @media (max-width: 44rem) {
        :host {
          padding-inline: 0.75rem;
        }
      }
    `,
  ];
  #watch: OrdersWatch | undefined;

  protected override willUpdate(): void {
    this.#watch ??= new OrdersWatch(this.tower.connection);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch?.end();
    this.#watch = undefined;
  }

  protected override render(): TemplateResult {
    const { tower } = this;
    return html`
      <order-list .tower=${tower} .watch=${this.#watch}></order-list>
      <order-queues .tower=${tower} .watch=${this.#watch}></order-queues>
      <order-drawer .tower=${tower}></order-drawer>
    `;
  }
}

customElements.define('orders-view', OrdersView);
