import { css } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';

/** The look of a panel: the element is the panel, its body scrolls. */
export const panelStyles = [
  sharedStyles,
  css`
    :host {
      display: flex;
      flex-direction: column;
      min-width: 0;
      min-height: 0;
      border: 1px solid var(--line);
      border-radius: var(--radius);
      background: var(--surface);
      overflow: hidden;
    }
    header {
      display: flex;
      align-items: baseline;
      justify-content: space-between;
      gap: 0.75rem;
      padding: 0.625rem 0.875rem 0.5rem;
    }
    h2 {
      font-size: 0.8125rem;
      font-weight: 650;
      white-space: nowrap;
    }
    header p {
      color: var(--quiet);
      font-size: 0.75rem;
      text-align: end;
      font-variant-numeric: tabular-nums;
      min-width: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .body {
      /* What only screen readers see is placed absolutely: without this it would scroll with the page, and stretch it. */
      position: relative;
      flex: 1;
      min-height: 0;
      overflow: auto;
      scrollbar-width: thin;
      scrollbar-color: var(--line-strong) transparent;
    }
    .body:focus-visible {
      outline-offset: -2px;
    }
    .empty {
      padding: 1.25rem 0.875rem;
      color: var(--quiet);
    }
    table {
      width: 100%;
      border-collapse: collapse;
      font-variant-numeric: tabular-nums;
    }
    th {
      position: sticky;
      top: 0;
      z-index: 1;
      background: var(--surface);
      font-weight: 500;
      font-size: 0.6875rem;
      color: var(--quiet);
      text-align: start;
      padding: 0.125rem 0.5rem 0.3125rem;
      border-bottom: 1px solid var(--line);
      white-space: nowrap;
    }
    td {
      padding: 0.3125rem 0.5rem;
      border-bottom: 1px solid var(--line);
      vertical-align: baseline;
    }
    th:first-child,
    td:first-child {
      padding-inline-start: 0.875rem;
    }
    th:last-child,
    td:last-child {
      padding-inline-end: 0.875rem;
    }
    tr:last-child td {
      border-bottom: 0;
    }
    .n {
      text-align: end;
      white-space: nowrap;
    }
    .cut {
      max-width: 0;
      width: 100%;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .link {
      display: block;
      width: 100%;
      padding: 0;
      border: 0;
      background: none;
      text-align: start;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
      cursor: pointer;
    }
    .link:hover {
      color: var(--accent);
      text-decoration: underline;
      text-underline-offset: 0.15em;
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
    .mark {
      display: inline-flex;
      align-items: baseline;
      gap: 0.375rem;
      white-space: nowrap;
    }
    .mark::before {
      content: '';
      width: 0.5rem;
      height: 0.5rem;
      border-radius: 50%;
      background: currentColor;
      flex: none;
    }
    .mark.none::before,
    .mark.bad::before {
      background: none;
      box-shadow: inset 0 0 0 2px currentColor;
    }
  `,
];
