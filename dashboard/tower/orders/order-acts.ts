import '@awesome.me/webawesome/dist/components/button/button.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { OrderActBody, OrderBody } from '../../../gateway/protocol/order-bodies.ts';
import type { Tower } from '../tower.ts';
import { actsFor, type Act, type ActField } from './act-forms.ts';
import { orderViewStyles } from './order-view-styles.ts';

/** What somebody can do to an order, each with a reason that stands in its timeline (rule OR10). */
export class OrderActs extends LitElement {
  static override styles = [
    ...orderViewStyles,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 0.75rem;
        align-items: end;
        padding: 0.75rem 0;
        border-bottom: 1px solid var(--line);
      }
      h3 {
        flex: 1 1 100%;
        margin: 0;
      }
      h3 + p {
        flex: 1 1 100%;
        margin-top: -0.375rem;
      }
      label {
        display: grid;
        gap: 0.125rem;
        color: var(--quiet);
        font-size: 0.75rem;
      }
      input,
      select {
        font: inherit;
        font-size: 0.8125rem;
        color: var(--text);
        padding: 0.3125rem 0.5rem;
        border: 1px solid var(--line-strong);
        border-radius: 0.3125rem;
        background: var(--surface);
      }
      .result {
        position: sticky;
        top: 0;
        padding: 0.5rem 0.75rem;
        border-radius: 0.375rem;
        background: var(--good-wash);
        color: var(--good);
        font-weight: 500;
      }
      .result.wrong {
        background: var(--bad-wash);
        color: var(--bad);
      }
    `,
  ];
  static override properties = {
    tower: { attribute: false },
    body: { attribute: false },
    names: { attribute: false },
    doing: { state: true },
    sure: { state: true },
    result: { state: true },
  };
  declare tower: Tower;
  declare body: OrderBody;
  declare names: ReadonlyMap<string, string>;
  /** Name of the act that is under way. */
  declare private doing: string;
  /** Of the act that was pressed once and cannot be undone. */
  declare private sure: string;
  declare private result: { readonly words: string; readonly wrong: boolean } | undefined;
  /** Of what is asked for: the same press again is the same act, whatever became of the answer. */
  #key: { readonly of: string; readonly key: string } | undefined;

  constructor() {
    super();
    this.doing = this.sure = '';
  }

  protected override render(): TemplateResult {
    const acts = actsFor(this.body);
    const { result } = this;
    return html`
      <div role="status">
        ${result === undefined ? nothing : html`<p class="result ${result.wrong ? 'wrong' : ''}">${result.words}</p>`}
      </div>
      ${acts.length === 0 ? html`<p class="note">Nothing of this order can be changed any more.</p>` : acts.map((act) => this.#form(act))}
    `;
  }

  #form(act: Act): TemplateResult {
    const sure = this.sure === act.name;
    return html`<form @submit=${(event: SubmitEvent) => this.#submit(event, act)} @focusout=${() => (this.sure = '')}>
      <h3>${act.label}</h3>
      <p class="note">${act.says}</p>
      ${act.fields.map((field) => this.#field(field))}
      <label>Reason<input name="reason" maxlength="500" autocomplete="off" /></label>
      <wa-button
        type="submit"
        size="s"
        appearance=${sure ? 'accent' : 'outlined'}
        variant=${act.final ? 'danger' : 'brand'}
        ?loading=${this.doing === act.name}
        >${sure ? 'Sure?' : act.label}</wa-button
      >
    </form>`;
  }

  #field(field: ActField): TemplateResult {
    switch (field.as) {
      case 'choice':
        return html`<label
          >${field.label}<select name=${field.name}>
            ${field.choices.map(({ value, label }) => html`<option value=${value}>${label}</option>`)}
          </select></label
        >`;
      case 'node':
        return html`<label
          >${field.label}<select name=${field.name} required>
            <option value="">Choose …</option>
            ${[...this.names].map(([id, name]) => html`<option value=${id}>${name}</option>`)}
          </select></label
        >`;
      case 'number':
        return html`<label
          >${field.label}<input
            type="number"
            name=${field.name}
            min=${field.min}
            max=${field.max}
            value=${field.value}
            required
        /></label>`;
      case 'text':
        return html`<label
          >${field.label}<input
            name=${field.name}
            maxlength="500"
            value=${field.value}
            ?required=${field.needed}
            autocomplete="off"
        /></label>`;
      default:
        return field satisfies never;
    }
  }

  #submit(event: SubmitEvent, act: Act): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    if (this.doing !== '') return;
    if (act.final && this.sure !== act.name) {
      this.sure = act.name;
      return;
    }
    this.sure = '';
    const fields = new FormData(form);
    const reason = textOf(fields, 'reason').trim();
    const body: OrderActBody = { ...act.body((name) => textOf(fields, name)), ...(reason !== '' && { reason }) };
    void this.#do(act, body, form);
  }

  async #do(act: Act, body: OrderActBody, form: HTMLFormElement): Promise<void> {
    const { order } = this.body;
    const of = JSON.stringify([order.id, order.version, body]);
    if (this.#key?.of !== of) this.#key = { of, key: crypto.randomUUID() };
    this.doing = act.name;
    const answer = await this.tower.http.actOnOrder(order.id, body, { key: this.#key.key, ifVersion: order.version });
    this.doing = '';
    this.result = answer.ok
      ? { words: `Done: ${act.label.toLowerCase()}.`, wrong: false }
      : { words: answer.error.message, wrong: true };
    if (!answer.ok) return;
    form.reset();
    this.dispatchEvent(new CustomEvent('acted', { detail: answer.value }));
  }
}

function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}

customElements.define('order-acts', OrderActs);
