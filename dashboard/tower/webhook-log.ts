import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { DeliveriesPage, Delivery, EndpointInfo } from '../../gateway/protocol/webhook-bodies.ts';
import { loadedFrom } from '../store/loaded.ts';
import type { Loaded } from '../store/loaded.ts';
import { panelStyles } from './panel-styles.ts';
import { TowerElement } from './tower-element.ts';
import { webhookStyles } from './webhook-styles.ts';
import { deliveryState, outcomeWords } from './webhook-words.ts';
import { ageOf, figure } from './words.ts';

const ROWS = 50;

/** What was sent to one endpoint, newest first, what came back, and once more if somebody says so. */
export class WebhookLog extends TowerElement {
  static override styles = [...panelStyles, webhookStyles];
  static override properties = {
    endpoint: { attribute: false },
    page: { state: true },
    failed: { state: true },
    older: { state: true },
  };
  declare endpoint: EndpointInfo;
  declare private page: Loaded<DeliveriesPage>;
  /** Only those that failed. */
  declare private failed: boolean;
  /** `next` of the page before; undefined: the newest. */
  declare private older: number | undefined;

  constructor() {
    super();
    this.page = { phase: 'loading' };
    this.failed = false;
    this.older = undefined;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('endpoint') as EndpointInfo | undefined;
    if (changed.has('endpoint') && before?.id !== this.endpoint.id) this.older = undefined;
    // The dialog looks every other second and brings a new endpoint each time: the log keeps up with it.
    if (changed.has('endpoint') || changed.has('failed') || changed.has('older')) void this.#load();
  }

  protected override render(): TemplateResult {
    const { page } = this;
    return html`
      <div class="head">
        <h2>Deliveries</h2>
        <div class="tools">
          <label><input type="checkbox" .checked=${this.failed} @change=${() => this.#filter()} /> failed only</label>
          <wa-button size="xs" appearance="outlined" @click=${() => void this.#replayFailed()}
            >Replay all failed</wa-button
          >
        </div>
      </div>
      ${page.phase === 'failed' ? html`<p class="bad" role="alert">${page.message}</p>` : nothing}
      ${page.phase === 'here' ? this.#rows(page.value) : nothing}
    `;
  }

  #rows({ deliveries, next }: DeliveriesPage): TemplateResult {
    if (deliveries.length === 0)
      return html`<p class="empty">${this.failed ? 'None failed.' : 'Nothing was sent yet.'}</p>`;
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Deliveries">
        <table>
          <thead>
            <tr>
              <th scope="col">Event</th>
              <th scope="col">State</th>
              <th scope="col" class="n">Attempts</th>
              <th scope="col">Last answer</th>
              <th scope="col" class="n">Made</th>
              <th scope="col"><span class="hidden">Actions</span></th>
            </tr>
          </thead>
          <tbody>
            ${deliveries.map((delivery) => this.#row(delivery))}
          </tbody>
        </table>
      </div>
      <div class="tools">
        ${this.older === undefined ? nothing : html`<wa-button size="xs" appearance="outlined" @click=${() => (this.older = undefined)}>Newest</wa-button>`}
        ${next === undefined ? nothing : html`<wa-button size="xs" appearance="outlined" @click=${() => (this.older = next)}>Older</wa-button>`}
      </div>
    `;
  }

  #row(delivery: Delivery): TemplateResult {
    const { id, type, event, state, attempts, putAt, last } = delivery;
    const { words, tone } = deliveryState(delivery, this.tower.nowMs());
    return html`<tr>
      <td class="cut">${type.replace('dev.onhand.', '')} <span class="quiet small">${event}</span></td>
      <td><span class="mark ${tone}">${words}</span></td>
      <td class="n">${figure(attempts)}</td>
      <td class="cut" title=${last?.answer ?? ''}>${outcomeWords(last)}</td>
      <td class="n">${ageOf(putAt, this.tower.nowMs())}</td>
      <td class="n">
        ${
          state === 'waiting'
            ? nothing
            : html`<wa-button size="xs" appearance="outlined" @click=${() => void this.#replay(id)}>Replay</wa-button>`
        }
      </td>
    </tr>`;
  }

  async #load(): Promise<void> {
    const { id } = this.endpoint;
    const state = this.failed ? 'failed' : undefined;
    const loaded = loadedFrom(await this.tower.http.deliveries(id, { state, after: this.older, limit: ROWS }));
    if (id === this.endpoint.id) this.page = loaded;
  }

  #filter(): void {
    this.failed = !this.failed;
    this.older = undefined;
  }

  async #replay(delivery: number): Promise<void> {
    const answer = await this.tower.http.replayDelivery(this.endpoint.id, delivery);
    this.#say(answer.ok ? 'It is sent again.' : answer.error.message);
  }

  async #replayFailed(): Promise<void> {
    const answer = await this.tower.http.replayFailed(this.endpoint.id);
    this.#say(answer.ok ? `${answer.value.replayed} are sent again.` : answer.error.message);
  }

  #say(words: string): void {
    void this.#load();
    this.dispatchEvent(new CustomEvent('said', { detail: words }));
  }
}

customElements.define('webhook-log', WebhookLog);
