import '@awesome.me/webawesome/dist/components/button/button.js';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { unitsInWords } from '../../gateway/client/band-words.ts';
import type { ChannelExplained, DemandExplained, StockExplained } from '../../gateway/protocol/history-bodies.ts';
import { loadedFrom } from '../store/loaded.ts';
import type { Loaded } from '../store/loaded.ts';
import { explainStyles } from './explain-styles.ts';
import './node-evidence.ts';
import { skuViewStyles } from './sku-view-styles.ts';
import { TowerElement } from './tower-element.ts';
import { tightestWords } from './tightest-words.ts';
import { momentOf } from './words.ts';

/** Least time between two explanations, ms: a sku that moves all the time is explained again at this pace. */
const READ_MS_MIN = 2_000;

/** Why is it 3? Every term of every number of one sku, with the events and holds behind it (rule AV8). */
export class ExplainView extends TowerElement {
  static override styles = [...skuViewStyles, explainStyles];
  static override properties = {
    ...TowerElement.properties,
    sku: {},
    scale: { attribute: false },
    names: { attribute: false },
    position: {},
    explained: { state: true },
  };
  declare sku: string;
  declare scale: number;
  declare names: ReadonlyMap<string, string>;
  /** Of the split that is shown beside: another one asks for a new explanation. */
  declare position: string;
  declare private explained: Loaded<StockExplained>;
  #readAt = -Infinity;
  #reading = false;

  constructor() {
    super();
    this.explained = { phase: 'loading' };
  }

  protected override willUpdate(): void {
    const { explained } = this;
    const old = explained.phase !== 'here' || explained.value.position !== this.position;
    if (old && !this.#reading && performance.now() - this.#readAt >= READ_MS_MIN) void this.#read();
  }

  protected override render(): TemplateResult {
    const { explained } = this;
    switch (explained.phase) {
      case 'loading':
        return html`<p role="status">Loading …</p>`;
      case 'failed':
        return html`<p class="problem" role="alert">${explained.message}</p>`;
      case 'here':
        return this.#body(explained.value);
      default:
        return explained satisfies never;
    }
  }

  #body(made: StockExplained): TemplateResult {
    const nodes = made.nodes.toSorted((a, b) => b.available - a.available || a.node.localeCompare(b.node));
    const reach = made.reachesFrom === undefined ? '' : ` Events before ${momentOf(made.reachesFrom)} are not listed.`;
    return html`
      <p class="note">As of position ${made.position}, revision ${made.r}.${reach}</p>
      <h3>What each channel may sell</h3>
      <ul class="sums">
        ${made.channels.map((channel) => this.#channel(channel, made.demand))}
      </ul>
      ${made.demand.length === 0 ? nothing : this.#demand(made.demand)}
      <h3>What each node can promise</h3>
      ${nodes.map(
        (node) =>
          html`<node-evidence
            .node=${node}
            .scale=${this.scale}
            .name=${this.names.get(node.node) ?? node.node}
            .nowMs=${this.tower.nowMs()}
          ></node-evidence>`,
      )}
      ${nodes.length === 0 ? html`<p class="note">No node has reported this item yet.</p>` : nothing}
    `;
  }

  #channel(channel: ChannelExplained, demand: readonly DemandExplained[]): TemplateResult {
    const { tightest, threshold } = channel;
    return html`<li>
      <p class="sum">
        <b>${channel.channel}: ${this.#units(channel.ats)} to sell</b> = ${this.#units(tightest.available)} available
        ${this.#less(tightest.demand, 'promised without a node')}
        ${this.#less(threshold, 'threshold')}${channel.headroom < threshold ? ', and never below 0' : ''}
      </p>
      <p class="quiet">${tightestWords(channel, demand)}</p>
    </li>`;
  }

  #less(units: number, what: string): string {
    return units === 0 ? '' : `− ${this.#units(units)} ${what}`;
  }

  #demand(demand: readonly DemandExplained[]): TemplateResult {
    return html`<h3>Promised without a node</h3>
      <ul class="sums">
        ${demand.map(
          (group) =>
            html`<li>
              <p class="sum">
                <b>${this.#units(group.units)}</b>
                ${
                  group.pool === undefined
                    ? html`on ${group.nodes.length} nodes, by ${group.holds.length + group.more} holds`
                    : html`left of the pool of ${group.pool}: ${this.#units(group.quota ?? 0)} set aside,
                      ${this.#units(group.drawn ?? 0)} drawn`
                }
              </p>
              <p class="quiet">${group.nodes.map((id) => this.names.get(id) ?? id).join(', ')}</p>
            </li>`,
        )}
      </ul>`;
  }

  #units(units: number): string {
    return unitsInWords(units, this.scale);
  }

  async #read(): Promise<void> {
    this.#reading = true;
    const loaded = loadedFrom(await this.tower.http.explain(this.sku));
    this.#reading = false;
    this.#readAt = performance.now();
    // A failed repetition leaves the last explanation standing.
    if (loaded.phase === 'here' || this.explained.phase !== 'here') this.explained = loaded;
  }
}

customElements.define('explain-view', ExplainView);
