import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';
import type { OpsState } from '../../gateway/protocol/wire.ts';
import type { Sample } from './history.ts';
import './spark-line.ts';
import { TowerElement } from './tower-element.ts';
import { ageOf, bytes, figure, shortFigure } from './words.ts';

interface Tile {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly note: string;
  /** Somebody must look. */
  readonly bad?: boolean;
  readonly spark?: (sample: Sample) => number | null;
}

/** Samples a small line shows: the last two minutes. */
const SPARK_SAMPLES = 120;
const MINUTE_MS = 60_000;

/** The figures read from across the room. */
export class KeyFigures extends TowerElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(7, minmax(0, 1fr));
        gap: 0.75rem;
      }
      .tile {
        display: grid;
        grid-template-columns: minmax(min-content, 1fr) minmax(0, 4.5rem);
        grid-template-areas: 'label label' 'value spark' 'note note';
        align-items: end;
        gap: 0 0.5rem;
        padding: 0.5rem 0.875rem 0.5625rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
      }
      dt {
        grid-area: label;
        color: var(--quiet);
        font-size: 0.75rem;
      }
      .value {
        grid-area: value;
        font-size: 1.5rem;
        line-height: 1.25;
        font-weight: 600;
        letter-spacing: -0.02em;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .value.bad {
        color: var(--bad);
      }
      .unit {
        margin-inline-start: 0.25rem;
        font-size: 0.75rem;
        font-weight: 400;
        letter-spacing: 0;
        color: var(--quiet);
      }
      .note {
        grid-area: note;
        color: var(--quiet);
        font-size: 0.75rem;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .spark {
        grid-area: spark;
        margin-bottom: 0.125rem;
      }
      @media (max-width: 72rem) {
        :host {
          grid-template-columns: repeat(3, minmax(0, 1fr));
        }
      }
      @media (max-width: 44rem) {
        :host {
          grid-template-columns: repeat(2, minmax(0, 1fr));
          gap: 0.5rem;
        }
        .tile {
          grid-template-columns: minmax(0, 1fr);
          grid-template-areas: 'label' 'value' 'note';
        }
        .spark {
          display: none;
        }
      }
    `,
  ];

  protected override render(): TemplateResult {
    const samples = this.tower.history.value.slice(-SPARK_SAMPLES);
    return html`${this.#tiles().map(
      ({ label, value, unit, note, bad, spark }) =>
        html`<dl class="tile">
          <dt>${label}</dt>
          <dd class="value ${bad === true ? 'bad' : ''}">${value}<span class="unit">${unit}</span></dd>
          ${spark === undefined ? nothing : html`<dd class="spark"><spark-line .values=${samples.map(spark)}></spark-line></dd>`}
          <dd class="note">${note}</dd>
        </dl>`,
    )}`;
  }

  #tiles(): readonly Tile[] {
    const ops = this.tower.ops.value;
    const show = (value: number | undefined | null): string =>
      value === undefined || value === null ? '–' : figure(value);
    const last = this.tower.history.value.at(-1);
    const push = ops?.pushMs;
    const commitMs = ops === undefined ? undefined : ops.journal.commitMicrosP50 / 1000;
    return [
      {
        label: 'Events in',
        value: show(last?.eventsPerSec),
        unit: '/ s',
        note: sourcesNote(ops),
        spark: (s) => s.eventsPerSec,
      },
      {
        label: 'Pushes out',
        value: show(last?.pushesPerSec),
        unit: '/ s',
        note: 'stock, to open pages',
        spark: (s) => s.pushesPerSec,
      },
      {
        label: 'Push latency, median',
        value: show(push?.p50),
        unit: push ? 'ms' : '',
        note: push ? `99 % within ${figure(push.p99)} ms` : ops ? 'nothing pushed in 10 s' : '',
        spark: (s) => s.p50,
      },
      {
        label: 'Open sockets',
        value: show(ops?.sockets),
        unit: '',
        note: 'pages and systems',
        spark: (s) => s.sockets,
      },
      {
        label: 'Positions',
        value: ops ? shortFigure(ops.positions) : '–',
        unit: '',
        note: ops ? `${figure(ops.skus)} skus` : '',
      },
      {
        label: 'Journal commit, median',
        value: commitMs === undefined ? '–' : commitMs.toLocaleString('en-US', { maximumFractionDigits: 2 }),
        unit: 'ms',
        note: ops ? `no. ${figure(ops.journal.head)} · ${bytes(ops.journal.bytes)}` : '',
        spark: (s) => s.commitMicros,
      },
      watchTile(ops),
    ];
  }
}

/** The invariant watch works every sum out again, for ever; anything but 0 is a bug (rule AV7). */
function watchTile(ops: OpsState | undefined): Tile {
  const label = 'Sums that do not add up';
  if (ops === undefined) return { label, value: '–', unit: '', note: '' };
  const { violations, checkedAt, positions } = ops.invariants;
  const behind = ops.ledgerLag > 0 ? `, ledger ${shortFigure(ops.ledgerLag)} behind` : '';
  return {
    label,
    value: figure(violations),
    unit: '',
    bad: violations > 0,
    note:
      checkedAt === null
        ? 'first walk under way'
        : `${shortFigure(positions)} checked ${ageOf(checkedAt, ops.at)}${behind}`,
  };
}

/** Those heard in the last minute: of a single second few would be counted, and others each time. */
function sourcesNote(ops: OpsState | undefined): string {
  if (ops === undefined) return '';
  const active = ops.sources.filter(({ heardAt }) => heardAt !== null && ops.at - heardAt < MINUTE_MS).length;
  return `from ${active} of ${ops.sources.length} sources`;
}

customElements.define('key-figures', KeyFigures);
