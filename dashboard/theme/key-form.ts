import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from './shared-styles.ts';

/**
 * Asks for the API key of a staff page. `checking` while the server has not judged it yet, `trouble` when it does not answer.
 * Says `key-given` with the key, and `key-dropped` when the check is given up.
 */
export class KeyForm extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        place-items: center;
        min-height: 100dvh;
        padding: 1.5rem;
      }
      main {
        width: min(24rem, 100%);
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 0.625rem;
        margin-bottom: 1.5rem;
      }
      h1 {
        font-size: 1.25rem;
        font-weight: 650;
        letter-spacing: -0.015em;
      }
      form {
        display: grid;
        gap: 0.875rem;
        padding: 1.25rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        background: var(--surface);
      }
      .hint {
        margin-top: 1rem;
        color: var(--quiet);
      }
      .error {
        color: var(--bad);
        font-weight: 500;
      }
    `,
  ];
  static override properties = {
    heading: {},
    icon: {},
    hint: {},
    checking: { type: Boolean },
    message: {},
    trouble: { type: Boolean },
  };
  declare heading: string;
  /** Name of a file among our icons. */
  declare icon: string;
  /** Where the key comes from, and what becomes of it. */
  declare hint: string;
  declare checking: boolean;
  declare trouble: boolean;
  declare message: string;

  constructor() {
    super();
    this.checking = this.trouble = false;
    this.message = this.heading = this.hint = '';
    this.icon = 'tower';
  }

  protected override render(): TemplateResult {
    return html`<main>
      <div class="brand">
        <img src="/icons/${this.icon}.svg" alt="" width="32" height="32" />
        <h1>${this.heading}</h1>
      </div>
      <form @submit=${(event: SubmitEvent) => this.#submit(event)}>
        <wa-input
          type="password"
          name="key"
          label="API key"
          autocomplete="off"
          password-toggle
          autofocus
          ?disabled=${this.checking}
        ></wa-input>
        <div role="alert">
          ${this.message === '' ? nothing : html`<p class="error">${this.message}</p>`}
          ${this.trouble ? html`<p class="error">The server does not answer. Still trying.</p>` : nothing}
        </div>
        <wa-button type="submit" variant="brand" ?loading=${this.checking}>Sign in</wa-button>
        ${
          this.checking
            ? html`<wa-button appearance="plain" @click=${() => this.#say('key-dropped', '')}>Cancel</wa-button>`
            : nothing
        }
      </form>
      <p class="hint">${this.hint}</p>
    </main>`;
  }

  /** The field was disabled while the key was checked, which takes the focus from it. */
  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.get('checking') === true && !this.checking) void this.#focus();
  }

  async #focus(): Promise<void> {
    const input = this.renderRoot.querySelector<WaInput>('wa-input');
    await input?.updateComplete;
    input?.focus();
    input?.select();
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const key = this.renderRoot.querySelector<WaInput>('wa-input')?.value?.trim() ?? '';
    if (key === '') this.message = 'Enter the API key.';
    else this.#say('key-given', key);
  }

  #say(name: 'key-given' | 'key-dropped', key: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail: key }));
  }
}

customElements.define('key-form', KeyForm);
