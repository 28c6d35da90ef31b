import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/icon/icon.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { WorkActBody } from '../../gateway/protocol/work-bodies.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import './collect-form.ts';
import { isOver, mayReject, nextAct, type Work } from './next-acts.ts';
import { isWhole, pickAct, pickedOf, type Picks } from './picks.ts';
import './ship-form.ts';
import { workDetailStyles } from './work-detail-styles.ts';
import './work-lines.ts';
import { ACT_WORDS, acceptBefore, countWords, dueOf, methodWords, STATE_WORDS } from './work-words.ts';

/**
 * One work order and its next step. Says `acted` with the act, `picks-changed`, `reject-wanted` and `work-closed`.
 */
export class WorkDetail extends LitElement {
  static override styles = [sharedStyles, workDetailStyles];
  static override properties = {
    work: { attribute: false },
    picks: { attribute: false },
    nowMs: { attribute: false },
    nameOf: { attribute: false },
    code: { attribute: false },
  };
  /** Undefined: none is open. */
  declare work: Work | undefined;
  declare picks: Picks;
  declare nowMs: number;
  declare nameOf: (node: string) => string;
  /** Scanned from the customer's screen. */
  declare code: string;

  /** The button that was pressed has gone with its step: the focus goes to the top, from where the next one is near. */
  focusHead(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('h2')?.focus());
  }

  protected override render(): TemplateResult {
    const { work } = this;
    if (work === undefined) {
      return html`<div class="none">
        <wa-icon name="box"></wa-icon>
        <p>Choose an order, or scan its number.</p>
      </div>`;
    }
    return html`<article aria-label=${`Order ${work.number}`}>
        ${this.#head(work)}
        <work-lines
          .work=${work}
          .picks=${this.picks}
          @picks-changed=${(event: CustomEvent<Picks>) => this.#say('picks-changed', event.detail)}
        ></work-lines>
        ${this.#form(work)}
      </article>
      ${this.#foot(work)}`;
  }

  #head(work: Work): TemplateResult {
    const due = dueOf(work, this.nowMs);
    const accept = acceptBefore(work, this.nowMs);
    return html`<div class="head">
        <wa-button class="back" appearance="plain" @click=${() => this.#say('work-closed')}>
          <wa-icon name="chevron-left" label="Back to the queue"></wa-icon>
        </wa-button>
        <div>
          <h2 tabindex="-1">${work.number}</h2>
          <p class="method">${methodWords(work, this.nameOf)}</p>
        </div>
        <div class="marks">
          <span class="state">${STATE_WORDS[work.state]}</span>
          ${due === undefined || isOver(work) ? nothing : html`<span class="due num ${due.tone}">${due.words}</span>`}
          ${accept === undefined ? nothing : html`<span class="due num ${accept.tone}">${accept.words}</span>`}
        </div>
      </div>
      ${this.#whom(work)} ${isOver(work) ? html`<p class="over">${overWords(work)}</p>` : nothing}`;
  }

  #whom({ customer, shipTo }: Work): TemplateResult | typeof nothing {
    if (customer === undefined && shipTo === undefined) return nothing;
    const { name = customer, lines = [], city, region, postcode, country } = shipTo ?? {};
    const place = [city, region, postcode].filter((part) => part !== undefined).join(' ');
    const address = [name, ...lines, place, country].filter((part) => part !== undefined && part !== '');
    return html`<p class="whom">${address.join(', ')}</p>`;
  }

  #form(work: Work): TemplateResult | typeof nothing {
    const act = nextAct(work);
    if (act === 'ship') return html`<ship-form .work=${work} @acted=${this.#pass}></ship-form>`;
    if (act !== 'collect') return nothing;
    return html`<collect-form .code=${this.code} @acted=${this.#pass}></collect-form>`;
  }

  #foot(work: Work): TemplateResult | typeof nothing {
    const act = nextAct(work);
    const isPlain = act === 'accept' || act === 'start' || act === 'pack' || act === 'ready' || act === 'receive';
    if (!isPlain && act !== 'pick') return nothing;
    return html`<footer>
      ${
        mayReject(work)
          ? html`<wa-button appearance="outlined" @click=${() => this.#say('reject-wanted')}
              >${ACT_WORDS.reject} …</wa-button
            >`
          : nothing
      }
      <wa-button appearance="plain" @click=${() => print()}>
        <wa-icon name="print" label="Print the pick list"></wa-icon>
      </wa-button>
      ${act === 'pick' ? this.#pick(work) : isPlain ? this.#step(act) : nothing}
    </footer>`;
  }

  #step(act: 'accept' | 'start' | 'pack' | 'ready' | 'receive'): TemplateResult {
    return html`<span class="left"></span>
      <wa-button class="next" variant="brand" @click=${(event: MouseEvent) => this.#press(event, { act })}
        >${ACT_WORDS[act]}</wa-button
      >`;
  }

  #pick(work: Work): TemplateResult {
    const missing = work.lines
      .filter(({ line }) => this.picks[line]?.short === undefined)
      .reduce((sum, { line, units }) => sum + units - pickedOf(this.picks, line), 0);
    const isDone = isWhole(work, this.picks);
    return html`<span class="left"></span>
      ${
        isDone
          ? nothing
          : html`<wa-button appearance="outlined" @click=${() => this.#pickAll(work)}>All found</wa-button>`
      }
      <wa-button
        class="next num"
        variant="brand"
        ?disabled=${!isDone}
        @click=${(event: MouseEvent) => this.#press(event, pickAct(work, this.picks))}
        >${isDone ? ACT_WORDS.pick : `${countWords(missing, 'unit')} to go`}</wa-button
      >`;
  }

  #pickAll({ lines }: Work): void {
    const found = lines.filter(({ line }) => this.picks[line]?.short === undefined);
    const picks: Picks = {
      ...this.picks,
      ...Object.fromEntries(found.map(({ line, units }) => [line, { picked: units }])),
    };
    this.#say('picks-changed', picks);
  }

  /** The second click of a double one was meant for the step before, whose button this one has taken the place of. */
  #press({ detail }: MouseEvent, act: WorkActBody): void {
    if (detail < 2) this.#act(act);
  }

  readonly #pass = (event: CustomEvent<WorkActBody>): void => this.#act(event.detail);

  #act(act: WorkActBody): void {
    this.#say('acted', act);
  }

  #say(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** What became of it, for whoever still has it open. */
function overWords({ state, reason, by }: Work): string {
  const who = by === undefined ? '' : ` by ${by}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  switch (state) {
    case 'shipped':
    case 'delivered':
      return 'It is on its way. Nothing is left to do here.';
    case 'collected':
      return 'The customer has it. Nothing is left to do here.';
    case 'rejected':
      return `It was given back${who}${why}. Another place has it now. Put what was picked back on the shelf.`;
    case 'pulled-back':
      return `It was taken back${who}${why}. Put what was picked back on the shelf.`;
    case 'queued':
    case 'accepted':
    case 'picking':
    case 'picked':
    case 'packed':
    case 'ready-for-pickup':
      return 'It is no longer in the queue of this place.';
    default:
      return state satisfies never;
  }
}

customElements.define('work-detail', WorkDetail);
