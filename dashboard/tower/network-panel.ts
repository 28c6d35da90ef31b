import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { HEALTH_LOOKS } from './freshness.ts';
import type { NodeHealth } from './freshness.ts';
import './network-map.ts';
import { networkPanelStyles } from './network-panel-styles.ts';
import { networkNodes, stockedShare } from './network-nodes.ts';
import type { NetworkNode } from './network-nodes.ts';
import { panelStyles } from './panel-styles.ts';
import { TowerElement } from './tower-element.ts';
import { ageOf, figure } from './words.ts';

/** What somebody sees who starts a server of their own for the first time. */
const NO_NODES =
  'No place is known yet. The server reads its places, items and sources at start, from the folder REFERENCE_DIR names.';

/** Where a key leads, from the index of the focused row. */
const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at) => at + 10,
  PageUp: (at) => at - 10,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** Map and list of the same nodes: what is pointed at in one is marked in the other. */
export class NetworkPanel extends TowerElement {
  static override styles = [...panelStyles, networkPanelStyles];
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
          ${nodes.length === 0 ? nothing : this.#detail(nodes.find((node) => node.id === this.picked))}
        </div>
      </div>
    `;
  }

  #list(nodes: readonly NetworkNode[], loading: boolean): TemplateResult {
    if (nodes.length === 0) return html`<p class="body empty">${loading ? 'Loading places …' : NO_NODES}</p>`;
    const reached = nodes.find((node) => node.id === this.picked) ?? nodes[0];
    return html`<ul
      class="body"
      aria-label="Nodes, those in trouble first; arrow keys walk the list"
      @keydown=${(event: KeyboardEvent) => this.#walk(event)}
    >
      ${repeat(
        nodes,
        (node) => node.id,
        (node) => this.#row(node, node === reached),
      )}
    </ul>`;
  }

  /** One stop for Tab, the arrows for the rest: nobody should press Tab 123 times to get past the map. */
  #walk(event: KeyboardEvent): void {
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>('li button')];
    const at = buttons.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const to = STEPS[event.key]?.(at, buttons.length);
    if (at === -1 || to === undefined) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(to, buttons.length - 1))]?.focus();
  }

  #row(node: NetworkNode, reached: boolean): TemplateResult {
    const { text, tone } = HEALTH_LOOKS[node.health];
    const pick = (): void => void (this.picked = node.id);
    return html`<li>
      <button
        tabindex=${reached ? 0 : -1}
        aria-pressed=${String(node.id === this.picked)}
        @click=${pick}
        @focus=${pick}
        @pointerenter=${pick}
      >
        <span class=${node.dc ? 'dc' : ''} title=${node.name}>${node.label}</span
        ><span class="mark ${tone}">${text}</span>
      </button>
    </li>`;
  }

  #detail(node: NetworkNode | undefined): TemplateResult {
    if (node === undefined)
      return html`<p class="detail quiet">Point at a node, or walk the list with the arrow keys, for its figures.</p>`;
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
