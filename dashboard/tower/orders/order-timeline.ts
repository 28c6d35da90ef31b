import '@awesome.me/webawesome/dist/components/button/button.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { OrderTimeline as Timeline } from '../../../gateway/protocol/order-history-bodies.ts';
import type { Loaded } from '../../store/loaded.ts';
import { loadedFrom } from '../../store/loaded.ts';
import type { Tower } from '../tower.ts';
import { momentOf } from '../words.ts';
import { orderViewStyles } from './order-view-styles.ts';

/** What happened to an order, the newest first, with who and why. */
export class OrderTimeline extends LitElement {
  static override styles = [
    ...orderViewStyles,
    css`
      li {
        display: grid;
        grid-template-columns: 9.5rem minmax(0, 1fr);
        gap: 0 0.75rem;
        padding: 0.3125rem 0;
        border-bottom: 1px solid var(--line);
      }
      time {
        color: var(--quiet);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];
  static override properties = {
    tower: { attribute: false },
    order: {},
    version: { type: Number },
    timeline: { state: true },
  };
  declare tower: Tower;
  /** Id. */
  declare order: string;
  /** Of the order as it is shown: with a new one the timeline is read again. */
  declare version: number;
  declare private timeline: Loaded<Timeline>;

  constructor() {
    super();
    this.timeline = { phase: 'loading' };
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('version') || changed.has('order')) void this.#read();
  }

  protected override render(): TemplateResult {
    const { timeline } = this;
    if (timeline.phase === 'loading') return html`<p role="status">Loading …</p>`;
    if (timeline.phase === 'failed') return html`<p class="problem" role="alert">${timeline.message}</p>`;
    const { entries, incomplete } = timeline.value;
    return html`<ol>
        ${entries.toReversed().map(
          ({ at, text, by, reason }) =>
            html`<li>
              <time datetime=${new Date(at).toISOString()}>${momentOf(at)}</time>
              <span
                >${text}${by === undefined ? nothing : html`<span class="quiet"> · ${by}</span>`}${reason === undefined ? nothing : html`<span class="quiet"> · ${reason}</span>`}</span
              >
            </li>`,
        )}
      </ol>
      ${incomplete ? html`<p class="note">What happened before is not known any more.</p>` : nothing}`;
  }

  async #read(): Promise<void> {
    const { order } = this;
    const loaded = loadedFrom(await this.tower.http.orderTimeline(order));
    if (order === this.order && (loaded.phase === 'here' || this.timeline.phase !== 'here')) this.timeline = loaded;
  }
}

customElements.define('order-timeline', OrderTimeline);
