import { css, html } from 'lit';
import type { TemplateResult } from 'lit';
import type { OpsLetter } from '../../gateway/protocol/wire.ts';
import { FIRST_FIGURES } from './first-figures.ts';
import './letter-dialog.ts';
import { panelStyles } from './panel-styles.ts';
import { TowerElement } from './tower-element.ts';
import { ageOf, countOf, figure } from './words.ts';

/** What could not be understood, newest first; a click opens it for correction. */
export class LetterPanel extends TowerElement {
  static override styles = [
    ...panelStyles,
    css`
      .why {
        color: var(--quiet);
        font-size: 0.75rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .open {
        color: var(--bad);
        font-weight: 600;
      }
    `,
  ];
  static override properties = { opened: { state: true } };
  declare private opened: string;

  constructor() {
    super();
    this.opened = '';
  }

  protected override render(): TemplateResult {
    const letters = this.tower.ops.value?.letters;
    const open = letters?.open ?? 0;
    return html`
      <header>
        <h2>Dead letters</h2>
        <p class=${open > 0 ? 'open' : ''}>
          ${letters === undefined ? '' : countOf(open, letters.recent.length, 'open')}
        </p>
      </header>
      <div class="body" tabindex="0" role="region" aria-label="Dead letters">
        ${
          letters === undefined || letters.recent.length === 0
            ? html`<p class="empty">
                ${letters === undefined ? FIRST_FIGURES : 'Everything that arrived was understood.'}
              </p>`
            : html`<table>
                <thead>
                  <tr>
                    <th scope="col">What is wrong</th>
                    <th scope="col" class="n">Times</th>
                    <th scope="col" class="n">Arrived</th>
                  </tr>
                </thead>
                <tbody>
                  ${letters.recent.map((letter) => this.#row(letter))}
                </tbody>
              </table>`
        }
      </div>
      <letter-dialog
        .tower=${this.tower}
        .letterId=${this.opened}
        @letter-done=${() => (this.opened = '')}
      ></letter-dialog>
    `;
  }

  #row(letter: OpsLetter): TemplateResult {
    return html`<tr>
      <td class="cut">
        <button class="link" @click=${() => (this.opened = letter.id)}>
          <strong>${letter.code}</strong> <span class="quiet">${letter.source}, ${letter.place}</span>
        </button>
        <div class="why" title=${letter.message}>${letter.message}</div>
      </td>
      <td class="n">${figure(letter.times)}</td>
      <td class="n">${ageOf(letter.receivedAt, this.tower.nowMs())}</td>
    </tr>`;
  }
}

customElements.define('letter-panel', LetterPanel);
