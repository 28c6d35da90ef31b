import '@awesome.me/webawesome/dist/components/button/button.js';
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { OpsReservation } from '../../gateway/protocol/wire.ts';
import { FIRST_FIGURES } from './first-figures.ts';
import { panelStyles } from './panel-styles.ts';
import { SteadyRows } from './steady-rows.ts';
import type { SteadyRow } from './steady-rows.ts';
import { TowerElement } from './tower-element.ts';
import { countdown, countOf, figure } from './words.ts';

/** Below this a hold is about to give its units back, in ms. */
const SOON_MS = 60_000;

/** Reservations that hold units now, with the time they have left. */
export class HoldPanel extends TowerElement {
  static override styles = [
    ...panelStyles,
    css`
      .id {
        font-weight: 500;
      }
      .soon {
        color: var(--warn);
        font-weight: 600;
      }
      .problem {
        padding: 0.375rem 0.875rem;
        background: var(--bad-wash);
        color: var(--bad);
      }
      .action {
        min-width: 5.5rem;
      }
      wa-button {
        margin-block: -0.25rem;
      }
      wa-button::part(base) {
        height: 1.625rem;
        padding-inline: 0.5rem;
        font-size: 0.75rem;
      }
    `,
  ];
  static override properties = { problem: { state: true }, releasing: { state: true }, sure: { state: true } };
  declare private problem: string;
  declare private releasing: string;
  /** The one that was asked about: a cart behind it loses its units, so one press is not enough. */
  declare private sure: string;
  readonly #steady = new SteadyRows<OpsReservation>(this, (one) => one.id);

  constructor() {
    super();
    this.problem = this.releasing = this.sure = '';
  }

  protected override render(): TemplateResult {
    const all = this.tower.ops.value?.reservations;
    const nowMs = this.tower.nowMs();
    const recent = all?.recent.filter((one) => one.expiresAt > nowMs) ?? [];
    const held = this.#steady.rows(recent, this.sure !== '');
    return html`
      <header>
        <h2>Reservations</h2>
        <p>${all === undefined ? '' : countOf(all.held, all.recent.length, 'held')}</p>
      </header>
      <div role="alert">${this.problem === '' ? nothing : html`<p class="problem">${this.problem}</p>`}</div>
      <div class="body" tabindex="0" role="region" aria-label="Reservations">
        ${
          held.length === 0
            ? html`<p class="empty">
                ${all === undefined ? FIRST_FIGURES : 'No units are held. A cart that reserves appears here at once.'}
              </p>`
            : html`<table>
                <thead>
                  <tr>
                    <th scope="col">Held by</th>
                    <th scope="col" class="n">Units</th>
                    <th scope="col" class="n">Left</th>
                    <th scope="col"><span class="hidden">Action</span></th>
                  </tr>
                </thead>
                <tbody>
                  ${held.map((one) => this.#row(one, nowMs))}
                </tbody>
              </table>`
        }
      </div>
    `;
  }

  #row({ row: one, gone }: SteadyRow<OpsReservation>, nowMs: number): TemplateResult {
    const leftMs = one.expiresAt - nowMs;
    return html`<tr class=${gone ? 'quiet' : ''}>
      <td class="cut" title=${`${one.id} · channel ${one.channel} · ${one.lines} lines`}>
        <span class="id">${one.client}</span> <span class="quiet">${one.id}</span>
      </td>
      <td class="n">${figure(one.units)}</td>
      <td class="n ${leftMs < SOON_MS && !gone ? 'soon' : ''}">${gone ? '–' : countdown(leftMs)}</td>
      <td class="n action">${gone ? 'ended' : this.#button(one.id)}</td>
    </tr>`;
  }

  #button(id: string): TemplateResult {
    const sure = this.sure === id;
    return html`<wa-button
      size="s"
      appearance=${sure ? 'accent' : 'outlined'}
      variant=${sure ? 'danger' : 'neutral'}
      ?loading=${this.releasing === id}
      @click=${() => void this.#release(id)}
      @blur=${() => (this.sure = '')}
      ><span>${sure ? 'Sure?' : 'Release'}<span class="hidden"> ${id}</span></span></wa-button
    >`;
  }

  async #release(id: string): Promise<void> {
    if (this.sure !== id) {
      this.sure = id;
      return;
    }
    this.sure = '';
    this.releasing = id;
    const answer = await this.tower.http.release(id);
    this.releasing = '';
    this.problem = answer.ok ? '' : `${id}: ${answer.error.message}`;
  }
}

customElements.define('hold-panel', HoldPanel);
