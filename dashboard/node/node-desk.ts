import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/icon/icon.js';
import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { WorkActBody } from '../../gateway/protocol/work-bodies.ts';
import { clock } from '../store/clock.ts';
import { Follow } from '../store/follow.ts';
import '../theme/color-mode-toggle.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { play, sound, turnSound } from './cues.ts';
import type { Floor } from './floor.ts';
import type { Stage, Work } from './next-acts.ts';
import { nodeDeskStyles } from './node-desk-styles.ts';
import './node-notes.ts';
import { OUTBOX_MAX } from './outbox.ts';
import type { Picks } from './picks.ts';
import { readScan } from './read-scan.ts';
import './reject-dialog.ts';
import './said-list.ts';
import { scanWords, type Words } from './scan-words.ts';
import { followScanner } from './scanner.ts';
import { signOut } from './session.ts';
import './stage-tiles.ts';
import type { WorkDetail } from './work-detail.ts';
import './work-detail.ts';
import './work-queue.ts';

/** How long new work is marked, and a message stays, in ms. */
const NEW_MS = 10_000;
const WORDS_MS = 5_000;
/** What has waited so long is shown as waiting, in ms: an answer takes some tens of them. */
const WAITING_MS = 1_500;

/** Everything a node's people work with, on one screen. */
export class NodeDesk extends LitElement {
  static override styles = [sharedStyles, nodeDeskStyles];
  static override properties = {
    floor: { attribute: false },
    stage: { state: true },
    openId: { state: true },
    code: { state: true },
    words: { state: true },
    isRejecting: { state: true },
  };
  declare floor: Floor;
  declare private stage: Stage | undefined;
  declare private openId: string;
  /** Scanned from the customer's screen, for the open work order. */
  declare private code: string;
  declare private words: (Words & { readonly untilMs: number }) | undefined;
  declare private isRejecting: boolean;
  #newAtMs = -Infinity;
  #stops: (() => void)[] = [];

