import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { OpsState } from '../../gateway/protocol/wire.ts';
import { sharedStyles } from '../theme/shared-styles.ts';
import { TowerElement } from './tower-element.ts';
import { figure, span } from './words.ts';

/** Nodes named in full; the others are counted. */
const NAMED = 3;

/** The alarm about silent sources: which places are stale, for how long (rule AV5). Nothing while all are heard. */
export class SilenceBanner extends TowerElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      p {
        padding: 0.5rem 1rem;
        background: var(--warn-wash);
        color: var(--warn);
        border-bottom: 1px solid var(--line);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const ops = this.tower.ops.value;
    // Not a live region of its own: the minutes would be read out for ever.
    return html`<div role="status" aria-live="off">${ops === undefined ? nothing : said(ops)}</div>`;
  }
}

function said({ alerts, at }: OpsState): TemplateResult | typeof nothing {
  const { silentNodes, silent } = alerts;
  if (silentNodes === 0) return nothing;
  const named = silent.slice(0, NAMED).map(({ node, source, since }) => `${node} (${source}, ${span(at - since)})`);
  const more = silentNodes - named.length;
  const others = more > 0 ? ` and ${figure(more)} more` : '';
  return html`<p><strong>Silent:</strong> ${named.join(', ')}${others}. Stock there may be out of date.</p>`;
}

customElements.define('silence-banner', SilenceBanner);
