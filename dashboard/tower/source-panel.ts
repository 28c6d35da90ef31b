import { css, html } from 'lit';
import type { TemplateResult } from 'lit';
import type { OpsSource, OpsState } from '../../gateway/protocol/wire.ts';
import { FRESHNESS_LOOKS, freshnessOf } from './freshness.ts';
import type { Freshness } from './freshness.ts';
import { FIRST_FIGURES } from './first-figures.ts';
import { panelStyles } from './panel-styles.ts';
import { TowerElement } from './tower-element.ts';
import { ageOf, figure, span } from './words.ts';

/** Who fell silent is news. Who was never heard has not begun, and is none: last. */
const NEWS_FIRST: readonly Freshness[] = ['late', 'fresh', 'never'];

/** Every source system: when it was last heard, against the silence it is allowed. */
export class SourcePanel extends TowerElement {
  static override styles = [
    ...panelStyles,
    css`
      .mark {
        min-width: 5.25rem;
      }
      .allowed {
        color: var(--quiet);
        font-size: 0.6875rem;
        white-space: nowrap;
      }
      .kind {
        color: var(--quiet);
        font-size: 0.6875rem;
        text-transform: uppercase;
        letter-spacing: 0.03em;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const ops = this.tower.ops.value;
    const sources = ops?.sources ?? [];
    const nowMs = this.tower.nowMs();
    const judged = sources
      .map((source) => ({ source, fresh: freshnessOf(source.heardAt, source.freshMs, nowMs) }))
      .toSorted((a, b) => NEWS_FIRST.indexOf(a.fresh) - NEWS_FIRST.indexOf(b.fresh) || overdue(b) - overdue(a));
    return html`
      <header>
        <h2>Sources</h2>
        <p>${counts(judged)}</p>
      </header>
      <div class="body" tabindex="0" role="region" aria-label="Sources">
        ${
          judged.length === 0
            ? html`<p class="empty">
                ${ops === undefined ? FIRST_FIGURES : 'No source system is known yet: the reference data names none.'}
              </p>`
            : html`<table>
                <thead>
                  <tr>
                    <th scope="col">Source</th>
                    <th scope="col">Last heard</th>
                    <th scope="col" class="n">Events / s</th>
                  </tr>
                </thead>
                <tbody>
                  ${judged.map(({ source, fresh }) => row(source, fresh, { nowMs, trouble: troubleOf(source, ops) }))}
                </tbody>
              </table>`
        }
      </div>
    `;
  }
}

interface Judged {
  readonly source: OpsSource;
  readonly fresh: Freshness;
}

/** Orders the late ones, the longest silence first; the fresh keep their places, or the list would never stand still. */
function overdue({ source, fresh }: Judged): number {
  return fresh === 'late' ? -(source.heardAt ?? 0) - source.freshMs : 0;
}

/** "2 late · 108 fresh · 16 never heard" */
function counts(judged: readonly Judged[]): string {
  const count = (kind: Freshness): number => judged.filter(({ fresh }) => fresh === kind).length;
  return NEWS_FIRST.filter((kind) => count(kind) > 0)
    .map((kind) => `${count(kind)} ${FRESHNESS_LOOKS[kind].text}`)
    .join(' · ');
}

/** What else is wrong with a source: numbers that never arrived (rule FD5), a clock that runs behind (rule FD10). */
function troubleOf({ source }: OpsSource, ops: OpsState | undefined): string {
  const gap = ops?.alerts.gaps.find((one) => one.source === source);
  const slow = ops?.alerts.slowClocks.find((one) => one.source === source);
  return [
    ...(gap === undefined ? [] : [`${figure(gap.missing)} ${gap.missing === 1 ? 'event' : 'events'} missing`]),
    ...(slow === undefined ? [] : [`clock ${span(slow.behindMs)} behind`]),
  ].join(', ');
}

function row(
  source: OpsSource,
  fresh: Freshness,
  { nowMs, trouble }: { readonly nowMs: number; readonly trouble: string },
): TemplateResult {
  const { text, tone } = FRESHNESS_LOOKS[fresh];
  const allowed = `${text}; silence allowed: ${span(source.freshMs)}`;
  return html`<tr>
    <td class="cut" title=${`${source.name} · ${source.source}`}>
      ${source.name} <span class="kind">${source.kind}</span>
      ${trouble === '' ? '' : html`<div class="allowed">${trouble}</div>`}
    </td>
    <td>
      <span class="mark ${tone}" title=${allowed}
        >${ageOf(source.heardAt, nowMs)}<span class="hidden">, ${text}</span></span
      >
      ${fresh === 'late' ? html`<div class="allowed">late: ${span(source.freshMs)} allowed</div>` : ''}
    </td>
    <td class="n">${figure(source.eventsPerSec)}</td>
  </tr>`;
}

customElements.define('source-panel', SourcePanel);
