import type { NodeInfo } from '../protocol/stock-bodies.ts';
import type { PickupState } from '../protocol/wire.ts';
import { BAND_WORDS } from './band-words.ts';
import { arrange, h, write } from './dom.ts';
import { OnhandElement } from './onhand-element.ts';
import type { Manner } from './onhand-element.ts';
import type { StockView } from './onhand-stock-view.ts';
import { openingInWords } from './opening-words.ts';
import { placeAmong, placeOf, rounded } from './place.ts';
import type { Place } from './place.ts';
import { bones, StoreRow } from './store-row.ts';
import { storesOf } from './stores-of.ts';
import type { Scope } from './subscription-table.ts';

/** Longest wait for the machine's own place, and the oldest that will do, in ms. */
const LOCATE = { timeout: 10_000, maximumAge: 300_000 };

/** What a visitor said, for the elements that come after this one on the same page. */
const remembered: { node: string; asked: string; here?: Place } = { node: '', asked: '' };

/**
 * Where to pick an item up: `<onhand-pickup sku="8412345" near="43004"></onhand-pickup>`. The nearest stores with what they
 * have, live, to choose one from; a form control by its name. Attributes, event, parts and colours: README.md.
 */
export class OnhandPickup extends OnhandElement {
  static formAssociated = true;

  readonly #internals = this.attachInternals();
  readonly #text = h('input', { part: 'input', autocomplete: 'postal-code', enterkeyhint: 'search' });
  readonly #locate = h('button', { type: 'button', part: 'button locate' }, 'Use my location');
  readonly #note = h('p', { class: 'note', part: 'note' });
  readonly #title = h('legend', { class: 'title', part: 'stores-title' }, 'Stores nearby');
  readonly #list = h('ul', { class: 'stores', part: 'stores' });
  readonly #group = h('fieldset', {}, this.#title, this.#list);
  readonly #rows = new Map<string, StoreRow>();
  #stores: readonly NodeInfo[] | 'failed' | undefined;
  /** What the visitor said, in place of `near`. */
  #asked = remembered.asked;
  #here = remembered.here;
  #locating = '';
  #pickup: readonly PickupState[] = [];
  #told = '';

  constructor() {
    super();
    const find = h('button', { part: 'button' }, 'Find stores');
    const label = h('label', {}, h('span', { class: 'quiet' }, 'City, store or ZIP'), this.#text);
    const form = h('form', { part: 'form' }, label, find, this.#locate);
    form.addEventListener('submit', (event) => this.#find(event));
    this.#locate.hidden = !isSecureContext || !('geolocation' in navigator);
    this.#locate.addEventListener('click', () => this.#findHere());
    this.#list.addEventListener('change', (event) => this.#choose((event.target as HTMLInputElement).value));
    const headline = h('slot', { name: 'title' }, h('p', { class: 'strong', part: 'headline' }, 'Pick up in store'));
    this.box.append(headline, form, this.#note, this.#group);
  }

  /** The chosen store as it is now; null: none, or none of those shown. */
  get selected(): PickupState | null {
    return this.#pickup.find(({ node }) => node === remembered.node) ?? null;
  }

  override attributeChangedCallback(name?: string): void {
    // The page says anew where it is.
    if (name === 'near' && this.isConnected) this.#goTo('');
    super.attributeChangedCallback();
  }

  protected override scope(): Scope | undefined {
    const near = this.#place();
    return near && { near };
  }

  protected override draw(view: StockView, how: Manner): void {
    const place = this.#place();
    if (place !== undefined || this.#where !== '') this.#load();
    this.#pickup = (place && view.pickup) ?? this.#pickup;
    const waits = place !== undefined && view.kind === 'connecting';
    if (waits || place === undefined) this.#pickup = [];
    const problem = this.#problem();
    if (problem !== '') this.box.className = '';
    write(this.#note, problem || view.note);
    this.#group.hidden = !waits && this.#pickup.length === 0;
    arrange(this.#list, waits ? bones('pick') : this.#pickup.map((store) => this.#row(store, how)));
    if (view.pickup !== undefined && place !== undefined) this.#tell();
  }

  protected override words({ kind }: StockView): string {
    const { selected } = this;
    if (this.#problem() !== '') return this.#problem();
    if (kind === 'kept') return 'Reconnecting';
    if (selected !== null) return `${selected.name}: ${BAND_WORDS[selected.band]}`;
    return this.#pickup.length === 0 ? '' : `${this.#pickup.length} stores found`;
  }

  get #where(): string {
    return this.#asked || this.attr('near');
  }

  #place(): Place | undefined {
    if (this.#here !== undefined) return this.#here;
    return placeOf(this.#where) ?? (Array.isArray(this.#stores) ? placeAmong(this.#where, this.#stores) : undefined);
  }

  /** What is the matter, in place of the age of the numbers. */
  #problem(): string {
    if (this.#locating !== '') return this.#locating;
    if (this.#place() !== undefined) {
      const none = this.stock.phase === 'known' && this.stock.entry.d.pickup?.length === 0;
      return none ? 'No store near here offers pickup.' : '';
    }
    if (this.#where === '') return 'Type a city or a ZIP to see the nearest stores.';
    if (this.#stores === 'failed') return 'The stores could not be loaded. Try again.';
    return this.#stores === undefined ? 'One moment' : `No store matches “${this.#where}”.`;
  }

  #row(store: PickupState, how: Manner): HTMLElement {
    const row = this.#rows.get(store.node) ?? new StoreRow('to-choose');
    this.#rows.set(store.node, row);
    const known = Array.isArray(this.#stores) ? this.#stores.find(({ id }) => id === store.node) : undefined;
    row.show(store, how, known && openingInWords(known, Date.now(), how.lang));
    row.radio.checked = store.node === remembered.node;
    return row.item;
  }

  #load(): void {
    if (this.#stores !== undefined) return;
    storesOf(this.server).then(
      (stores) => this.#loaded(stores),
      () => this.#loaded('failed'),
    );
  }

  #loaded(stores: readonly NodeInfo[] | 'failed'): void {
    if (this.#stores === stores) return;
    this.#stores = stores;
    this.drawSoon();
  }

  #find(event: Event): void {
    event.preventDefault();
    if (this.#stores === 'failed') this.#stores = undefined;
    this.#goTo(this.#text.value.trim());
  }

  #findHere(): void {
    this.#goTo('', undefined, 'Finding where you are …');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.#goTo('', rounded({ lat: coords.latitude, lon: coords.longitude })),
      () => this.#goTo('', undefined, 'Your location was not found or not shared. Type a city or a ZIP.'),
      LOCATE,
    );
  }

  #goTo(asked: string, here?: Place, locating = ''): void {
    this.#asked = remembered.asked = asked;
    this.#here = here;
    if (here === undefined) delete remembered.here;
    else remembered.here = here;
    this.#locating = locating;
    this.drawSoon();
  }

  #choose(node: string): void {
    remembered.node = node;
    this.drawSoon();
  }

  #tell(): void {
    const { selected } = this;
    const node = selected?.node ?? '';
    if (node === this.#told) return;
    this.#told = node;
    this.#internals.setFormValue(node || null);
    this.dispatchEvent(new CustomEvent('onhand-pickup-change', { detail: selected, bubbles: true, composed: true }));
  }
}

if (!customElements.get('onhand-pickup')) customElements.define('onhand-pickup', OnhandPickup);

declare global {
  interface HTMLElementTagNameMap {
    'onhand-pickup': OnhandPickup;
  }
}
