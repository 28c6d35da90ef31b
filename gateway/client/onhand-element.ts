import type { StockState } from '../protocol/wire.ts';
import { nextTickMs } from './age.ts';
import { sharedPool } from './connection-pool.ts';
import { h, write } from './dom.ts';
import { WAYS } from './ladder.ts';
import type { Link } from './link.ts';
import { liveUrl } from './live-url.ts';
import { viewOf } from './onhand-stock-view.ts';
import type { StockView } from './onhand-stock-view.ts';
import css from './onhand.css?inline';
import type { KeyState, Scope } from './subscription-table.ts';

// What both elements are: attributes, the state of one sku that is followed while the element is on the page, and one
// drawing for all that changed in a turn. On the bare platform: Lit would be half of the bytes that both may have.

/** The server the script came from has the stock; a bundle that was opened from a file asks the page's own. */
const SCRIPT_ORIGIN = new URL(import.meta.url).origin;
const SERVER_DEFAULT = SCRIPT_ORIGIN === 'null' ? location.href : SCRIPT_ORIGIN;

const ATTRIBUTES = ['sku', 'channel', 'near', 'server', 'transport', 'scale', 'unit', 'distance', 'compact'] as const;

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** How numbers are shown. */
export interface Manner {
  readonly lang: string;
  readonly scale: number;
  /** `mi`, else km. */
  readonly distance: string;
}

export abstract class OnhandElement extends HTMLElement {
  static observedAttributes: readonly string[] = ATTRIBUTES;

  protected readonly box = h('div');
  protected stock: KeyState<StockState> = { phase: 'pending' };
  readonly #said = h('span', { class: 'said', role: 'status' });
  #link: Link = { state: 'idle', way: 'websocket', sinceMs: Date.now() };
  #told: KeyState<StockState> = this.stock;
  #sku = '';
  #followed = '';
  #unfollow: (() => void) | undefined;
  #due = false;
  #tick: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    root.append(this.box, this.#said);
  }

  /** What is followed besides the sku; undefined: nothing yet. */
  protected abstract scope(): Scope | undefined;
  protected abstract draw(view: StockView, how: Manner): void;
  /** What is read aloud: what a shopper would look up for, never each unit. */
  protected abstract words(view: StockView): string;
  /** The state is another than `before`. */
  protected changed(_before: KeyState<StockState>): void {}

  connectedCallback(): void {
    this.drawSoon();
  }

  disconnectedCallback(): void {
    this.#leave();
    clearTimeout(this.#tick);
  }

  attributeChangedCallback(): void {
    this.drawSoon();
  }

  protected attr(name: string): string {
    return this.getAttribute(name) ?? '';
  }

  protected get server(): string {
    return this.attr('server') || SERVER_DEFAULT;
  }

  protected drawSoon(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (this.isConnected) this.#draw();
    });
  }

  #draw(): void {
    this.#follow();
    const how = {
      lang: this.#lang(),
      scale: Number(this.attr('scale')),
      distance: this.attr('distance'),
    };
    const compact = this.hasAttribute('compact');
    const view = viewOf(this.stock, this.#link, { ...how, nowMs: Date.now(), unit: this.attr('unit'), compact });
    this.box.className = view.kind;
    this.draw(view, how);
    write(this.#said, this.words(view));
    if (this.#told !== this.stock) this.#tell();
    this.#tickLater(compact);
  }

  #follow(): void {
    const sku = this.attr('sku');
    const near = this.scope();
    const sale = this.attr('channel');
    const scope = { ...(sale !== '' && { sale }), ...near };
    const url = liveUrl(this.server);
    const ways = WAYS.filter((way) => way === this.attr('transport'));
    if (ways.length === 0) ways.push(...WAYS);
    const followed = sku === '' || near === undefined ? '' : JSON.stringify([sku, scope, url, ways]);
    if (followed === this.#followed) return;
    this.#leave();
    this.#followed = followed;
    // Another place shows what it did until it is answered; another item never.
    if (this.#sku !== `${url} ${sale} ${sku}`) this.stock = { phase: 'pending' };
    this.#sku = `${url} ${sale} ${sku}`;
    if (followed === '') return;
    try {
      this.#unfollow = sharedPool().watch(
        { url, ways },
        { ch: 'stock', key: sku, scope },
        { state: (state) => this.#heard(state), link: (link) => this.#linked(link) },
      );
    } catch (error) {
      this.stock = { phase: 'refused', code: 'too-many-sockets', message: String(error) };
    }
  }

  #leave(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#followed = '';
  }

  #heard(state: KeyState<StockState>): void {
    this.stock = state;
    this.drawSoon();
  }

  #linked(link: Link): void {
    this.#link = link;
    this.setAttribute('way', link.way);
    this.drawSoon();
  }

  #tell(): void {
    const before = this.#told;
    this.#told = this.stock;
    this.changed(before);
    const detail = this.stock.phase === 'known' ? this.stock.entry.d : null;
    this.dispatchEvent(new CustomEvent('onhand-change', { detail, bubbles: true, composed: true }));
  }

  /** Of the page; what Intl does not know would throw. */
  #lang(): string {
    const said = this.closest<HTMLElement>('[lang]') ?? document.documentElement;
    try {
      return Intl.getCanonicalLocales(said.lang || navigator.language)[0] ?? 'en-US';
    } catch {
      return 'en-US';
    }
  }

  /** The age in the note grows by itself. */
  #tickLater(compact: boolean): void {
    clearTimeout(this.#tick);
    const asOf = this.stock.phase === 'known' ? this.stock.entry.d.asOf : null;
    if (!compact && asOf !== null) this.#tick = setTimeout(() => this.drawSoon(), nextTickMs(Date.now() - asOf));
  }
}
