import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { EndpointInfo, EndpointsList } from '../../gateway/protocol/webhook-bodies.ts';
import { loadedFrom } from '../store/loaded.ts';
import type { Loaded } from '../store/loaded.ts';
import { panelStyles } from './panel-styles.ts';
import type { Tower } from './tower.ts';
import './webhook-log.ts';
import { webhookStyles } from './webhook-styles.ts';
import { endpointState, testWords } from './webhook-words.ts';
import { ageOf, figure } from './words.ts';

/** Ms between two looks while it is open: deliveries are slow things. */
const LOOK_MS = 2_000;

/** Where events go: how each endpoint is doing, its delivery log, and what an operator can do about it. */
export class WebhookDialog extends LitElement {
  static override styles = [...panelStyles, webhookStyles];
  static override properties = {
    tower: { attribute: false },
    open: { type: Boolean },
    list: { state: true },
    chosen: { state: true },
    said: { state: true },
  };
  declare tower: Tower;
  declare open: boolean;
  declare private list: Loaded<EndpointsList>;
  /** Id of the endpoint whose log is shown. */
  declare private chosen: string;
  declare private said: string;
  #looking: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.open = false;
    this.list = { phase: 'loading' };
    this.chosen = this.said = '';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#looking);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('open')) return;
    clearInterval(this.#looking);
    if (!this.open) return;
    this.said = '';
    void this.#load();
    this.#looking = setInterval(() => void this.#load(), LOOK_MS);
  }

  protected override render(): TemplateResult {
    const { list } = this;
    return html`<wa-dialog label="Webhooks" .open=${this.open} @wa-after-hide=${() => this.#closed()}>
      ${list.phase === 'loading' ? html`<p role="status">Loading …</p>` : nothing}
      ${list.phase === 'failed' ? html`<p class="bad" role="alert">${list.message}</p>` : nothing}
      ${list.phase === 'here' ? this.#endpoints(list.value.endpoints) : nothing}
    </wa-dialog>`;
  }

  #endpoints(endpoints: readonly EndpointInfo[]): TemplateResult {
    if (endpoints.length === 0) {
      return html`<p class="empty">Events are sent to nobody. Make an endpoint with POST /v1/webhook-endpoints.</p>`;
    }
    const chosen = endpoints.find(({ id }) => id === this.chosen);
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Endpoints">
        <table>
          <thead>
            <tr>
              <th scope="col">Endpoint</th>
              <th scope="col">State</th>
              <th scope="col" class="n">Waiting</th>
              <th scope="col" class="n">Missed</th>
              <th scope="col" class="n">Delivered</th>
              <th scope="col"><span class="hidden">Actions</span></th>
            </tr>
          </thead>
          <tbody>
            ${endpoints.map((endpoint) => this.#row(endpoint))}
          </tbody>
        </table>
      </div>
      <p class="said" role="status">${this.said}</p>
      ${
        chosen === undefined
          ? nothing
          : html`<webhook-log
              .tower=${this.tower}
              .endpoint=${chosen}
              @said=${(event: CustomEvent<string>) => this.#say(event.detail)}
            ></webhook-log>`
      }
    `;
  }

  #row(endpoint: EndpointInfo): TemplateResult {
    const { id, url, note, types, queued, missed, deliveredAt = null, state } = endpoint;
    const { words, tone } = endpointState(endpoint, this.tower.nowMs());
    return html`<tr>
      <td class="cut">
        <button class="link" aria-pressed=${id === this.chosen} @click=${() => (this.chosen = id)}>${url}</button>
        <div class="quiet small">${note ?? types.map((type) => type.replace('dev.onhand.', '')).join(', ')}</div>
      </td>
      <td><span class="mark ${tone}">${words}</span></td>
      <td class="n">${figure(queued)}</td>
      <td class="n ${missed > 0 ? 'bad' : ''}">${figure(missed)}</td>
      <td class="n">${ageOf(deliveredAt, this.tower.nowMs())}</td>
      <td class="n">
        <wa-button size="xs" appearance="outlined" @click=${() => void this.#test(id)}>Test</wa-button>
        <wa-button
          size="xs"
          appearance="outlined"
          @click=${() => void this.#turn(id, state === 'active' ? 'paused' : 'active')}
          >${state === 'active' ? 'Pause' : 'Resume'}</wa-button
        >
      </td>
    </tr>`;
  }

  async #load(): Promise<void> {
    const loaded = loadedFrom(await this.tower.http.webhookEndpoints());
    // A server that does not answer for once takes nothing off the screen.
    if (loaded.phase === 'here' || this.list.phase !== 'here') this.list = loaded;
  }

  async #test(id: string): Promise<void> {
    this.said = 'Sending …';
    this.#say(testWords(await this.tower.http.testEndpoint(id)));
  }

  async #turn(id: string, state: 'active' | 'paused'): Promise<void> {
    const answer = await this.tower.http.changeEndpoint(id, { state });
    this.#say(answer.ok ? (state === 'active' ? 'Resumed: what waited is sent.' : 'Paused.') : answer.error.message);
  }

  #say(words: string): void {
    this.said = words;
    void this.#load();
  }

  #closed(): void {
    this.dispatchEvent(new CustomEvent('webhooks-done'));
  }
}

customElements.define('webhook-dialog', WebhookDialog);
