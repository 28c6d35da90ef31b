import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';
import type { Work } from './next-acts.ts';
import type { ShortReason } from './picks.ts';
import { SHORT_REASONS, SHORT_WORDS } from './work-words.ts';

/** What each reason does to stock: told before it is chosen. */
const EFFECTS: Readonly<Record<ShortReason, string>> = {
  'not-found': 'The rest of these items here is not sold until it is counted.',
  damaged: 'These units are taken out of sale as damaged.',
  'too-busy': 'Stock stays as it is.',
  closing: 'Stock stays as it is.',
  other: 'Stock stays as it is.',
};

/** Why the whole work order is given back; another place gets it at once. Says `acted` or `reject-dropped`. */
export class RejectDialog extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      wa-dialog {
        --width: 34rem;
      }
      p {
        margin-bottom: 1rem;
        color: var(--quiet);
      }
      .reasons {
        display: grid;
        gap: 0.5rem;
        margin-bottom: 1rem;
      }
      button {
        display: grid;
        min-height: 3.5rem;
        padding: 0.5rem 1rem;
        border: 1px solid var(--line-strong);
        border-radius: 0.75rem;
        background: var(--surface);
        text-align: start;
        cursor: pointer;
        font-weight: 550;
      }
      wa-button::part(base) {
        min-height: 3.25rem;
      }
      button span {
        font-size: 0.875rem;
        font-weight: 400;
        color: var(--quiet);
      }
      button[aria-pressed='true'] {
        border-color: var(--accent);
        box-shadow: inset 0 0 0 1px var(--accent);
        background: var(--accent-wash);
      }
    `,
  ];
  static override properties = { work: { attribute: false }, reason: { state: true } };
  /** Undefined: closed. */
  declare work: Work | undefined;
  declare private reason: ShortReason | undefined;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('work') && changed.get('work') === undefined) this.reason = undefined;
  }

  protected override render(): TemplateResult {
    return html`<wa-dialog
      label=${`Cannot do ${this.work?.number ?? 'it'}`}
      .open=${this.work !== undefined}
      @wa-after-hide=${() => this.dispatchEvent(new CustomEvent('reject-dropped'))}
    >
      <p>Another place gets it at once. Why can it not be done here?</p>
      <div class="reasons" role="group" aria-label="Reason">${SHORT_REASONS.map((reason) => this.#choice(reason))}</div>
      <wa-input label="Note (optional)" maxlength="200" autocomplete="off"></wa-input>
      <wa-button slot="footer" variant="danger" ?disabled=${this.reason === undefined} @click=${() => this.#reject()}
        >Give it back</wa-button
      >
    </wa-dialog>`;
  }

  #choice(reason: ShortReason): TemplateResult {
    return html`<button aria-pressed=${String(reason === this.reason)} @click=${() => (this.reason = reason)}>
      ${SHORT_WORDS[reason]} <span>${EFFECTS[reason]}</span>
    </button>`;
  }

  #reject(): void {
    const { reason } = this;
    if (reason === undefined) return;
    const note = this.renderRoot.querySelector<WaInput>('wa-input')?.value?.trim() ?? '';
    const detail = { act: 'reject', reason, ...(note !== '' && { note }) };
    this.dispatchEvent(new CustomEvent('acted', { detail }));
  }
}

customElements.define('reject-dialog', RejectDialog);
