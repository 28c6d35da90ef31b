import { css } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';

/** What the drawer's three views of the past share: a row of controls, a table, words in between. */
export const skuViewStyles = [
  sharedStyles,
  css`
    :host {
      display: block;
    }
    .controls {
      display: flex;
      flex-wrap: wrap;
      align-items: end;
      gap: 0.5rem 0.75rem;
      margin-bottom: 0.875rem;
    }
    label {
      display: grid;
      gap: 0.125rem;
      font-size: 0.75rem;
      color: var(--quiet);
    }
    select,
    input {
      font: inherit;
      font-size: 0.8125rem;
      height: 2rem;
      max-width: 15rem;
      padding-inline: 0.5rem;
      border: 1px solid var(--line-strong);
      border-radius: var(--radius);
      background: var(--surface);
      color: var(--text);
    }
    h3 {
      margin: 1.25rem 0 0.375rem;
      font-size: 0.8125rem;
      font-weight: 650;
    }
    .note {
      color: var(--quiet);
      margin-block: 0.5rem;
    }
    .problem {
      color: var(--bad);
      font-weight: 500;
      margin-block: 0.5rem;
    }
    .scroll {
      position: relative;
      overflow-x: auto;
    }
    table {
      width: 100%;
      border-collapse: collapse;
      font-variant-numeric: tabular-nums;
    }
    th {
      font-weight: 500;
      font-size: 0.6875rem;
      color: var(--quiet);
      text-align: start;
      padding: 0.125rem 0.5rem 0.3125rem 0;
      border-bottom: 1px solid var(--line);
      white-space: nowrap;
    }
    td {
      padding: 0.3125rem 0.5rem 0.3125rem 0;
      border-bottom: 1px solid var(--line);
      vertical-align: baseline;
    }
    .n {
      text-align: end;
    }
    .n,
    .time {
      white-space: nowrap;
    }
    .link {
      padding: 0;
      border: 0;
      background: none;
      color: var(--accent);
      cursor: pointer;
      white-space: nowrap;
    }
    .link:hover {
      text-decoration: underline;
      text-underline-offset: 0.15em;
    }
  `,
];
