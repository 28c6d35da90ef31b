import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { BAND_WORDS, unitsInWords } from '../../gateway/client/band-words.ts';
import type { OpsMover } from '../../gateway/protocol/wire.ts';
import { BAND_TONES } from './band-tones.ts';
import { FIRST_FIGURES } from './first-figures.ts';
import { panelStyles } from './panel-styles.ts';
import { SteadyRows } from './steady-rows.ts';
import type { SteadyRow } from './steady-rows.ts';
import { TowerElement } from './tower-element.ts';
import { figure } from './words.ts';

type Kind = 'movers' | 'low';

const WORDS: Readonly<Record<Kind, { readonly title: string; readonly note: string; readonly empty: string }>> = {
  movers: { title: 'Movers', note: 'last minute', empty: 'Nothing moved in the last minute.' },
  low: { title: 'Low stock', note: 'latest to become low', empty: 'Nothing that moved is low.' },
};

/** Skus worth a look: those that move most, or those that just ran low. A click opens the split. */
export class MoverPanel extends TowerElement {
  static override styles = panelStyles;
  static override properties = { kind: {} };
  declare kind: Kind;
  readonly #steady = new SteadyRows<OpsMover>(this, (mover) => mover.sku);

  constructor() {
    super();
    this.kind = 'movers';
  }

  protected override render(): TemplateResult {
    const words = WORDS[this.kind];
    const ops = this.tower.ops.value;
    const movers = this.#steady.rows(ops?.[this.kind] ?? []);
    return html`
      <header>
        <h2>${words.title}</h2>
        <p>${words.note}</p>
      </header>
      <div class="body" tabindex="0" role="region" aria-label=${words.title}>
        ${
          movers.length === 0
            ? html`<p class="empty">${ops === undefined ? FIRST_FIGURES : words.empty}</p>`
            : html`<table>
                <thead>
                  <tr>
                    <th scope="col">Item</th>
                    <th scope="col" class="n">Changes</th>
                    <th scope="col" class="n">To sell</th>
                  </tr>
                </thead>
                <tbody>
                  ${movers.map((mover) => this.#row(mover))}
                </tbody>
              </table>`
        }
      </div>
    `;
  }

  #row({ row: mover, gone }: SteadyRow<OpsMover>): TemplateResult {
    return html`<tr class=${gone ? 'quiet' : ''}>
      <td class="cut">
        <button class="link" title=${`${mover.name} · ${mover.sku}`} @click=${() => this.tower.openSku.set(mover.sku)}>
          ${mover.name}
        </button>
      </td>
      <td class="n">${figure(mover.changes)}</td>
      <td class="n">
        <span class="mark ${BAND_TONES[mover.band]}" title=${BAND_WORDS[mover.band]}
          >${unitsInWords(mover.units, mover.scale ?? 0)}<span class="hidden">, ${BAND_WORDS[mover.band]}</span></span
        >
      </td>
    </tr>`;
  }
}

customElements.define('mover-panel', MoverPanel);
