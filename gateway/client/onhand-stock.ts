import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import type { PickupState, StockState } from '../protocol/wire.ts';
import { nextTickMs } from './age.ts';
import { BAND_WORDS, kmInWords, unitsInWords } from './band-words.ts';
import { WAYS } from './ladder.ts';
import type { Link } from './link.ts';
import { sharedPool } from './connection-pool.ts';
import { liveUrl } from './live-url.ts';
import { onhandStockStyles } from './onhand-stock-styles.ts';
import { viewOf } from './onhand-stock-view.ts';
import type { StockView } from './onhand-stock-view.ts';
import type { KeyState, Scope } from './subscription-table.ts';

/** The server the script came from has the stock; a bundle that was opened from a file asks the page's own. */
const SCRIPT_ORIGIN = new URL(import.meta.url).origin;
const SERVER_DEFAULT = SCRIPT_ORIGIN === 'null' ? location.href : SCRIPT_ORIGIN;
/** Length of the mark on a number that changed, in ms: seen from the corner of the eye, gone before the next. */
const FLASH_MS = 1_200;
const KM_PER_MILE = 1.609_344;

/**
 * Live stock of one sku on any page: `<onhand-stock sku="8412345" near="39.96,-83.00"></onhand-stock>`.
 *
 * Attributes: `sku`; `channel` (of sale); `near` ("lat,lon", adds the nearest pickup stores); `server` (address, when it
 * is not the one the script came from); `scale` and `unit` (weighed goods: scale 3, unit kg); `distance` (`km` or `mi`); `compact`.
 * Event `onhand-change`: `detail` is the state, `null` for an unknown sku. Attribute `availability` holds the schema.org term.
 * Parts: `headline band units note stores-title stores store`. Colours: `--onhand-in-stock --onhand-low-stock --onhand-out-of-stock
 * --onhand-quiet --onhand-line --onhand-flash`.
 */
export class OnhandStock extends LitElement {
  static override styles = onhandStockStyles;
  static override properties = {
    sku: {},
    channel: {},
    near: {},
    server: {},
    scale: { type: Number },
    unit: {},
    distance: {},
    compact: { type: Boolean, reflect: true },
    stock: { state: true },
    link: { state: true },
  };

  declare sku: string;
  declare channel: string;
  declare near: string;
  declare server: string;
  declare scale: number;
  declare unit: string;
  declare distance: string;
  declare compact: boolean;
  declare private stock: KeyState<StockState>;
  declare private link: Link;
  #unfollow: (() => void) | undefined;
  #tick: ReturnType<typeof setTimeout> | undefined;
  #said = '';

