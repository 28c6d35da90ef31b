import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { BAND_WORDS, unitsInWords } from '../../gateway/client/band-words.ts';
import type { ChannelSplit } from '../../gateway/protocol/stock-bodies.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { BAND_TONES } from './band-tones.ts';
import { LINE_COLOURS } from './line-colours.ts';
import { ageOf } from './words.ts';

/** What each channel may sell, one card each, in the colour of its line in the chart. */
export class ChannelCards extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr));
        gap: 0.75rem;
      }
      .channel {
        padding: 0.625rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        font-variant-numeric: tabular-nums;
      }
      .name {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        color: var(--quiet);
      }
      .name i {
        width: 0.875rem;
        border-top: 2px solid;
      }
      .name .dashed {
        border-top-style: dashed;
      }
      .ats {
        font-size: 1.375rem;
        line-height: 1.3;
        font-weight: 600;
        letter-spacing: -0.02em;
      }
      .ats span {
        font-size: 0.75rem;
        font-weight: 400;
        letter-spacing: 0;
        color: var(--quiet);
      }
      .band {
        font-weight: 550;
      }
      .good {
        color: var(--good);
      }
      .warn {
        color: var(--warn);
      }
      .bad {
        color: var(--bad);
      }
    `,
  ];
  static override properties = {
    channels: { attribute: false },
    scale: { attribute: false },
    nowMs: { attribute: false },
  };
  declare channels: readonly ChannelSplit[];
  declare scale: number;
  /** The moment the ages are told for. */
  declare nowMs: number;

  protected override render(): TemplateResult {
    return html`${this.channels.map((channel, index) => this.#card(channel, index))}`;
  }

  #card(channel: ChannelSplit, index: number): TemplateResult {
    const { scale } = this;
    const unplaced =
      channel.unplaced === 0 ? '' : ` · ${unitsInWords(channel.unplaced, scale)} promised without a node`;
    return html`<div class="channel">
      <p class="name">
        <i class=${index > 0 ? 'dashed' : ''} style=${`border-color: var(${LINE_COLOURS[index] ?? '--line'})`}></i
        >${channel.channel}
      </p>
      <p class="ats">${unitsInWords(channel.ats, scale)} <span>to sell</span></p>
      <p class="band ${BAND_TONES[channel.band]}">${BAND_WORDS[channel.band]}</p>
      <p class="quiet">${ageOf(channel.asOf, this.nowMs)}${unplaced}</p>
    </div>`;
  }
}

customElements.define('channel-cards', ChannelCards);
