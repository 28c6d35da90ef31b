import '@awesome.me/webawesome/dist/components/button/button.js';
import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import type { PastStockInfo } from '../../gateway/protocol/stock-bodies.ts';
import { loadedFrom } from '../store/loaded.ts';
import type { Loaded } from '../store/loaded.ts';
import './channel-cards.ts';
import { skuViewStyles } from './sku-view-styles.ts';
import './split-table.ts';
import type { Tower } from './tower.ts';
import { figure, inputTime, momentOf } from './words.ts';

const BACK = [
  ['1 min ago', 60_000],
  ['1 h ago', 3_600_000],
  ['1 day ago', 86_400_000],
] as const;

/** What was shown for one sku at a moment: replayed from snapshot and journal, not remembered (rule AV8). */
export class PastView extends LitElement {
  static override styles = skuViewStyles;
  static override properties = {
    tower: { attribute: false },
    sku: {},
    scale: { attribute: false },
    names: { attribute: false },
    position: {},
    past: { state: true },
  };
  declare tower: Tower;
  declare sku: string;
  declare scale: number;
  declare names: ReadonlyMap<string, string>;
  /** A position of the ledger to show; empty: none picked. */
  declare position: string;
  declare private past: Loaded<PastStockInfo> | undefined;
  #asked = 0;

  constructor() {
    super();
    this.position = '';
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('position') && this.position !== '') void this.#show(this.position);
  }

  protected override render(): TemplateResult {
    return html`
      <form class="controls" @submit=${(event: SubmitEvent) => this.#submit(event)}>
        <label
          >Moment, in this computer's time<input
            name="moment"
            type="datetime-local"
            step="1"
            required
            .value=${inputTime(this.tower.nowMs() - 60_000)}
        /></label>
        <wa-button size="s" variant="brand" type="submit" ?loading=${this.past?.phase === 'loading'}>Show</wa-button>
        ${BACK.map(
          ([words, ms]) =>
            html`<wa-button size="s" appearance="outlined" @click=${() => void this.#show(this.tower.nowMs() - ms)}
              >${words}</wa-button
            >`,
        )}
      </form>
      ${this.#body()}
    `;
  }

  #body(): TemplateResult {
    const { past } = this;
    if (past === undefined)
      return html`<p class="note">
        Pick a moment here, or a movement in the ledger: the number is worked out again from the journal.
      </p>`;
    switch (past.phase) {
      case 'loading':
        return html`<p role="status">Replaying …</p>`;
      case 'failed':
        return html`<p class="problem" role="alert">${past.message}</p>`;
      case 'here':
        return this.#stock(past.value);
      default:
        return past satisfies never;
    }
  }

  #stock(stock: PastStockInfo): TemplateResult {
    const { was } = stock;
    const recorded = was.recordedAt === 0 ? 'the moment of a snapshot' : `recorded ${momentOf(was.recordedAt)}`;
    // Ages are told for that moment, not for now.
    const nowMs = was.recordedAt === 0 ? this.tower.nowMs() : was.recordedAt;
    return html`
      <p class="note" role="status">
        After position ${was.position}, ${recorded}; ${figure(was.replayed)} facts replayed. Revision ${stock.r}.
      </p>
      <channel-cards .channels=${stock.channels} .scale=${this.scale} .nowMs=${nowMs}></channel-cards>
      <h3>Split per node, as it was</h3>
      <split-table .stock=${stock} .names=${this.names} .nowMs=${nowMs}></split-table>
    `;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const value = this.renderRoot.querySelector<HTMLInputElement>('input')?.value ?? '';
    const at = new Date(value).getTime();
    if (Number.isFinite(at)) void this.#show(at);
  }

  async #show(at: number | string): Promise<void> {
    const asked = ++this.#asked;
    this.past = { phase: 'loading' };
    const loaded = loadedFrom(await this.tower.http.stockAt(this.sku, at));
    if (asked === this.#asked) this.past = loaded;
  }
}

customElements.define('past-view', PastView);
