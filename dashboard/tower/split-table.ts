import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { unitsInWords } from '../../gateway/client/band-words.ts';
import type { NodeSplit, StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import { panelStyles } from './panel-styles.ts';
import { ageOf } from './words.ts';

type Term =
  | 'onHand'
  | 'unavailable'
  | 'departed'
  | 'reserved'
  | 'allocated'
  | 'safety'
  | 'available'
  | 'short'
  | 'inbound';

/** The terms in the order rule AV1 subtracts them. */
const TERMS: readonly (readonly [term: Term, label: string])[] = [
  ['onHand', 'On hand'],
  ['unavailable', 'Unavailable'],
  ['departed', 'Departed'],
  ['reserved', 'Reserved'],
  ['allocated', 'Allocated'],
  ['safety', 'Safety'],
  ['available', 'Available'],
  ['short', 'Short'],
  ['inbound', 'Inbound'],
];

/** Why a node can promise what it can: every term, then the result, and their sums. */
export class SplitTable extends LitElement {
  static override styles = [
    ...panelStyles,
    css`
      td:not(:first-child, :last-child),
      th:not(:first-child, :last-child) {
        padding-inline: 0.4375rem;
      }
      .node {
        max-width: 13rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .zero {
        color: var(--quiet);
      }
      .available {
        font-weight: 650;
      }
      tfoot td {
        font-weight: 600;
        border-top: 1px solid var(--line-strong);
      }
    `,
  ];
  static override properties = {
    stock: { attribute: false },
    names: { attribute: false },
    nowMs: { attribute: false },
  };
  declare stock: StaffStock;
  declare names: ReadonlyMap<string, string>;
  declare nowMs: number;

  protected override render(): TemplateResult {
    const { nodes } = this.stock;
    if (nodes.length === 0) return html`<p class="empty">No node has reported this item yet.</p>`;
    const sorted = nodes.toSorted((a, b) => b.available - a.available || a.node.localeCompare(b.node));
    return html`<div class="body" tabindex="0" role="region" aria-label="Split per node">
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            ${TERMS.map(([, label]) => html`<th scope="col" class="n">${label}</th>`)}
            <th scope="col" class="n">As of</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map((node) => this.#row(node))}
        </tbody>
        <tfoot>
          <tr>
            <td>${nodes.length} nodes</td>
            ${TERMS.map(([term]) => html`<td class="n">${this.#units(nodes.reduce((sum, node) => sum + node[term], 0))}</td>`)}
            <td></td>
          </tr>
        </tfoot>
      </table>
    </div>`;
  }

  #row(node: NodeSplit): TemplateResult {
    const asOf = Math.max(0, ...Object.values(node.asOf));
    const states = Object.entries(node.states).map(([state, units]) => `${state} ${this.#units(units)}`);
    return html`<tr>
      <td class="node" title=${node.node}>${this.names.get(node.node) ?? node.node}</td>
      ${TERMS.map(
        ([term]) =>
          html`<td
            class="n ${term} ${node[term] === 0 ? 'zero' : ''} ${term === 'short' && node.short > 0 ? 'bad' : ''}"
            title=${term === 'unavailable' ? states.join(', ') : ''}
          >
            ${this.#units(node[term])}
          </td>`,
      )}
      <td class="n quiet">
        ${ageOf(asOf, this.nowMs)}${node.uncertain ? html` <span class="warn" title="A snapshot had to be judged by source time alone">±</span>` : ''}
      </td>
    </tr>`;
  }

  #units(units: number): string {
    return unitsInWords(units, this.stock.item?.scale ?? 0);
  }
}

customElements.define('split-table', SplitTable);
