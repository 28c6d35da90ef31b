import '@awesome.me/webawesome/dist/components/button/button.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';
import { clockTime } from '../tower/words.ts';
import type { FloorLink } from './floor.ts';
import type { Work } from './next-acts.ts';

/** Notices named one by one: the others follow as these are read. */
const NOTES_SHOWN = 3;

/** What is not as usual: the connection, and work that was taken away. Says `here-wanted` and `note-read`. */
export class NodeNotes extends LitElement {
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
        background: var(--warn-wash);
        color: var(--warn);
        font-weight: 500;
      }
    `,
  ];
  static override properties = { link: { attribute: false }, takenBack: { attribute: false } };
  declare link: FloorLink;
  declare takenBack: readonly Work[];

  protected override render(): TemplateResult {
    return html`<div role="status">${this.#linkNote()}</div>
      <div role="status">${this.takenBack.slice(0, NOTES_SHOWN).map((work) => this.#note(work))}</div>`;
  }

  #linkNote(): TemplateResult | typeof nothing {
    const { link } = this;
    switch (link.state) {
      case 'opening':
      case 'live':
        return nothing;
      case 'lost':
        return html`<p class="num">
          Connection lost at ${clockTime(link.sinceMs)}. Go on working: what you do is kept here and sent when it is
          back.
        </p>`;
      case 'ended':
        return html`<p>
          <span
            >${
              link.why === 'taken-over'
                ? 'This place is open in another tab of this browser, which gets the news.'
                : `News have stopped: ${link.why}.`
            }</span
          >
          <wa-button size="s" appearance="outlined" @click=${() => this.#say('here-wanted')}>Get them here</wa-button>
        </p>`;
      default:
        return link satisfies never;
    }
  }

  #note({ id, number, reason }: Work): TemplateResult {
    return html`<p>
      <span>${number} was taken back${reason === undefined ? '' : `: ${reason}`}. It is not yours to do any more.</span>
      <wa-button size="s" appearance="outlined" @click=${() => this.#say('note-read', id)}>Understood</wa-button>
    </p>`;
  }

  #say(name: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define('node-notes', NodeNotes);
