import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { isFollowing } from '../../gateway/client/link-life.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { TowerElement } from './tower-element.ts';
import { clockTime, span } from './words.ts';

/** Says when the figures below are not live. */
export class LinkBanner extends TowerElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      p {
        padding: 0.5rem 1rem;
        font-weight: 500;
        background: var(--warn-wash);
        color: var(--warn);
        border-bottom: 1px solid var(--line);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<div role="status" aria-live="polite">${this.#words()}</div>`;
  }

  #words(): TemplateResult | typeof nothing {
    const link = this.tower.link.value;
    if (isFollowing(link.state)) {
      if (link.lateMs === undefined) return nothing;
      return html`<p>The server hears its engine ${span(link.lateMs)} late: figures are older than they look.</p>`;
    }
    const since = clockTime(link.followedMs ?? link.sinceMs);
    return html`<p>Connection lost at ${since}. Reconnecting. The figures below are from then.</p>`;
  }
}

customElements.define('link-banner', LinkBanner);
