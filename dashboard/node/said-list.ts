import '@awesome.me/webawesome/dist/components/button/button.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';
import type { Said } from './outbox.ts';
import { ACT_WORDS, countWords } from './work-words.ts';

/** Refusals named one by one: the others follow as these are dismissed. */
const REFUSALS_SHOWN = 3;

/** What was done and has not been answered, and what the server would not. Says `said-dismissed` with its key. */
export class SaidList extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      p {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        padding: 0.375rem 1rem;
        min-height: 3rem;
        border-bottom: 1px solid var(--line);
        font-weight: 500;
      }
      .waiting {
        background: var(--warn-wash);
        color: var(--warn);
      }
      .refused {
        background: var(--bad-wash);
        color: var(--bad);
      }
    `,
  ];
  static override properties = {
    all: { attribute: false },
    isLate: { attribute: false },
    isAtRisk: { attribute: false },
  };
  declare all: readonly Said[];
  /** What waits has done so for more than a moment: usually an answer comes before anybody could read of it. */
  declare isLate: boolean;
  /** This browser stores nothing. */
  declare isAtRisk: boolean;

  protected override render(): TemplateResult {
    const waiting = this.all.filter(({ refused }) => refused === undefined);
    const refused = this.all.filter((said) => said.refused !== undefined);
    return html`<div role="status">${this.isLate && waiting.length > 0 ? this.#waiting(waiting) : nothing}</div>
      <div role="alert">${refused.slice(0, REFUSALS_SHOWN).map((said) => this.#refusal(said))}</div>
      ${
        refused.length > REFUSALS_SHOWN
          ? html`<p class="refused">${countWords(refused.length - REFUSALS_SHOWN, 'more refusal')}.</p>`
          : nothing
      }`;
  }

  #waiting(waiting: readonly Said[]): TemplateResult {
    const last = waiting.at(-1);
    return html`<p class="waiting num">
      ${countWords(waiting.length, 'action')} waiting to be
      sent${last === undefined ? nothing : html`, last “${ACT_WORDS[last.act.act]}” for ${last.number}`}.
      ${this.isAtRisk ? 'This browser stores nothing: do not close the page.' : nothing}
    </p>`;
  }

  #refusal({ key, number, act, refused }: Said): TemplateResult {
    return html`<p class="refused">
      <span>“${ACT_WORDS[act.act]}” for ${number} was refused: ${refused}.</span>
      <wa-button size="s" appearance="outlined" variant="danger" @click=${() => this.#dismiss(key)}>Dismiss</wa-button>
    </p>`;
  }

  #dismiss(key: string): void {
    this.dispatchEvent(new CustomEvent('said-dismissed', { detail: key }));
  }
}

customElements.define('said-list', SaidList);