  constructor() {
    super();
    this.openId = decodeURIComponent(location.hash.slice(1));
    this.code = '';
    this.isRejecting = false;
    new Follow(this, clock, sound);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { table, link, outbox, picks, places, takenBack, arrivals } = this.floor;
    const seen = [table.changes, link, outbox.all, picks.all, places, takenBack];
    this.#stops = [
      ...seen.map((source) => source.onChange(() => this.requestUpdate())),
      arrivals.onChange(() => this.#arrived()),
      followScanner((code) => this.#scanned(code)),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stops) stop();
  }

  protected override render(): TemplateResult {
    const { floor } = this;
    const nowMs = clock.value;
    const works = floor.works();
    const open = this.#open();
    const waiting = floor.outbox.all.value.filter(({ refused }) => refused === undefined);
    return html`
      ${this.#header()}
      <div class="notes">
        <said-list
          .all=${floor.outbox.all.value}
          .isLate=${(waiting[0]?.at ?? Infinity) < nowMs - WAITING_MS}
          .isAtRisk=${floor.outbox.isAtRisk}
          @said-dismissed=${(event: CustomEvent<string>) => floor.outbox.dismiss(event.detail)}
        ></said-list>
        <node-notes
          .link=${floor.link.value}
          .takenBack=${floor.takenBack.value}
          @here-wanted=${() => void floor.reopen()}
          @note-read=${(event: CustomEvent<string>) => floor.hasRead(event.detail)}
        ></node-notes>
      </div>
      <stage-tiles
        .works=${works}
        .nowMs=${nowMs}
        .stage=${this.stage}
        .isNew=${nowMs - this.#newAtMs < NEW_MS}
        @stage-chosen=${(event: CustomEvent<Stage | undefined>) => this.#chooseStage(event.detail)}
      ></stage-tiles>
      <main class=${open === undefined ? 'none' : 'one'}>
        <work-queue
          .works=${works}
          .nowMs=${nowMs}
          .stage=${this.stage}
          .openId=${this.openId}
          .waiting=${new Set(waiting.map(({ work }) => work))}
          @work-chosen=${(event: CustomEvent<string>) => this.#choose(event.detail)}
        ></work-queue>
        <work-detail
          .work=${open}
          .picks=${floor.picks.of(this.openId)}
          .nowMs=${nowMs}
          .nameOf=${(node: string) => floor.nameOf(node)}
          .code=${this.code}
          @acted=${(event: CustomEvent<WorkActBody>) => this.#act(event.detail)}
          @picks-changed=${(event: CustomEvent<Picks>) => floor.picks.set(this.openId, event.detail)}
          @reject-wanted=${() => (this.isRejecting = true)}
          @work-closed=${() => this.#choose('')}
        ></work-detail>
      </main>
      <div class="said" role="status">
        ${
          this.words !== undefined && this.words.untilMs > nowMs
            ? html`<p class=${this.words.tone}>${this.words.words}</p>`
            : nothing
        }
      </div>
      <reject-dialog
        .work=${this.isRejecting ? open : undefined}
        @acted=${(event: CustomEvent<WorkActBody>) => this.#act(event.detail)}
        @reject-dropped=${() => (this.isRejecting = false)}
      ></reject-dialog>
    `;
  }

  #header(): TemplateResult {
    const { node, link } = this.floor;
    const isLive = link.value.state === 'live' || link.value.state === 'opening';
    const soundWords = sound.value ? 'Sound: on' : 'Sound: off';
    return html`<header>
      <div class="brand">
        <img src="/icons/node.svg" alt="" width="36" height="36" />
        <div>
          <h1>${this.floor.nameOf(node)}</h1>
          <p>${node}</p>
        </div>
      </div>
      <div class="tools">
        <span class="link ${isLive ? '' : 'lost'}"><span>${isLive ? 'Live' : 'Not live'}</span></span>
        <wa-button appearance="plain" title=${soundWords} @click=${() => turnSound(!sound.value)}>
          <wa-icon name=${sound.value ? 'sound' : 'sound-off'} label=${soundWords}></wa-icon>
        </wa-button>
        <color-mode-toggle></color-mode-toggle>
        <wa-button appearance="outlined" @click=${() => signOut()}>Sign out</wa-button>
      </div>
    </header>`;
  }

  /** As it is once what waits is sent; one that ended stays on the screen until another is chosen. */
  #open(): Work | undefined {
    return this.floor.work(this.openId) ?? this.floor.gone(this.openId);
  }

  #chooseStage(stage: Stage | undefined): void {
    this.stage = stage;
    // In a narrow window the queue is behind the open work order.
    if (matchMedia('(max-width: 56rem)').matches) this.#choose('');
  }

  #choose(id: string): void {
    this.openId = id;
    this.code = '';
    this.words = undefined;
    history.replaceState(null, '', id === '' ? location.pathname : `#${encodeURIComponent(id)}`);
  }

  #act(act: WorkActBody): void {
    const open = this.#open();
    this.isRejecting = false;
    this.words = undefined;
    if (open === undefined) return;
    if (this.floor.say(open, act) === 'full') {
      this.#tell({ words: `${OUTBOX_MAX} actions wait already. Wait for the connection.`, tone: 'bad' });
    }
    this.renderRoot.querySelector<WorkDetail>('work-detail')?.focusHead();
  }

  #scanned(code: string): void {
    if (this.isRejecting) return;
    const open = this.#open();
    const works = this.floor.works();
    const meaning = readScan(code, { works, open, picks: this.floor.picks.of(this.openId) });
    if (meaning.is === 'open') this.#choose(meaning.work);
    if (meaning.is === 'picked') this.floor.picks.set(this.openId, meaning.picks);
    if (meaning.is === 'collect-code') this.code = meaning.code;
    this.#tell(scanWords(meaning, code, open));
  }

  #tell(words: Words): void {
    this.words = { ...words, untilMs: Date.now() + WORDS_MS };
    play(words.tone);
  }

  #arrived(): void {
    this.#newAtMs = Date.now();
    play('new');
    this.requestUpdate();
  }
}

customElements.define('node-desk', NodeDesk);
