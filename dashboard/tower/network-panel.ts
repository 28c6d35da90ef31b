import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { HEALTH_LOOKS } from './freshness.ts';
import type { NodeHealth } from './freshness.ts';
import './network-map.ts';
import { networkNodes, stockedShare } from './network-nodes.ts';
import type { NetworkNode } from './network-nodes.ts';
import { panelStyles } from './panel-styles.ts';
import { TowerElement } from './tower-element.ts';
import { ageOf, figure } from './words.ts';

/** Map and list of the same nodes: what is pointed at in one is marked in the other. */
export class NetworkPanel extends TowerElement {
  static override styles = [
    ...panelStyles,
    css`
      .split {
        flex: 1;
        display: grid;
        grid-template-columns: minmax(0, 1fr) 15rem;
        min-height: 0;
        border-top: 1px solid var(--line);
      }
      .side {
        display: flex;
        flex-direction: column;
        min-height: 0;
        border-inline-start: 1px solid var(--line);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0.125rem 0.75rem;
      }
      li button {
        display: flex;
        justify-content: space-between;
        gap: 0.5rem;
        width: 100%;
        padding: 0.28rem 0.75rem;
        border: 0;
        background: none;
        text-align: start;
        cursor: default;
      }
      li button span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      li button:hover,
      li button[aria-pressed='true'] {
        background: var(--accent-wash);
      }
      li button:focus-visible {
        outline-offset: -2px;
      }
      .dc {
        font-weight: 600;
      }
      .detail {
        min-height: 6.75rem;
        padding: 0.5rem 0.75rem 0.625rem;
        border-top: 1px solid var(--line);
        font-variant-numeric: tabular-nums;
      }
      .detail h3 {
        font-size: 0.8125rem;
        font-weight: 600;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .detail dl {
        display: grid;
        grid-template-columns: auto 1fr auto 1fr;
        gap: 0 0.5rem;
        margin-top: 0.125rem;
      }
      .detail dt {
        color: var(--quiet);
      }
      .detail dd {
        text-align: end;
      }
      .wide {
        grid-column: span 3;
      }
      @media (max-width: 44rem) {
        .split {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: minmax(0, 1fr) minmax(0, 1fr);
        }
        .side {
          border-inline-start: 0;
          border-top: 1px solid var(--line);
        }
      }
    `,
  ];
  static override properties = { picked: { state: true } };
  declare private picked: string;

  constructor() {
    super();
    this.picked = '';
  }

  protected override render(): TemplateResult {
    const loaded = this.tower.nodes.value;
    const nodes = loaded.phase === 'here' ? networkNodes(loaded.value, this.tower.ops.value, this.tower.nowMs()) : [];
    return html`
      <header>
        <h2>Network</h2>
        ${legend(nodes)}
      </header>
      <div class="split">
        <network-map
          .nodes=${nodes}
          .picked=${this.picked}
          @pick-node=${(event: CustomEvent<string>) => (this.picked = event.detail)}
        ></network-map>
        <div class="side">
          ${loaded.phase === 'failed' ? this.#failure(loaded.message) : this.#list(nodes, loaded.phase === 'loading')}
          ${this.#detail(nodes.find((node) => node.id === this.picked))}
        </div>
      </div>
    `;
  }

  #list(nodes: readonly NetworkNode[], loading: boolean): TemplateResult {
    if (nodes.length === 0)
      return html`<p class="body empty">${loading ? 'Loading places …' : 'No node is known yet.'}</p>`;
    return html`<ul class="body" aria-label="Nodes, those in trouble first">
      ${nodes.map((node) => this.#row(node))}
    </ul>`;
  }

  #row(node: NetworkNode): TemplateResult {
    const { text, tone } = HEALTH_LOOKS[node.health];
    const pick = (): void => void (this.picked = node.id);
    return html`<li>
      <button aria-pressed=${String(node.id === this.picked)} @click=${pick} @focus=${pick} @pointerenter=${pick}>
        <span class=${node.dc ? 'dc' : ''} title=${node.name}>${node.label}</span
        ><span class="mark ${tone}">${text}</span>
      </button>
    </li>`;
  }

  #detail(node: NetworkNode | undefined): TemplateResult {
    if (node === undefined)
      return html`<p class="detail quiet">Point at a node, or walk the list with Tab, for its figures.</p>`;
    const { figures } = node;
    return html`<div class="detail">
      <h3>${node.name} <span class="quiet">${node.id}</span></h3>
      <dl>
        <dt>Heard</dt>
        <dd class="wide">${ageOf(figures.heardAt, this.tower.nowMs())}</dd>
        <dt>Positions</dt>
        <dd>${figure(figures.positions)}</dd>
        <dt>stocked</dt>
        <dd>${stockedShare(figures)}</dd>
        <dt>Low</dt>
        <dd>${figure(figures.low)}</dd>
        <dt>short</dt>
        <dd class=${figures.short > 0 ? 'bad' : ''}>${figure(figures.short)}</dd>
      </dl>
    </div>`;
  }

  #failure(message: string): TemplateResult {
    return html`<p class="body empty">
      ${message} <button @click=${() => void this.tower.loadNodes()}>Try again</button>
    </p>`;
  }
}

function legend(nodes: readonly NetworkNode[]): TemplateResult | typeof nothing {
  if (nodes.length === 0) return nothing;
  const counts = Map.groupBy(nodes, (node) => node.health);
  const shown: readonly NodeHealth[] = ['fresh', 'late', 'never', 'short'];
  return html`<p class="legend">
    ${shown
      .filter((health) => counts.has(health))
      .map(
        (health) =>
          html`<span class="mark ${HEALTH_LOOKS[health].tone}"
            >${counts.get(health)?.length} ${HEALTH_LOOKS[health].text}</span
          >`,
      )}
  </p>`;
}

customElements.define('network-panel', NetworkPanel);
