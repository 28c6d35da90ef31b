import { css } from 'lit';

/** Colours follow the page's `color-scheme`; every one can be set from outside. Text colours pass 4.5:1 on white and #14171a. */
export const onhandStockStyles = css`
  :host {
    --_in: var(--onhand-in-stock, light-dark(#0b6b3a, #5fd39a));
    --_low: var(--onhand-low-stock, light-dark(#8a4b00, #f2b45c));
    --_out: var(--onhand-out-of-stock, light-dark(#a3262a, #ff9a94));
    --_quiet: var(--onhand-quiet, light-dark(#565d64, #a6adb5));
    --_line: var(--onhand-line, light-dark(#e3e6e8, #2c3238));
    --_flash: var(--onhand-flash, light-dark(#fff0b8, #4a3f12));
    display: block;
    font-variant-numeric: tabular-nums;
    line-height: 1.4;
    text-align: start;
  }
  :host([hidden]) {
    display: none;
  }
  .headline {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    column-gap: 0.75em;
    min-height: 1.4em;
    margin: 0;
  }
  .band {
    display: inline-flex;
    align-items: baseline;
    gap: 0.45em;
    font-weight: 600;
    color: var(--_quiet);
  }
  .dot {
    width: 0.6em;
    height: 0.6em;
    border-radius: 50%;
    background: currentColor;
    flex: none;
  }
  .low-stock .dot,
  .back-order .dot,
  .pre-order .dot {
    background: linear-gradient(to top, currentColor 50%, transparent 50%);
    box-shadow: inset 0 0 0 0.1em currentColor;
  }
  .out-of-stock .dot,
  .kept .dot,
  .none .dot {
    background: none;
    box-shadow: inset 0 0 0 0.12em currentColor;
  }
  .in-stock {
    color: var(--_in);
  }
  .low-stock,
  .back-order,
  .pre-order {
    color: var(--_low);
  }
  .out-of-stock {
    color: var(--_out);
  }
  .units {
    border-radius: 0.25em;
    padding-inline: 0.15em;
    margin-inline: -0.15em;
  }
  .note {
    margin: 0.15em 0 0;
    min-height: 1.4em;
    font-size: 0.8125em;
    color: var(--_quiet);
  }
  .spin {
    display: inline-block;
    width: 0.65em;
    height: 0.65em;
    margin-inline-end: 0.4em;
    border: 0.14em solid currentColor;
    border-inline-end-color: transparent;
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  .title {
    margin: 1.25em 0 0.35em;
    font-size: 0.8125em;
    font-weight: 600;
  }
  .stores {
    list-style: none;
    margin: 0;
    padding: 0;
    border-top: 1px solid var(--_line);
    font-size: 0.875em;
  }
  .stores li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 4.5em 9.5em;
    gap: 0.75em;
    align-items: baseline;
    padding: 0.5em 0;
    min-height: 1.4em;
  }
  .stores li + li {
    border-top: 1px solid var(--_line);
  }
  .distance {
    color: var(--_quiet);
    text-align: end;
  }
  .store-name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bone {
    display: inline-block;
    height: 0.7em;
    border-radius: 0.2em;
    background: var(--_line);
  }
  :host([compact]) .note,
  :host([compact]) .title,
  :host([compact]) .stores,
  :host([compact]) .said {
    display: none;
  }
  :host([compact]) .kept .band::after {
    content: '(last known)';
    font-weight: 400;
    font-size: 0.85em;
  }
  .said {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spin {
      animation: none;
    }
  }
  @media (max-width: 30em) {
    .stores li {
      grid-template-columns: minmax(0, 1fr) auto;
      row-gap: 0;
    }
    .stores .band {
      grid-column: 1 / -1;
    }
  }
`;
