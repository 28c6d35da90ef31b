import '@awesome.me/webawesome/dist/components/icon/icon.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { calm } from '../shop/words.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import type { Work } from './next-acts.ts';
import { pickedOf, withPicked, withShort, type Picks, type ShortReason } from './picks.ts';
import { workLinesStyles } from './work-lines-styles.ts';
import { SHORT_REASONS, SHORT_WORDS } from './work-words.ts';

type Line = Work['lines'][number];

/** The lines of a work order; while it is picked, counted and with a reason where some are missing. Says `picks-changed`. */
export class WorkLines extends LitElement {
  static override styles = [sharedStyles, workLinesStyles];
  static override properties = {
    work: { attribute: false },
    picks: { attribute: false },
    asked: { state: true },
  };
  declare work: Work;
  declare picks: Picks;
  /** Line whose reason is asked for. */
  declare private asked: number | undefined;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('work') as Work | undefined;
    if (before !== undefined && before.id !== this.work.id) this.asked = undefined;
  }

  protected override render(): TemplateResult {
    return html`<ul>
      ${this.work.lines.map((line) => (this.work.state === 'picking' ? this.#picking(line) : this.#plain(line)))}
    </ul>`;
  }

  #plain(line: Line): TemplateResult {
    const { units, picked, short } = line;
    const count = picked === undefined || picked === units ? `${units}` : `${picked} of ${units}`;
    return html`<li>
      ${name(line)} ${short === undefined ? nothing : html`<span class="why">${SHORT_WORDS[short]}</span>`}
      <span class="count num">${count}<span class="paper"></span></span>
    </li>`;
  }

  #picking(line: Line): TemplateResult {
    const { line: number, units } = line;
    const picked = pickedOf(this.picks, number);
    const short = this.picks[number]?.short;
    const state = picked === units ? 'whole' : short === undefined ? '' : 'short';
    return html`<li class=${state}>
      ${name(line)}
      <span class="why">
        ${
          picked === units
            ? html`<wa-icon name="check" label="Complete"></wa-icon>`
            : html`<button
                class="missing"
                aria-expanded=${String(this.asked === number)}
                @click=${() => (this.asked = this.asked === number ? undefined : number)}
              >
                ${short === undefined ? 'Missing?' : SHORT_WORDS[short]}
              </button>`
        }
      </span>
      <span class="stepper" role="group" aria-label=${`Picked of ${nameOf(line)}`}>
        <button
          class="step"
          aria-label="One less"
          ?disabled=${picked === 0}
          @click=${() => this.#say(withPicked(this.picks, line, picked - 1))}
        >
          <wa-icon name="minus"></wa-icon>
        </button>
        <span class="count num" role="status">${picked}<span class="of"> / ${units}</span></span>
        <button
          class="step"
          aria-label="One more"
          ?disabled=${picked === units}
          @click=${() => this.#say(withPicked(this.picks, line, picked + 1))}
        >
          <wa-icon name="plus"></wa-icon>
        </button>
      </span>
      ${this.asked === number && picked < units ? this.#reasons(line, units - picked, short) : nothing}
    </li>`;
  }

  #reasons({ line }: Line, missing: number, short: ShortReason | undefined): TemplateResult {
    return html`<div class="reasons" role="group" aria-label="Why some are missing">
      <span>${missing === 1 ? 'Why is 1 missing?' : `Why are ${missing} missing?`}</span>
      ${SHORT_REASONS.map(
        (reason) =>
          html`<button aria-pressed=${String(reason === short)} @click=${() => this.#short(line, reason, short)}>
            ${SHORT_WORDS[reason]}
          </button>`,
      )}
    </div>`;
  }

  /** The same reason again takes it back. */
  #short(line: number, reason: ShortReason, before: ShortReason | undefined): void {
    this.#say(withShort(this.picks, line, reason === before ? undefined : reason));
    if (reason !== before) this.asked = undefined;
  }

  #say(picks: Picks): void {
    this.dispatchEvent(new CustomEvent('picks-changed', { detail: picks }));
  }
}

function nameOf({ name: title, sku }: Line): string {
  return title === undefined ? sku : calm(title);
}

function name(line: Line): TemplateResult {
  return html`<span class="name">
    <span class="title">${nameOf(line)}</span>
    ${line.name === undefined ? nothing : html`<span class="sku num">${line.sku}</span>`}
  </span>`;
}

customElements.define('work-lines', WorkLines);
