import { css } from 'lit';
import { sharedStyles } from '../../theme/shared-styles.ts';

/** What the views of an order have in common. */
export const orderViewStyles = [
  sharedStyles,
  css`
    h3 {
      margin: 1.25rem 0 0.375rem;
      font-size: 0.8125rem;
      font-weight: 650;
    }
    table {
      width: 100%;
      border-collapse: collapse;
      font-variant-numeric: tabular-nums;
    }
    th {
      padding: 0.125rem 0.5rem 0.3125rem 0;
      border-bottom: 1px solid var(--line);
      color: var(--quiet);
      font-size: 0.6875rem;
      font-weight: 500;
      text-align: start;
      white-space: nowrap;
    }
    td {
      padding: 0.375rem 0.5rem 0.375rem 0;
      border-bottom: 1px solid var(--line);
      vertical-align: baseline;
    }
    .n {
      text-align: end;
      white-space: nowrap;
    }
    dl {
      display: grid;
      grid-template-columns: max-content minmax(0, 1fr);
      align-content: start;
      gap: 0.1875rem 1rem;
    }
    dt,
    .note {
      color: var(--quiet);
    }
    .problem {
      color: var(--bad);
      font-weight: 500;
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
    .none {
      color: var(--quiet);
    }
    .alert {
      margin-top: 0.75rem;
      padding: 0.5rem 0.75rem;
      border-radius: 0.375rem;
      background: var(--warn-wash);
    }
    .scroll {
      overflow-x: auto;
    }
  `,
];
