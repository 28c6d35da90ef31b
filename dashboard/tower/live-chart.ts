import { LitElement, css, html, unsafeCSS } from 'lit';
import type { TemplateResult } from 'lit';
import uPlot from 'uplot';
import uplotCss from 'uplot/dist/uPlot.min.css?inline';
import { darkNow } from '../theme/color-mode.ts';

export interface ChartSeries {
  readonly label: string;
  /** A colour of the page, e.g. `--accent`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
  /** Steps instead of slopes: the value held until it changed. */
  readonly stepped?: boolean;
}

/** Least time across the box, in seconds: two samples are not stretched over all of it. */
const SPAN_SEC_MIN = 60;
/** Times on the axis are this far apart, in seconds; from whole minutes on they are said without seconds. */
const STEPS_SEC = [1, 2, 5, 10, 20, 60, 120, 300, 600];

/** Lines over time in a box that fills its parent. The caller names what they mean in text. */
export class LiveChart extends LitElement {
  static override styles = [
    unsafeCSS(uplotCss),
    css`
      :host {
        display: block;
        position: relative;
        min-height: 0;
        overflow: hidden;
      }
      .plot {
        position: absolute;
        inset: 0;
      }
      .uplot,
      .u-wrap {
        font-family: inherit;
      }
    `,
  ];
  static override properties = {
    times: { attribute: false },
    series: { attribute: false },
    label: {},
  };
  /** Ms since the epoch, ascending. */
  declare times: readonly number[];
  declare series: readonly ChartSeries[];
  declare label: string;
  #plot: uPlot | undefined;
  #shape = '';
  #stopDark: (() => void) | undefined;
  readonly #sizes = new ResizeObserver(() => this.#resize());

  constructor() {
    super();
    this.times = [];
    this.series = [];
    this.label = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopDark = darkNow.onChange(() => this.#redraw());
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopDark?.();
    this.#sizes.disconnect();
    this.#drop();
  }

  protected override render(): TemplateResult {
    return html`<div class="plot" role="img" aria-label=${this.label}></div>`;
  }

  protected override updated(): void {
    const shape = this.series.map((one) => `${one.label} ${one.colour}`).join('|');
    if (shape !== this.#shape) this.#drop();
    this.#shape = shape;
    if (this.#plot === undefined) this.#draw();
    else this.#plot.setData(this.#data());
  }

  #draw(): void {
    const box = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (box === null || box.clientWidth === 0 || this.series.length === 0) return;
    const quiet = this.#resolve('--quiet');
    const grid = { stroke: this.#resolve('--line'), width: 1 };
    const font = '11px Inter, sans-serif';
    this.#plot = new uPlot(
      {
        width: box.clientWidth,
        height: box.clientHeight,
        legend: { show: false },
        cursor: { points: { size: 6 }, drag: { x: false, y: false } },
        // Half of a time's width on the right, or the last one is cut.
        padding: [8, 26, 0, 0],
        scales: {
          x: { range: (_plot, low, high) => [Math.min(low, high - SPAN_SEC_MIN), high] },
          y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 10] },
        },
        axes: [
          {
            stroke: quiet,
            font,
            grid: { show: false },
            ticks: { show: false },
            size: 22,
            space: 60,
            incrs: STEPS_SEC,
            values: clockLabels,
          },
          { stroke: quiet, font, grid, ticks: { show: false }, size: 44, space: 32, values: amountLabels },
        ],
        series: [{}, ...this.series.map((one) => this.#line(one))],
      },
      this.#data(),
      box,
    );
  }

  #line({ label, colour, dashed, stepped }: ChartSeries): uPlot.Series {
    const stepping = stepped === true ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    return {
      label,
      stroke: this.#resolve(colour),
      width: 1.5,
      points: { show: false },
      ...(dashed === true && { dash: [4, 3] }),
      ...(stepping !== undefined && { paths: stepping }),
    };
  }

  #data(): uPlot.AlignedData {
    // uPlot counts in seconds.
    return [this.times.map((ms) => ms / 1000), ...this.series.map((one) => [...one.values])];
  }

  /** A canvas knows no custom properties: a probe element turns one into a plain colour. */
  #resolve(colour: string): string {
    const probe = document.createElement('span');
    probe.style.color = `var(${colour})`;
    this.renderRoot.append(probe);
    const plain = getComputedStyle(probe).color;
    probe.remove();
    return plain;
  }

  #resize(): void {
    if (this.#plot === undefined) return this.#draw();
    if (this.clientWidth > 0) this.#plot.setSize({ width: this.clientWidth, height: this.clientHeight });
  }

  #redraw(): void {
    this.#drop();
    this.#draw();
  }

  #drop(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }
}

function clockLabels(_plot: uPlot, seconds: number[], _axis: number, _space: number, stepSec: number): string[] {
  return seconds.map((second) =>
    new Date(second * 1000).toLocaleTimeString('en-US', {
      hour: '2-digit',
      minute: '2-digit',
      ...(stepSec < 60 && { second: '2-digit' }),
      hour12: false,
    }),
  );
}

function amountLabels(_plot: uPlot, amounts: number[]): string[] {
  return amounts.map((amount) => amount.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 }));
}

customElements.define('live-chart', LiveChart);
