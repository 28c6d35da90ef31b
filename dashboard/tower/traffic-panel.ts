import { css, html } from 'lit';
import type { TemplateResult } from 'lit';
import './live-chart.ts';
import { panelStyles } from './panel-styles.ts';
import { TowerElement } from './tower-element.ts';
import { figure } from './words.ts';

/** Events and pushes a second, and how long a push takes, over the last five minutes. */
export class TrafficPanel extends TowerElement {
  static override styles = [
    ...panelStyles,
    css`
      .charts {
        flex: 1;
        display: grid;
        grid-template-rows: auto minmax(6rem, 1fr) auto minmax(6rem, 1fr);
        min-height: 0;
        padding-bottom: 0.375rem;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.875rem;
        padding: 0.25rem 0.875rem 0;
        font-size: 0.75rem;
        color: var(--quiet);
        font-variant-numeric: tabular-nums;
      }
      .legend span {
        display: inline-flex;
        align-items: center;
        gap: 0.375rem;
      }
      .legend i {
        width: 0.875rem;
        border-top: 2px solid var(--accent);
      }
      .legend .second i {
        border-top: 2px dashed var(--warn);
      }
      b {
        font-weight: 600;
        color: var(--text);
      }
      live-chart {
        margin-inline: 0.25rem;
      }
    `,
  ];

  protected override render(): TemplateResult {
    const samples = this.tower.history.value;
    const times = samples.map((sample) => sample.at);
    const last = samples.at(-1);
    const show = (value: number | null | undefined): string =>
      value === null || value === undefined ? '–' : figure(value);
    return html`
      <header>
        <h2>Traffic</h2>
        <p>last 5 minutes, rates over 5 s</p>
      </header>
      <div class="charts">
        <p class="legend">
          <span><i></i>events / s <b>${show(last?.eventsPerSec)}</b></span>
          <span class="second"><i></i>pushes / s <b>${show(last?.pushesPerSec)}</b></span>
        </p>
        <live-chart
          label="Events in and pushes out per second"
          .times=${times}
          .series=${[
            { label: 'events', colour: '--accent', values: samples.map((sample) => sample.eventsPerSec) },
            { label: 'pushes', colour: '--warn', values: samples.map((sample) => sample.pushesPerSec), dashed: true },
          ]}
        ></live-chart>
        <p class="legend">
          <span><i></i>push p50 <b>${show(last?.p50)}</b> ms</span>
          <span class="second"><i></i>p99 <b>${show(last?.p99)}</b> ms</span>
        </p>
        <live-chart
          label="Push latency in milliseconds, median and 99th percentile"
          .times=${times}
          .series=${[
            { label: 'p50', colour: '--accent', values: samples.map((sample) => sample.p50) },
            { label: 'p99', colour: '--warn', values: samples.map((sample) => sample.p99), dashed: true },
          ]}
        ></live-chart>
      </div>
    `;
  }
}

customElements.define('traffic-panel', TrafficPanel);
