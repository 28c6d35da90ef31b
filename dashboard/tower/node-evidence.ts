import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { unitsInWords } from '../../gateway/client/band-words.ts';
import type { CauseInfo, HeldInfo, NodeExplained, SummedInfo } from '../../gateway/protocol/history-bodies.ts';
import { explainStyles } from './explain-styles.ts';
import { movementWords } from './movement-words.ts';
import { skuViewStyles } from './sku-view-styles.ts';
import { countdown, momentOf } from './words.ts';

/** The terms of rule AV1 at one node as a sum, and when opened the events and holds behind each. */
export class NodeEvidence extends LitElement {
  static override styles = [...skuViewStyles, explainStyles];
  static override properties = {
    node: { attribute: false },
    name: {},
    scale: { attribute: false },
    nowMs: { attribute: false },
  };
  declare node: NodeExplained;
  declare name: string;
  declare scale: number;
  declare nowMs: number;

  protected override render(): TemplateResult {
    const { node } = this;
    return html`<details>
      <summary><b>${this.name}: ${this.#units(node.available)}</b> = ${this.#sum()}</summary>
      ${this.#off()} ${this.#term('On hand', node.onHand.units, this.#summed(node.onHand))}
      ${node.unavailable.states.map((state) => this.#term(state.state, state.units, this.#summed(state)))}
      ${node.reserved.units === 0 ? nothing : this.#term('Reserved', node.reserved.units, this.#held(node.reserved))}
      ${node.allocated.units === 0 ? nothing : this.#term('Allocated', node.allocated.units, this.#allocated())}
      ${node.departed.units === 0 ? nothing : this.#term('Departed', node.departed.units, this.#departed())}
      ${node.safety.units === 0 ? nothing : this.#term('Safety', node.safety.units, this.#safety())}
      ${node.short === 0 ? nothing : this.#term('Short', node.short, html`promised before a feed took them away`)}
    </details>`;
  }

  #sum(): string {
    const { node } = this;
    const minus = [
      [node.unavailable.units, 'unavailable'],
      [node.departed.units, 'departed'],
      [node.reserved.units, 'reserved'],
      [node.allocated.units, 'allocated'],
      [node.safety.units, 'safety'],
    ] as const;
    const taken = minus.filter(([units]) => units !== 0).map(([units, what]) => ` − ${this.#units(units)} ${what}`);
    const left = minus.reduce((rest, [units]) => rest - units, node.onHand.units);
    const floor = left < 0 ? ', and never below 0' : '';
    return `${this.#units(node.onHand.units)} on hand${taken.join('')}${floor}`;
  }

  #off(): TemplateResult | typeof nothing {
    const { nodeEnabled, itemEnabled } = this.node;
    if (nodeEnabled && itemEnabled) return nothing;
    return html`<p class="note">
      ${nodeEnabled ? 'The item' : 'This node'} is switched off, so nothing is available.
    </p>`;
  }

  #term(label: string, units: number, behind: TemplateResult): TemplateResult {
    return html`<div class="term">
      <p class="num"><b>${this.#units(units)}</b> ${label}</p>
      <div>${behind}</div>
    </div>`;
  }

  #summed({ base, counted, causes, more, folded }: SummedInfo): TemplateResult {
    return html`<ul>
      <li>${base === undefined ? 'nobody counted it yet: starts at 0' : this.#cause(base)}</li>
      ${causes.map((cause) => html`<li>${this.#cause(cause)}</li>`)}
      ${more === 0 ? nothing : html`<li class="quiet">and ${more} more; all that counts on top: ${this.#units(counted)}</li>`}
      ${folded === 0 ? nothing : html`<li class="quiet">${this.#units(folded)} of movements older than the ledger or its window</li>`}
    </ul>`;
  }

  #cause({ units, movement }: CauseInfo): TemplateResult {
    // A void says what it annuls; the units are what it took back.
    const took = movement.kind === 'void' ? `, ${this.#units(units)} units` : '';
    const said = [movement.source, movement.id].filter((word) => word !== undefined).join(' · ');
    return html`${movementWords(movement, this.scale)}${took}
      <span class="quiet">${said}, ${momentOf(movement.at)}</span>`;
  }

  #held({ holds, more }: HeldInfo): TemplateResult {
    return html`<ul>
      ${holds.map(
        (hold) =>
          html`<li>
            ${this.#units(hold.units)}
            <span class="quiet"
              >by ${hold.client ?? 'a hold over several shards'},
              ${hold.id}${hold.expiresAt === undefined ? '' : `, ${countdown(hold.expiresAt - this.nowMs)} left`}</span
            >
          </li>`,
      )}
      ${more === 0 ? nothing : html`<li class="quiet">and ${this.#units(more)} units in holds that are not listed</li>`}
    </ul>`;
  }

  #allocated(): TemplateResult {
    const { allocations, more } = this.node.allocated;
    return html`<ul>
      ${allocations.map(({ id, channel, units }) => html`<li>${this.#units(units)} <span class="quiet">for ${id} of ${channel}</span></li>`)}
      ${more === 0 ? nothing : html`<li class="quiet">${this.#units(more)} booked by the node before we were told, or not listed</li>`}
    </ul>`;
  }

  #departed(): TemplateResult {
    const { movements } = this.node.departed;
    const open = movements.filter(({ departed }) => departed !== 0);
    return html`<ul>
      ${open.map(({ movementRef, departed }) => html`<li>${this.#units(departed)} <span class="quiet">by ${movementRef}, not booked by the node</span></li>`)}
    </ul>`;
  }

  #safety(): TemplateResult {
    const { rule, since } = this.node.safety;
    const when = since === undefined ? '' : `, since ${momentOf(since.recordedAt)}`;
    return html`<span class="quiet">${rule === 'node' ? "the node's own figure" : `rule ${rule}`}${when}</span>`;
  }

  #units(units: number): string {
    return unitsInWords(units, this.scale);
  }
}

customElements.define('node-evidence', NodeEvidence);
