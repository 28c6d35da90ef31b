import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { openingInWords } from '../../gateway/client/opening-words.ts';
import type { NodeInfo } from '../../gateway/protocol/stock-bodies.ts';
import { Follow } from '../store/follow.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { loadStores, stores } from './catalog.ts';
import { chooseStore, myStore } from './my-store.ts';

/** Dialog to choose the store one shops near. Opened with `show()`. */
export class StorePicker extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      wa-dialog {
        --width: 30rem;
      }
      ul {
        margin-top: 0.75rem;
        height: min(24rem, 50vh);
        overflow-y: auto;
        border-block: 1px solid var(--line);
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      li button {
        display: block;
        width: 100%;
        padding: 0.625rem 0.5rem;
        border: 0;
        background: none;
        text-align: start;
        cursor: pointer;
      }
      li button:hover {
        background: var(--accent-wash);
      }
      li button:focus-visible {
        outline-offset: -2px;
      }
      li button[aria-pressed='true'] {
        background: var(--accent-wash);
        box-shadow: inset 3px 0 var(--accent);
      }
      .name {
        font-weight: 550;
      }
      .about {
        font-size: 0.8125rem;
        color: var(--quiet);
      }
      .none {
        padding: 1.5rem 0.5rem;
        color: var(--quiet);
      }
    `,
  ];
  static override properties = { open: { state: true }, words: { state: true } };
  declare private open: boolean;
  declare private words: string;

  constructor() {
    super();
    this.open = false;
    this.words = '';
    new Follow(this, stores, myStore);
  }

  show(): void {
    this.open = true;
    if (stores.value.phase !== 'here') void loadStores();
  }

  protected override render(): TemplateResult {
    return html`<wa-dialog
      label="Choose your store"
      light-dismiss
      .open=${this.open}
      @wa-after-hide=${() => (this.open = false)}
    >
      <wa-input
        autofocus
        size="s"
        type="search"
        label="Name, place or ZIP"
        autocomplete="off"
        @input=${(event: Event) => (this.words = (event.target as WaInput).value ?? '')}
      ></wa-input>
      <ul>
        ${this.#rows()}
      </ul>
    </wa-dialog>`;
  }

  #rows(): TemplateResult | TemplateResult[] {
    const loaded = stores.value;
    switch (loaded.phase) {
      case 'loading':
        return html`<li class="none">Loading stores …</li>`;
      case 'failed':
        return html`<li class="none">${loaded.message}</li>`;
      case 'here': {
        const words = this.words.toLowerCase().split(/\s+/);
        const shown = loaded.value.filter((node) => words.every((word) => textOf(node).includes(word)));
        return shown.length === 0
          ? html`<li class="none">
              ${loaded.value.length === 0 ? 'No store offers pickup yet.' : 'No store matches.'}
            </li>`
          : shown.map((node) => this.#row(node));
      }
      default:
        return loaded satisfies never;
    }
  }

  #row(node: NodeInfo): TemplateResult {
    return html`<li>
      <button aria-pressed=${String(node.id === myStore.value?.id)} @click=${() => this.#choose(node)}>
        <div class="name">${node.name}</div>
        <div class="about num">${node.postcode} · ${openingInWords(node, Date.now(), 'en-US')}</div>
      </button>
    </li>`;
  }

  #choose(node: NodeInfo): void {
    chooseStore(node);
    this.open = false;
  }
}

function textOf(node: NodeInfo): string {
  return `${node.name} ${node.postcode} ${node.id}`.toLowerCase();
}

customElements.define('store-picker', StorePicker);
