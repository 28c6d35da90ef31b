import '@awesome.me/webawesome/dist/components/icon/icon.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { sharedStyles } from '../theme/shared-styles.ts';
import { STAGES, type Stage, type Work } from './next-acts.ts';
import { workQueueStyles } from './work-queue-styles.ts';
import { acceptBefore, byUrgency, dueOf, sizeOf, STAGE_WORDS } from './work-words.ts';

/** Cards of one stage at most: nobody scrolls further, and a tablet would be slow. The others come as these go. */
const CARDS_MAX = 60;

/** The node's open work by stage, most urgent first. Says `work-chosen` with its id. */
export class WorkQueue extends LitElement {
  static override styles = [sharedStyles, workQueueStyles];
  static override properties = {
    works: { attribute: false },
    nowMs: { attribute: false },
    stage: { attribute: false },
    openId: { attribute: false },
    waiting: { attribute: false },
  };
  declare works: readonly Work[];
  declare nowMs: number;
  /** Only this one; undefined: all. */
  declare stage: Stage | undefined;
  declare openId: string;
  /** Work orders of which something waits to be sent. */
  declare waiting: ReadonlySet<string>;
  #shownAt = '';

  protected override render(): TemplateResult {
    const stages = this.stage === undefined ? STAGES : [this.stage];
    const filled = stages.filter((stage) => this.works.some(({ state }) => state === stage));
    return html`<nav aria-label="Work" @keydown=${(event: KeyboardEvent) => this.#key(event)}>
      ${
        // By what they show: a card that has the focus keeps it, and its order, whatever comes above it.
        filled.length > 0
          ? repeat(
              filled,
              (stage) => stage,
              (stage) => this.#section(stage),
            )
          : this.#empty()
      }
    </nav>`;
  }

  /** The open one moves through the stages, and is kept in sight. */
  protected override updated(): void {
    const at = this.works.find(({ id }) => id === this.openId)?.state;
    const place = `${this.openId} ${at ?? ''}`;
    if (place === this.#shownAt) return;
    this.#shownAt = place;
    this.renderRoot.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }

  #empty(): TemplateResult {
    return html`<div class="empty">
      <wa-icon name="check"></wa-icon>
      <p>${this.stage === undefined ? 'All done.' : `Nothing is ${STAGE_WORDS[this.stage].toLowerCase()}.`}</p>
      <p class="quiet">New work appears here by itself.</p>
    </div>`;
  }

  #section(stage: Stage): TemplateResult {
    const works = this.works.filter(({ state }) => state === stage).sort(byUrgency);
    const more = works.length - CARDS_MAX;
    return html`<section>
      <h2>${STAGE_WORDS[stage]} <span class="num">${works.length.toLocaleString('en-US')}</span></h2>
      <ul>
        ${repeat(
          works.slice(0, CARDS_MAX),
          ({ id }) => id,
          (work) => html`<li>${this.#card(work)}</li>`,
        )}
      </ul>
      ${more > 0 ? html`<p class="more">${more.toLocaleString('en-US')} more come after these.</p>` : nothing}
    </section>`;
  }

  #card(work: Work): TemplateResult {
    const due = dueOf(work, this.nowMs);
    return html`<button
      class="card"
      aria-current=${work.id === this.openId ? 'true' : nothing}
      @click=${() => this.dispatchEvent(new CustomEvent('work-chosen', { detail: work.id }))}
    >
      <wa-icon name=${work.method === 'ship' ? 'box' : work.method === 'pickup' ? 'bag' : 'store'}></wa-icon>
      <span class="row">
        <span class="number">${work.number}</span>
        <span class="due ${due?.tone ?? ''} num">${due?.words ?? ''}</span>
      </span>
      <span class="row">
        <span class="about">${[work.customer, sizeOf(work)].filter((part) => part !== undefined).join(' · ')}</span>
        ${this.#tag(work)}
      </span>
    </button>`;
  }

  /** What keeps it from going on; time to accept is told when it is short, not to hide who wants what. */
  #tag(work: Work): TemplateResult | typeof nothing {
    if (this.waiting.has(work.id)) return html`<span class="tag">waiting to be sent</span>`;
    const accept = acceptBefore(work, this.nowMs);
    if (accept === undefined || accept.tone === 'calm') return nothing;
    return html`<span class="tag num ${accept.tone}">${accept.words}</span>`;
  }

  /** Up and down go from card to card. */
  #key(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const cards = [...this.renderRoot.querySelectorAll<HTMLButtonElement>('.card')];
    const at = cards.findIndex((card) => card === this.shadowRoot?.activeElement);
    cards[Math.max(0, Math.min(cards.length - 1, at + step))]?.focus();
    event.preventDefault();
  }
}

customElements.define('work-queue', WorkQueue);
