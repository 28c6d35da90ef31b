import { LitElement, css, html, svg } from 'lit';
import type { TemplateResult } from 'lit';

const WIDTH = 120;
const HEIGHT = 28;

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
    const line = this.#line();
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${line === '' ? '' : svg`<path class="under" d="M0 ${HEIGHT}L${line.slice(1)}L${WIDTH} ${HEIGHT}Z"/><path d=${line} />`}
    </svg>`;
  }

  #line(): string {
    const { values } = this;
    if (values.length < 2) return '';
    const top = Math.max(...values.map((value) => value ?? 0), 1e-9);
    const points = values.map((value, index) => {
      const x = (index / (values.length - 1)) * WIDTH;
      const y = HEIGHT - 1 - ((value ?? 0) / top) * (HEIGHT - 3);
      return `${x.toFixed(1)} ${y.toFixed(1)}`;
    });
    return `M${points.join('L')}`;
  }
}

customElements.define('spark-line', SparkLine);
