import '@awesome.me/webawesome/dist/components/icon/icon.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ItemInfo } from '../../gateway/protocol/stock-bodies.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import type { Tower } from './tower.ts';

/** Pause in typing before the server is asked, ms: one question a word, not one a letter. */
const PAUSE_MS = 150;
const FOUND_MAX = 10;

/** Finds an item by number or words of its name and opens its split. Arrow keys walk the results, Enter opens. */
export class SkuSearch extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        position: relative;
      }
      wa-input::part(form-control-label) {
        position: absolute;
        clip-path: inset(50%);
      }
      ul {
        position: absolute;
        inset: calc(100% + 0.25rem) 0 auto;
        z-index: 20;
        max-height: 22rem;
        overflow: auto;
        padding: 0.25rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--raised);
        box-shadow: 0 8px 24px rgb(0 0 0 / 18%);
      }
      li button {
        display: flex;
        justify-content: space-between;
        gap: 1rem;
        width: 100%;
        padding: 0.4rem 0.5rem;
        border: 0;
        border-radius: 0.25rem;
        background: none;
        text-align: start;
        cursor: pointer;
      }
      li button:hover,
      li button:focus-visible {
        background: var(--accent-wash);
      }
      li p {
        padding: 0.4rem 0.5rem;
        color: var(--quiet);
      }
    `,
  ];
  static override properties = { tower: { attribute: false }, found: { state: true } };
  declare tower: Tower;
  /** Undefined: nothing asked. */
  declare private found: readonly ItemInfo[] | string | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #asked = '';

  protected override render(): TemplateResult {
    return html`<form
      role="search"
      @submit=${(event: SubmitEvent) => void this.#openFirst(event)}
      @keydown=${(event: KeyboardEvent) => this.#key(event)}
      @focusout=${(event: FocusEvent) => this.#left(event)}
    >
      <wa-input
        size="s"
        type="search"
        label="Find an item"
        placeholder="Find an item by number or name"
        autocomplete="off"
        with-clear
        @input=${() => this.#typed()}
        @wa-clear=${() => this.#close()}
      >
        <wa-icon slot="start" name="search"></wa-icon>
      </wa-input>
      <div role="status" class="hidden">${Array.isArray(this.found) ? `${this.found.length} found` : nothing}</div>
      ${this.#results()}
    </form>`;
  }

  #results(): TemplateResult | typeof nothing {
    const { found } = this;
    if (found === undefined) return nothing;
    if (typeof found === 'string')
      return html`<ul>
        <li><p>${found}</p></li>
      </ul>`;
    return html`<ul>
      ${found.map(
        (item) =>
          html`<li>
            <button type="button" @click=${() => this.#open(item.sku)}>
              <span>${item.name}</span><span class="quiet num">${item.sku}</span>
            </button>
          </li>`,
      )}
    </ul>`;
  }

  #typed(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#ask(), PAUSE_MS);
  }

  async #ask(): Promise<void> {
    const q = this.#input()?.value?.trim() ?? '';
    this.#asked = q;
    if (q === '') return this.#close();
    const answer = await this.tower.http.items({ q, limit: FOUND_MAX });
    if (q !== this.#asked) return;
    if (!answer.ok) this.found = answer.error.message;
    else
      this.found =
        answer.value.items.length > 0 ? answer.value.items : 'Nothing matches. Enter opens this number as a sku.';
  }

  async #openFirst(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    clearTimeout(this.#pause);
    await this.#ask();
    const q = this.#asked;
    if (q === '') return;
    const items = Array.isArray(this.found) ? (this.found as readonly ItemInfo[]) : [];
    this.#open(items.find((item) => item.sku === q)?.sku ?? items[0]?.sku ?? q);
  }

  #open(sku: string): void {
    this.tower.openSku.set(sku);
    this.#close();
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') return this.#close();
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>('li button')];
    if (buttons.length === 0) return;
    event.preventDefault();
    const at = buttons.indexOf((this.shadowRoot?.activeElement ?? null) as HTMLElement);
    const next = at + (event.key === 'ArrowDown' ? 1 : -1);
    if (next < 0) this.#input()?.focus();
    else buttons[Math.min(next, buttons.length - 1)]?.focus();
  }

  #left(event: FocusEvent): void {
    // Focus may go from the field to a result: still here.
    if (!(event.relatedTarget instanceof Node) || !this.renderRoot.contains(event.relatedTarget)) this.#close();
  }

  #close(): void {
    clearTimeout(this.#pause);
    this.found = undefined;
  }

  #input(): WaInput | null {
    return this.renderRoot.querySelector<WaInput>('wa-input');
  }
}

customElements.define('sku-search', SkuSearch);
