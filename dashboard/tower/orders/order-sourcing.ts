import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { OrderInfo } from '../../../gateway/protocol/order-bodies.ts';
import type {
  OrderSourcing as Sourcing,
  SourcingDecisionInfo,
  SourcingPlanInfo,
} from '../../../gateway/protocol/order-history-bodies.ts';
import type { Loaded } from '../../store/loaded.ts';
import { loadedFrom } from '../../store/loaded.ts';
import type { MapNode } from '../network-nodes.ts';
import '../network-map.ts';
import type { Tower } from '../tower.ts';
import { momentOf } from '../words.ts';
import { orderViewStyles } from './order-view-styles.ts';
import { count, money, outWords } from './order-words.ts';

type CandidateInfo = SourcingDecisionInfo['candidates'][number];

/** Why its nodes were chosen and the others not, decision by decision (rule OR6). */
export class OrderSourcing extends LitElement {
  static override styles = [
    ...orderViewStyles,
    css`
      network-map {
        height: 16rem;
        margin-top: 0.75rem;
        border: 1px solid var(--line);
        border-radius: 0.375rem;
      }
      select {
        font: inherit;
        color: inherit;
        padding: 0.3125rem 0.5rem;
        border: 1px solid var(--line-strong);
        border-radius: 0.3125rem;
        background: var(--surface);
      }
      .chosen {
        font-weight: 600;
      }
      .legend {
        display: flex;
        gap: 1rem;
        margin-top: 0.375rem;
      }
    `,
  ];
  static override properties = {
    tower: { attribute: false },
    order: { attribute: false },
    names: { attribute: false },
    records: { state: true },
    picked: { state: true },
  };
  declare tower: Tower;
  declare order: OrderInfo;
  declare names: ReadonlyMap<string, string>;
  declare private records: Loaded<Sourcing['decisions']>;
  /** Number of the decision's question; undefined: the newest. */
  declare private picked: number | undefined;

  constructor() {
    super();
    this.records = { phase: 'loading' };
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('order') as OrderInfo | undefined;
    if (changed.has('order') && before?.version !== this.order.version) void this.#read();
  }

  protected override render(): TemplateResult {
    const { records } = this;
    if (records.phase === 'loading') return html`<p role="status">Loading …</p>`;
    if (records.phase === 'failed') return html`<p class="problem" role="alert">${records.message}</p>`;
    const newest = records.value.at(-1);
    if (newest === undefined) return html`<p class="note">No node had to be found for this order yet.</p>`;
    const shown = records.value.find(({ ask }) => ask === this.picked) ?? newest;
    return html`
      <label
        >Decision
        <select @change=${(event: Event) => (this.picked = Number((event.target as HTMLSelectElement).value))}>
          ${records.value
            .toReversed()
            .map(
              ({ ask, at, decision }) =>
                html`<option value=${ask} ?selected=${ask === shown.ask}>
                  ${momentOf(at)}: ${verdict(decision, this.names)}
                </option>`,
            )}
        </select></label
      >
      ${this.#decision(shown.decision)} ${shown.shadow === undefined ? nothing : this.#shadow(shown.shadow)}
    `;
  }

