import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';
import { STAGES, type Stage, type Work } from './next-acts.ts';
import { dueOf, STAGE_WORDS } from './work-words.ts';

/** How much there is at each stage, and how much of it is late. A tile shows its stage alone, pressed again all. Says `stage-chosen`. */
export class StageTiles extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(6, minmax(0, 1fr));
        gap: 0.5rem;
        padding: 0.625rem 1rem;
        border-bottom: 1px solid var(--line);
      }
      button {
        display: grid;
        grid-template-columns: auto 1fr;
        align-items: baseline;
        gap: 0 0.5rem;
        min-height: 4rem;
        padding: 0.5rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: 0.625rem;
        background: var(--surface);
        text-align: start;
        cursor: pointer;
      }
      button[aria-pressed='true'] {
        border-color: var(--accent);
        background: var(--accent-wash);
        box-shadow: inset 0 0 0 1px var(--accent);
      }
      .count {
        font-size: 1.5rem;
        font-weight: 650;
        letter-spacing: -0.02em;
        line-height: 1.1;
      }
      .none {
        color: var(--quiet);
        font-weight: 400;
      }
      .late {
        color: var(--bad);
        font-size: 0.8125rem;
        font-weight: 600;
      }
      .name {
        grid-column: 1 / -1;
        font-size: 0.8125rem;
        color: var(--quiet);
        white-space: nowrap;
      }
      .new {
        border-color: var(--accent);
        animation: come 0.6s ease-out 2;
      }
      @keyframes come {
        from {
          background: var(--flash);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .new {
          animation: none;
          background: var(--flash);
        }
      }
      @media (max-width: 40rem) {
        :host {
          grid-template-columns: repeat(3, minmax(0, 1fr));
          padding-inline: 0.75rem;
        }
      }
    `,
  ];
  static override properties = {
    works: { attribute: false },
    nowMs: { attribute: false },
    stage: { attribute: false },
    isNew: { attribute: false },
  };
  declare works: readonly Work[];
  declare nowMs: number;
  declare stage: Stage | undefined;
  /** New work has come a moment ago. */
  declare isNew: boolean;

  protected override render(): TemplateResult[] {
    return STAGES.map((stage) => this.#tile(stage));
  }

  #tile(stage: Stage): TemplateResult {
    const works = this.works.filter(({ state }) => state === stage);
    const late = works.filter((work) => dueOf(work, this.nowMs)?.tone === 'late').length;
    const isChosen = stage === this.stage;
    return html`<button
      class=${stage === 'queued' && this.isNew ? 'new' : ''}
      aria-pressed=${String(isChosen)}
      @click=${() => this.#choose(isChosen ? undefined : stage)}
    >
      <span class="count num ${works.length === 0 ? 'none' : ''}">${works.length.toLocaleString('en-US')}</span>
      ${late === 0 ? html`<span></span>` : html`<span class="late num">${late.toLocaleString('en-US')} late</span>`}
      <span class="name">${STAGE_WORDS[stage]}</span>
    </button>`;
  }

  #choose(stage: Stage | undefined): void {
    this.dispatchEvent(new CustomEvent('stage-chosen', { detail: stage }));
  }
}

customElements.define('stage-tiles', StageTiles);
