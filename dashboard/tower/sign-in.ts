import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/callout/callout.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';
import { signIn, signOut } from './session.ts';

/** Asks for the API key. `checking` while the server has not judged it yet, `trouble` when it does not answer. */
export class SignIn extends LitElement {
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
  static override properties = { checking: { type: Boolean }, message: {}, trouble: { type: Boolean } };
  declare checking: boolean;
  declare trouble: boolean;
  declare message: string;

  constructor() {
    super();
    this.checking = this.trouble = false;
    this.message = '';
  }

  protected override render(): TemplateResult {
    return html`<main>
      <div class="brand">
        <img src="/icons/tower.svg" alt="" width="32" height="32" />
        <h1>Onhand control tower</h1>
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
        ${this.checking ? html`<wa-button appearance="plain" @click=${() => signOut()}>Cancel</wa-button>` : nothing}
      </form>
      <p class="hint">
        The server prints the key once, at its first start; the demo prints it at every start. It stays in this tab and
        is forgotten when you close it.
      </p>
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
    else signIn(key);
  }
}

customElements.define('sign-in', SignIn);
