import { LitElement, css, html, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { HEIGHT, sparkPaths, WIDTH } from './spark-path.ts';

/** The shape of the last minutes beside a figure. Decoration: the figure carries the meaning. */
export class SparkLine extends LitElement {
  static override styles = css`
    :host {
      display: block;
      height: 1.75rem;
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
      overflow: visible;
    }
    path {
      fill: none;
      stroke: var(--accent);
      stroke-width: 1.5;
      vector-effect: non-scaling-stroke;
      stroke-linejoin: round;
    }
    .under {
      fill: var(--accent-wash);
      stroke: none;
    }
  `;
  static override properties = { values: { attribute: false } };
  declare values: readonly (number | null)[];

  constructor() {
    super();
    this.values = [];
  }

  protected override render(): TemplateResult {
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${sparkPaths(this.values).map(({ line, under }) => svg`<path class="under" d=${under} /><path d=${line} />`)}
    </svg>`;
  }
}

customElements.define('spark-line', SparkLine);
