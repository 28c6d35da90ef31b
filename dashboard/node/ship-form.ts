import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/icon/icon.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import type WaInput from '@awesome.me/webawesome/dist/components/input/input.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { calm } from '../shop/words.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { carriersUsed, noteCarrier } from './carriers.ts';
import type { Work } from './next-acts.ts';
import {
  faultOf,
  ONE_PARCEL,
  PARCELS_MAX,
  shipAct,
  unitsIn,
  withParcels,
  withTracking,
  withUnits,
  type ParcelPlan,
} from './parcel-plan.ts';
import { shipFormStyles } from './ship-form-styles.ts';

/** Who carries it, under which number, in how many parcels. Says `acted`. */
export class ShipForm extends LitElement {
  static override styles = [sharedStyles, shipFormStyles];
  static override properties = { work: { attribute: false }, plan: { state: true }, fault: { state: true } };
  declare work: Work;
  declare private plan: ParcelPlan;
  declare private fault: string | undefined;

  constructor() {
    super();
    this.plan = ONE_PARCEL;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('work') as Work | undefined;
    if (changed.has('work') && before?.id !== this.work.id) {
      this.plan = { ...ONE_PARCEL, carrier: carriersUsed()[0] ?? '' };
      this.fault = undefined;
    }
  }

  protected override render(): TemplateResult {
    const { plan } = this;
    return html`<form @submit=${(event: SubmitEvent) => this.#submit(event)} @keydown=${this.#enter}>
      <div class="carrier">
        <wa-input
          label="Carrier"
          name="carrier"
          autocomplete="off"
          .value=${plan.carrier}
          @input=${(event: Event) => this.#set({ ...plan, carrier: textOf(event) })}
        ></wa-input>
        <div class="used" role="group" aria-label="Carriers used last">
          ${carriersUsed().map((carrier) => this.#used(carrier))}
        </div>
      </div>
      ${plan.parcels.map((_, at) => this.#parcel(at))}
      <div class="end">
        <wa-button
          appearance="plain"
          ?disabled=${plan.parcels.length >= PARCELS_MAX}
          @click=${() => this.#set(withParcels(plan, plan.parcels.length + 1))}
          ><wa-icon slot="start" name="plus"></wa-icon>Another parcel</wa-button
        >
        <p class="fault" role="alert">${this.fault ?? ''}</p>
        <wa-button variant="brand" type="submit">Ship</wa-button>
      </div>
    </form>`;
  }

  #used(carrier: string): TemplateResult {
    return html`<button
      type="button"
      aria-pressed=${String(carrier === this.plan.carrier)}
      @click=${() => this.#set({ ...this.plan, carrier })}
    >
      ${carrier}
    </button>`;
  }

  #parcel(at: number): TemplateResult {
    const { plan, work } = this;
    const isOnly = plan.parcels.length === 1;
    return html`<fieldset>
      <legend class=${isOnly ? 'hidden' : ''}>Parcel ${at + 1}</legend>
      <div class="row">
        <wa-input
          label=${isOnly ? 'Tracking number' : `Tracking number of parcel ${at + 1}`}
          autocomplete="off"
          .value=${plan.parcels[at]?.tracking ?? ''}
          @input=${(event: Event) => this.#set(withTracking(plan, at, textOf(event)))}
        ></wa-input>
        ${
          at > 0 && at === plan.parcels.length - 1
            ? html`<wa-button appearance="plain" @click=${() => this.#set(withParcels(plan, at))}>Remove</wa-button>`
            : nothing
        }
      </div>
      ${
        isOnly
          ? nothing
          : html`<ul>
              ${work.lines.map((line) => this.#line(line, at))}
            </ul>`
      }
    </fieldset>`;
  }

  #line(line: Work['lines'][number], at: number): TemplateResult {
    const { plan } = this;
    const units = unitsIn(plan, line, at);
    const name = calm(line.name ?? line.sku);
    const step = (by: number, label: string, isOff: boolean): TemplateResult =>
      html`<button
        type="button"
        class="step"
        aria-label=${`${label} of ${name}`}
        ?disabled=${isOff}
        @click=${() => this.#set(withUnits(plan, line, at, units + by))}
      >
        <wa-icon name=${by < 0 ? 'minus' : 'plus'}></wa-icon>
      </button>`;
    return html`<li>
      <span>${name}</span>
      ${at === 0 ? nothing : step(-1, 'One less', units === 0)}
      <span class="count num">${units}</span>
      ${at === 0 ? nothing : step(1, 'One more', unitsIn(plan, line, 0) === 0)}
    </li>`;
  }

  #set(plan: ParcelPlan): void {
    this.plan = plan;
    this.fault = undefined;
  }

  /** A label that is scanned into a field ends with Enter, and shall not ship: that is another press. */
  readonly #enter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.composedPath()[0] instanceof HTMLInputElement)) return;
    event.preventDefault();
    event.stopPropagation();
    this.renderRoot.querySelector<HTMLElement>('[type=submit]')?.focus();
  };

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    this.fault = faultOf(this.plan, this.work);
    if (this.fault !== undefined) return;
    noteCarrier(this.plan.carrier.trim());
    this.dispatchEvent(new CustomEvent('acted', { detail: shipAct(this.plan, this.work) }));
  }
}

function textOf(event: Event): string {
  return (event.target as WaInput).value ?? '';
}

customElements.define('ship-form', ShipForm);
