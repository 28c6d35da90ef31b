import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/textarea/textarea.js';
import type WaTextarea from '@awesome.me/webawesome/dist/components/textarea/textarea.js';
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Answer } from '../../gateway/client/http-client.ts';
import type { FeedAnswer, LetterInfo } from '../../gateway/protocol/feed-bodies.ts';
import { loadedFrom } from '../store/loaded.ts';
import type { Loaded } from '../store/loaded.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import type { Tower } from './tower.ts';
import { clockTime, shortDate } from './words.ts';

type Doing = 'nothing' | 'replaying' | 'discarding' | 'approving';

/** Held by the brakes: nothing is wrong with its text, somebody must say that it may pass (rule FD12). */
const WAITS = 'waits-for-approval';

/** One dead letter: why it was refused, its original text, and the ways out: correct and send again, or throw away. */
export class LetterDialog extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      wa-dialog {
        --width: 46rem;
      }
      .why {
        margin-bottom: 0.75rem;
        font-weight: 500;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.125rem 1rem;
        margin-bottom: 1rem;
        font-variant-numeric: tabular-nums;
      }
      dt {
        color: var(--quiet);
      }
      wa-textarea::part(textarea) {
        font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
        font-size: 0.8125rem;
        line-height: 1.5;
      }
      .result {
        margin-top: 0.75rem;
        min-height: 1.4em;
        color: var(--bad);
        font-weight: 500;
      }
      .note {
        margin-top: 0.5rem;
        color: var(--quiet);
      }
    `,
  ];
  static override properties = {
    tower: { attribute: false },
    letterId: { attribute: false },
    letter: { state: true },
    doing: { state: true },
    sure: { state: true },
    result: { state: true },
  };
  declare tower: Tower;
  /** Empty: closed. */
  declare letterId: string;
  declare private letter: Loaded<LetterInfo>;
  declare private doing: Doing;
  /** Asked once already whether to discard for good. */
  declare private sure: boolean;
  declare private result: string;

  constructor() {
    super();
    this.letterId = this.result = '';
    this.letter = { phase: 'loading' };
    this.doing = 'nothing';
    this.sure = false;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('letterId') && this.letterId !== '') void this.#load();
  }

  protected override render(): TemplateResult {
    return html`<wa-dialog label="Dead letter" .open=${this.letterId !== ''} @wa-after-hide=${() => this.#done()}>
      ${this.letter.phase === 'loading' ? html`<p role="status">Loading …</p>` : nothing}
      ${this.letter.phase === 'failed' ? html`<p class="result" role="alert">${this.letter.message}</p>` : nothing}
      ${this.letter.phase === 'here' ? this.#body(this.letter.value) : nothing}
      ${this.letter.phase === 'here' && this.letter.value.state === 'open' ? this.#actions(this.letter.value) : nothing}
    </wa-dialog>`;
  }

  #body(letter: LetterInfo): TemplateResult {
    return html`
      <p class="why">${letter.message}</p>
      <dl>
        <dt>Code</dt>
        <dd>${letter.code}</dd>
        <dt>Source</dt>
        <dd>${letter.source} (${letter.format})</dd>
        <dt>Place</dt>
        <dd>${letter.place}</dd>
        <dt>Arrived</dt>
        <dd>
          ${shortDate(letter.receivedAt)}, ${clockTime(letter.receivedAt)},
          ${letter.times === 1 ? 'once' : `${letter.times} times`}
        </dd>
      </dl>
      <wa-textarea
        label="Original text"
        size="s"
        rows="9"
        resize="vertical"
        spellcheck="false"
        value=${letter.original}
        ?readonly=${letter.state !== 'open'}
      ></wa-textarea>
      ${letter.truncated ? html`<p class="note">Only the beginning was kept. Send the whole file again instead.</p>` : nothing}
      <p class="result" role="alert">${this.result}</p>
    `;
  }

  #actions({ code }: LetterInfo): TemplateResult {
    return html`
      <wa-button
        slot="footer"
        variant="danger"
        appearance="outlined"
        ?loading=${this.doing === 'discarding'}
        @click=${() => void this.#discard()}
        >${this.sure ? 'Yes, discard for good' : 'Discard'}</wa-button
      >
      <wa-button
        slot="footer"
        variant="brand"
        ?loading=${this.doing === 'replaying'}
        @click=${() => void this.#replay()}
        >Send again</wa-button
      >
      ${
        code === WAITS
          ? html`<wa-button
              slot="footer"
              variant="brand"
              appearance="outlined"
              ?loading=${this.doing === 'approving'}
              @click=${() => void this.#approve()}
              >Approve</wa-button
            >`
          : nothing
      }
    `;
  }

  async #load(): Promise<void> {
    const id = this.letterId;
    this.letter = { phase: 'loading' };
    this.sure = false;
    this.result = '';
    const loaded = loadedFrom(await this.tower.http.letter(id));
    if (id === this.letterId) this.letter = loaded;
  }

  async #replay(): Promise<void> {
    if (this.letter.phase !== 'here' || this.doing !== 'nothing') return;
    const { original } = this.letter.value;
    const text = this.renderRoot.querySelector<WaTextarea>('wa-textarea')?.value ?? original;
    this.doing = 'replaying';
    // Unchanged text goes without a body: the server has the original bytes, also those that are no text.
    const answer = await this.tower.http.replayLetter(this.letterId, text === original ? undefined : text);
    this.doing = 'nothing';
    this.result = wordsOf(answer);
    if (this.result === '') this.#done();
  }

  async #approve(): Promise<void> {
    if (this.doing !== 'nothing') return;
    this.doing = 'approving';
    const answer = await this.tower.http.approveLetter(this.letterId);
    this.doing = 'nothing';
    this.result = wordsOf(answer);
    if (this.result === '') this.#done();
  }

  async #discard(): Promise<void> {
    if (!this.sure) {
      this.sure = true;
      return;
    }
    this.doing = 'discarding';
    const answer = await this.tower.http.discardLetter(this.letterId);
    this.doing = 'nothing';
    if (answer.ok) this.#done();
    else this.result = answer.error.message;
  }

  #done(): void {
    this.dispatchEvent(new CustomEvent('letter-done'));
  }
}

/** What stands in the way, or nothing when all of it was taken. */
function wordsOf(answer: Answer<FeedAnswer>): string {
  const refusal = answer.ok ? answer.value.refused[0] : undefined;
  if (refusal !== undefined) return `Still refused: ${refusal.message} (${refusal.place}).`;
  return answer.ok ? '' : answer.error.message;
}

customElements.define('letter-dialog', LetterDialog);
