import '@awesome.me/webawesome/dist/components/button/button.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { LedgerInfo, MovementInfo } from '../../gateway/protocol/history-bodies.ts';
import { movementWords } from './movement-words.ts';
import { saveFile } from './save-file.ts';
import { skuViewStyles } from './sku-view-styles.ts';
import type { Tower } from './tower.ts';
import { momentOf } from './words.ts';

const ROWS = 50;
const KINDS = [
  ['', 'Everything that moved units'],
  ['delta', 'Sales, receipts, returns …'],
  ['snapshot', 'Counts and snapshots'],
  ['hold', 'Holds'],
  ['release', 'Releases'],
  ['inbound', 'Supply on its way'],
  ['reference', 'Rules and reference data'],
] as const;

/** Every movement of one sku, newest first, page by page, and as a file (rule AV8). */
export class LedgerView extends LitElement {
  static override styles = skuViewStyles;
  static override properties = {
    tower: { attribute: false },
    sku: {},
    scale: { attribute: false },
    names: { attribute: false },
    rows: { state: true },
    next: { state: true },
    reachesFrom: { state: true },
    problem: { state: true },
    busy: { state: true },
    node: { state: true },
    kind: { state: true },
  };
  declare tower: Tower;
  declare sku: string;
  declare scale: number;
  declare names: ReadonlyMap<string, string>;
  declare private rows: readonly MovementInfo[] | undefined;
  declare private next: number | undefined;
  declare private reachesFrom: number | undefined;
  declare private problem: string;
  declare private busy: boolean;
  declare private node: string;
  declare private kind: string;
  /** Grows with each question: an answer to an older one is dropped. */
  #asked = 0;

  constructor() {
    super();
    this.problem = this.node = this.kind = '';
    this.busy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load(undefined);
  }

  protected override render(): TemplateResult {
    return html`
      <div class="controls">
        <label
          >What<select @change=${(event: Event) => this.#filter({ kind: valueOf(event) })}>
            ${KINDS.map(([kind, words]) => html`<option value=${kind} ?selected=${kind === this.kind}>${words}</option>`)}
          </select></label
        >
        <label
          >Where<select @change=${(event: Event) => this.#filter({ node: valueOf(event) })}>
            <option value="">All nodes</option>
            ${[...this.names].map(([id, name]) => html`<option value=${id} ?selected=${id === this.node}>${name}</option>`)}
          </select></label
        >
        <wa-button size="s" appearance="outlined" ?loading=${this.busy} @click=${() => void this.#load(undefined)}
          >Read again</wa-button
        >
        <wa-button size="s" appearance="outlined" @click=${() => void this.#save()}>Save as CSV</wa-button>
      </div>
      <div role="alert">${this.problem === '' ? nothing : html`<p class="problem">${this.problem}</p>`}</div>
      ${this.#table()}
    `;
  }

  #table(): TemplateResult | typeof nothing {
    const { rows } = this;
    if (rows === undefined) return this.problem === '' ? html`<p role="status">Loading …</p>` : nothing;
    if (rows.length === 0) return html`<p class="note">Nothing of the kind has moved this item. ${this.#reach()}</p>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Movements">
        <table>
          <thead>
            <tr>
              <th scope="col">Recorded</th>
              <th scope="col">What</th>
              <th scope="col">Where</th>
              <th scope="col">Said by</th>
              <th scope="col">Its time</th>
              <th scope="col"><span class="hidden">Replay</span></th>
            </tr>
          </thead>
          <tbody>
            ${rows.map((row) => this.#row(row))}
          </tbody>
        </table>
      </div>
      ${
        this.next === undefined
          ? html`<p class="note">${this.#reach()}</p>`
          : html`<p class="note">
              <wa-button size="s" appearance="outlined" ?loading=${this.busy} @click=${() => void this.#load(this.next)}
                >Older</wa-button
              >
            </p>`
      }`;
  }

  #row(row: MovementInfo): TemplateResult {
    const place = row.node ?? row.group;
    const said = [row.source, row.ref ?? row.id].filter((word) => word !== undefined).join(' · ');
    return html`<tr>
      <td class="time">${momentOf(row.recordedAt)}</td>
      <td>${movementWords(row, this.scale)}</td>
      <td>${place === undefined ? '' : (this.names.get(place) ?? place)}</td>
      <td class="quiet">${said}</td>
      <td class="time quiet">${momentOf(row.at)}</td>
      <td class="n">
        <button class="link" @click=${() => this.#pick(row.position)}>
          As it was<span class="hidden"> after position ${row.position}</span>
        </button>
      </td>
    </tr>`;
  }

  #reach(): string {
    return this.reachesFrom === undefined
      ? 'The ledger reaches back to the first fact.'
      : `The ledger begins ${momentOf(this.reachesFrom)}.`;
  }

  #pick(position: string): void {
    this.dispatchEvent(new CustomEvent('pick-position', { detail: position, bubbles: true, composed: true }));
  }

  #filter(change: { readonly node?: string; readonly kind?: string }): void {
    this.node = change.node ?? this.node;
    this.kind = change.kind ?? this.kind;
    this.rows = undefined;
    void this.#load(undefined);
  }

  #query(): { sku: string; node: string | undefined; kind: string | undefined } {
    return { sku: this.sku, node: this.node || undefined, kind: this.kind || undefined };
  }

  async #load(after: number | undefined): Promise<void> {
    const asked = ++this.#asked;
    this.busy = true;
    const answer = await this.tower.http.ledger({ ...this.#query(), after, limit: ROWS });
    if (asked !== this.#asked) return;
    this.busy = false;
    this.problem = answer.ok ? '' : answer.error.message;
    if (answer.ok) this.#take(answer.value, after === undefined ? [] : (this.rows ?? []));
  }

  #take({ movements, next, reachesFrom }: LedgerInfo, before: readonly MovementInfo[]): void {
    this.rows = [...before, ...movements];
    this.next = next;
    this.reachesFrom = reachesFrom;
  }

  async #save(): Promise<void> {
    const answer = await this.tower.http.ledgerCsv(this.#query());
    this.problem = answer.ok ? '' : answer.error.message;
    if (answer.ok) saveFile(`ledger-${this.sku}.csv`, answer.value);
  }
}

function valueOf(event: Event): string {
  return event.target instanceof HTMLSelectElement ? event.target.value : '';
}

customElements.define('ledger-view', LedgerView);