  constructor() {
    super();
    this.sku = this.channel = this.near = this.server = this.unit = '';
    this.scale = 0;
    this.distance = 'km';
    this.compact = false;
    this.stock = { phase: 'pending' };
    this.link = { state: 'idle', way: 'websocket', sinceMs: Date.now() };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unfollow?.();
    this.#unfollow = undefined;
    clearTimeout(this.#tick);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('sku')) this.stock = { phase: 'pending' };
    if (['sku', 'channel', 'near', 'server'].some((name) => changed.has(name))) this.#follow();
  }

  protected override render(): TemplateResult {
    const view = this.#view();
    return html`
      <div class=${view.kind}>
        <p class="headline" part="headline">
          <span class="band ${view.band ?? 'none'}" part="band"><span class="dot"></span>${view.headline}</span>
          ${view.units === undefined ? nothing : html`<span class="units" part="units">${view.units}</span>`}
        </p>
        <p class="note" part="note">
          ${view.kind === 'kept' || view.kind === 'connecting' ? html`<span class="spin"></span>` : nothing}${view.note}
        </p>
        ${this.near === '' ? nothing : this.#stores(view)}
      </div>
      <span class="said" role="status" aria-live="polite">${this.#words(view)}</span>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    const before = changed.get('stock') as KeyState<StockState> | undefined;
    if (before !== undefined) this.#changed(before);
    this.#tickLater();
  }

  #follow(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
    if (this.sku === '' || !this.isConnected) return;
    const url = liveUrl(this.server === '' ? SERVER_DEFAULT : this.server);
    this.#unfollow = sharedPool().watch(
      { url, ways: WAYS },
      { ch: 'stock', key: this.sku, scope: this.#scope() },
      { state: (state) => (this.stock = state), link: (link) => (this.link = link) },
    );
  }

  #scope(): Scope {
    const [lat, lon] = this.near.split(',').map(Number);
    const near = lat !== undefined && lon !== undefined && Number.isFinite(lat) && Number.isFinite(lon);
    return { ...(this.channel !== '' && { sale: this.channel }), ...(near && { near: { lat, lon } }) };
  }

  #view(): StockView {
    return viewOf(this.stock, this.link, {
      nowMs: Date.now(),
      scale: this.scale,
      unit: this.unit,
      compact: this.compact,
    });
  }

  #stores(view: StockView): TemplateResult | typeof nothing {
    // Same height before the answer as after it, so nothing below jumps.
    if (view.kind === 'connecting') {
      const bone = html`<li>
        <span><span class="bone" style="width: 60%"></span></span>
      </li>`;
      return html`<ul class="stores" part="stores" aria-hidden="true">
        ${[bone, bone, bone, bone, bone]}
      </ul>`;
    }
    if (view.pickup === undefined || view.pickup.length === 0) return nothing;
    return html`<p class="title" part="stores-title">Pickup nearby</p>
      <ul class="stores" part="stores">
        ${view.pickup.map((store) => this.#store(store))}
      </ul>`;
  }

  #store(store: PickupState): TemplateResult {
    const units = store.units === undefined || store.units === 0 ? '' : ` · ${unitsInWords(store.units, this.scale)}`;
    const far = this.distance === 'mi' ? kmInWords(store.km / KM_PER_MILE).replace('km', 'mi') : kmInWords(store.km);
    return html`<li part="store">
      <span class="store-name">${store.name}</span>
      <span class="distance">${far}</span>
      <span class="band ${store.band}"
        ><span class="dot"></span><span>${BAND_WORDS[store.band].text}${units}</span></span
      >
    </li>`;
  }

  /** What is read aloud: the band and a lost or regained link, never each unit. */
  #words(view: StockView): string {
    if (view.kind === 'connecting') return this.#said;
    this.#said = view.kind === 'kept' ? `${view.headline}, reconnecting` : view.headline;
    return this.#said;
  }

  #changed(before: KeyState<StockState>): void {
    const now = this.stock;
    const known = now.phase === 'known' ? now.entry.d : undefined;
    if (known === undefined) this.removeAttribute('availability');
    else this.setAttribute('availability', BAND_WORDS[known.band].schema);
    this.dispatchEvent(new CustomEvent('onhand-change', { detail: known ?? null, bubbles: true, composed: true }));
    if (known === undefined || before.phase !== 'known' || before.entry.k !== this.sku) return;
    if (before.entry.d.units !== known.units || before.entry.d.band !== known.band) this.#flash();
  }

  #flash(): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    const target = this.renderRoot.querySelector('.units') ?? this.renderRoot.querySelector('.headline .band');
    target?.animate(
      [{ background: getComputedStyle(this).getPropertyValue('--_flash') }, { background: 'transparent' }],
      {
        duration: FLASH_MS,
        easing: 'ease-out',
      },
    );
  }

  #tickLater(): void {
    clearTimeout(this.#tick);
    if (!this.isConnected || this.compact || this.stock.phase !== 'known' || this.stock.entry.d.asOf === null) return;
    this.#tick = setTimeout(() => this.requestUpdate(), nextTickMs(Date.now() - this.stock.entry.d.asOf));
  }
}

if (!customElements.get('onhand-stock')) customElements.define('onhand-stock', OnhandStock);

declare global {
  interface HTMLElementTagNameMap {
    'onhand-stock': OnhandStock;
  }
}
