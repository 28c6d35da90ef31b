import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';

/** Asks for the code the customer shows. Says `acted`. */
export class CollectForm extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: end;
        gap: 0.75rem;
        padding: 1rem;
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        background: var(--surface);
      }
      wa-input {
        --wa-form-control-height: 3.25rem;
        font-size: 1.25rem;
      }
      wa-button::part(base) {
        min-height: 3.25rem;
        min-width: 9rem;
      }
      .fault {
        grid-column: 1 / -1;
        color: var(--bad);
        font-weight: 500;
      }
      .fault:empty {
        display: none;
      }
      @media print {
        form {
          display: none;
        }
      }
    `,
  ];
  static override properties = { code: {}, fault: { state: true } };
  /** As typed, or as scanned from the customer's screen. */
  declare code: string;
  declare private fault: string;

  constructor() {
    super();
    this.code = this.fault = '';
  }

  protected override render(): TemplateResult {
    return html`<form @submit=${(event: SubmitEvent) => this.#submit(event)}>
      <wa-input
        label="Code the customer shows"
        autocomplete="off"
        .value=${this.code}
        @input=${(event: Event) => (this.code = (event.target as WaInput).value ?? '')}
      ></wa-input>
      <wa-button variant="brand" type="submit">Hand over</wa-button>
      <p class="fault" role="alert">${this.fault}</p>
    </form>`;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const code = this.code.trim();
    this.fault = code === '' ? 'Ask the customer for the code in the message.' : '';
    if (code !== '') this.dispatchEvent(new CustomEvent('acted', { detail: { act: 'collect', code } }));
  }
}

customElements.define('collect-form', CollectForm);
