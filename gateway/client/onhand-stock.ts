import type { PickupState, StockState } from '../protocol/wire.ts';
import { arrange, h, write } from './dom.ts';
import { OnhandElement } from './onhand-element.ts';
import type { Manner } from './onhand-element.ts';
import type { StockView } from './onhand-stock-view.ts';
import { placeOf } from './place.ts';
import { bones, StoreRow } from './store-row.ts';
import type { KeyState, Scope } from './subscription-table.ts';

/** Length of the mark on a number that changed, in ms: seen from the corner of the eye, gone before the next. */
const FLASH_MS = 1_200;
const FLASH = 'var(--onhand-flash, light-dark(#fff0b8, #4a3f12))';

/**
 * Live stock of one sku on any page: `<onhand-stock sku="8412345" near="39.96,-83.00"></onhand-stock>`.
 * Attributes, event, parts and colours: README.md.
 */
export class OnhandStock extends OnhandElement {
  readonly #band = h('span', { part: 'band' });
  readonly #units = h('span', { class: 'units', part: 'units' });
  readonly #note = h('p', { class: 'note', part: 'note' });
  readonly #title = h('p', { class: 'title', part: 'stores-title' }, 'Pickup nearby');
  readonly #stores = h('ul', { class: 'stores', part: 'stores' });
  readonly #rows: StoreRow[] = [];
  #spoken = '';

  constructor() {
    super();
    const headline = h('p', { class: 'headline', part: 'headline' }, this.#band, this.#units);
    this.box.append(headline, this.#note, this.#title, this.#stores);
  }

  protected override scope(): Scope {
    const near = placeOf(this.attr('near'));
    return near === undefined ? {} : { near };
  }

  protected override draw(view: StockView, how: Manner): void {
    write(this.#band, view.headline);
    this.#band.className = `band ${view.band ?? ''}`;
    write(this.#units, view.units ?? '');
    write(this.#note, view.note);
    const asked = this.scope().near !== undefined;
    const stores = asked ? (view.pickup ?? []) : [];
    const waits = asked && view.kind === 'connecting';
    this.#title.hidden = stores.length === 0;
    this.#stores.hidden = stores.length === 0 && !waits;
    arrange(this.#stores, waits ? bones('') : this.#show(stores, how));
  }

  protected override words({ kind, headline }: StockView): string {
    if (this.hasAttribute('compact')) return '';
    if (kind !== 'connecting') this.#spoken = kind === 'kept' ? `${headline}, reconnecting` : headline;
    return this.#spoken;
  }

  protected override changed(before: KeyState<StockState>): void {
    const { stock } = this;
    if (stock.phase !== 'known') return this.removeAttribute('availability');
    const { k, d } = stock.entry;
    this.setAttribute('availability', `https://schema.org/${d.availability}`);
    if (before.phase !== 'known' || before.entry.k !== k) return;
    if (before.entry.d.units !== d.units || before.entry.d.band !== d.band) this.#flash();
  }

  #show(stores: readonly PickupState[], how: Manner): readonly HTMLElement[] {
    return stores.map((store, at) => {
      const row = (this.#rows[at] ??= new StoreRow('to-read'));
      row.show(store, how);
      return row.item;
    });
  }

  #flash(): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const target = this.#units.hidden ? this.#band : this.#units;
    target.animate([{ background: FLASH }, { background: 'transparent' }], { duration: FLASH_MS, easing: 'ease-out' });
  }
}

if (!customElements.get('onhand-stock')) customElements.define('onhand-stock', OnhandStock);

declare global {
  interface HTMLElementTagNameMap {
    'onhand-stock': OnhandStock;
  }
}