  #decision(decision: SourcingDecisionInfo): TemplateResult {
    const { plan, tried, compared, candidates, candidatesInAll, bounded } = decision;
    const chosen = new Set(plan?.parts.map(({ node }) => node));
    return html`
      <network-map .nodes=${this.#places(candidates, chosen)}></network-map>
      <p class="legend note">
        <span class="good">● chosen</span> <span class="none">○ could have served</span> <span class="bad">● out</span>
      </p>
      <p>
        ${plan === undefined ? html`<b class="bad">No node.</b>` : html`<b>${this.#nodes(plan)}</b> for ${this.#money(plan.costMinor)}`},
        by the rules
        <b>${decision.rules}</b>${decision.step === undefined ? nothing : html`, step <b>${decision.step}</b>`}.
        ${bounded ? 'The search was ended by its bound: there may be a cheaper plan.' : ''}
      </p>
      ${tried.map(({ step, why }) => html`<p class="note">Step ${step} did not decide: ${why}.</p>`)}
      ${compared.length === 0 ? nothing : this.#plans(compared)}
      <h3>
        Nodes looked at
        (${candidates.length === candidatesInAll ? candidatesInAll : `${candidates.length} of ${candidatesInAll} shown`})
      </h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Nodes looked at">
        <table>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Verdict</th>
              <th scope="col" class="n">Away</th>
              <th scope="col" class="n">Has</th>
              <th scope="col" class="n">Open work</th>
            </tr>
          </thead>
          <tbody>
            ${candidates.map((each) => this.#candidate(each, chosen))}
          </tbody>
        </table>
      </div>
    `;
  }

  #plans(plans: readonly SourcingPlanInfo[]): TemplateResult {
    return html`<h3>Plans compared</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Plans compared">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Carried by</th>
              <th scope="col" class="n">Shipping</th>
              <th scope="col" class="n">Split</th>
              <th scope="col" class="n">Load</th>
              <th scope="col" class="n">All</th>
            </tr>
          </thead>
          <tbody>
            ${plans.map(
              (plan, index) =>
                html`<tr class=${index === 0 ? 'chosen' : ''}>
                  <td>
                    ${this.#nodes(plan)}${
                      plan.missing.length === 0
                        ? nothing
                        : html` <span class="bad"
                            >leaves
                            ${count(
                              plan.missing.reduce((sum, { units }) => sum + units, 0),
                              'unit',
                            )}</span
                          >`
                    }
                  </td>
                  <td>
                    ${plan.parts.map(({ carrier, zone }) => [...new Set([carrier, zone])].filter(Boolean).join(' ')).join(', ')}
                  </td>
                  <td class="n">${this.#money(plan.parts.reduce((sum, { costMinor }) => sum + costMinor, 0))}</td>
                  <td class="n">${this.#money(plan.splitMinor)}</td>
                  <td class="n">${this.#money(plan.pressureMinor)}</td>
                  <td class="n">${this.#money(plan.costMinor)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  #candidate({ node, out, km, available = {}, open }: CandidateInfo, chosen: ReadonlySet<string>): TemplateResult {
    const isChosen = chosen.has(node);
    const has = Object.values(available);
    return html`<tr class=${isChosen ? 'chosen' : ''}>
      <td>${this.#name(node)}</td>
      <td class=${isChosen ? 'good' : out === undefined ? '' : 'quiet'}>
        ${isChosen ? 'chosen' : out === undefined ? 'could have served' : outWords(out)}
      </td>
      <td class="n">${km === undefined ? '–' : `${Math.round(km).toLocaleString('en-US')} km`}</td>
      <td class="n">${has.length === 0 ? '–' : has.join(' / ')}</td>
      <td class="n">${open ?? '–'}</td>
    </tr>`;
  }

  #shadow(shadow: SourcingDecisionInfo): TemplateResult {
    return html`<h3>Rules on trial (${shadow.rules})</h3>
      <p class="note">
        They would have said:
        ${verdict(shadow, this.names)}${shadow.plan === undefined ? '' : ` for ${this.#money(shadow.plan.costMinor)}`}.
        Nothing followed from it.
      </p>`;
  }

  /** Chosen last in the list: the map draws its first on top. */
  #places(candidates: readonly CandidateInfo[], chosen: ReadonlySet<string>): readonly MapNode[] {
    const { value } = this.tower.nodes;
    if (value.phase !== 'here') return [];
    const outOf = new Map(candidates.map(({ node, out }) => [node, out]));
    return value.value
      .filter(({ id }) => outOf.has(id) || chosen.has(id))
      .map(({ id, kind, lat, lon }) => ({
        id,
        dc: kind !== 'store',
        lat,
        lon,
        tone: chosen.has(id) ? 'good' : outOf.get(id) === undefined ? 'none' : 'bad',
      }))
      .toSorted((a, b) => Number(b.tone === 'good') - Number(a.tone === 'good'));
  }

  #nodes(plan: SourcingPlanInfo): string {
    return plan.parts.map(({ node }) => this.#name(node)).join(' + ');
  }

  #money(minor: number): string {
    return money(minor, this.order.currency);
  }

  #name(node: string): string {
    return this.names.get(node) ?? node;
  }

  async #read(): Promise<void> {
    const { id } = this.order;
    const answer = await this.tower.http.orderSourcing(id);
    if (id !== this.order.id) return;
    const loaded = loadedFrom(answer);
    if (loaded.phase === 'here') this.records = { phase: 'here', value: loaded.value.decisions };
    else if (this.records.phase !== 'here') this.records = loaded;
  }
}

function verdict({ plan, otherwise }: SourcingDecisionInfo, names: ReadonlyMap<string, string>): string {
  if (plan !== undefined) return plan.parts.map(({ node }) => names.get(node) ?? node).join(' + ');
  return `no node${otherwise === undefined ? '' : `, so ${typeof otherwise === 'string' ? otherwise : 'cancel later'}`}`;
}

customElements.define('order-sourcing', OrderSourcing);
