import { css } from 'lit';

export const networkPanelStyles = css`
  .split {
    flex: 1;
    display: grid;
    grid-template-columns: minmax(0, 1fr) 15rem;
    min-height: 0;
    border-top: 1px solid var(--line);
  }
  .side {
    display: flex;
    flex-direction: column;
    min-height: 0;
    border-inline-start: 1px solid var(--line);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 0.125rem 0.75rem;
  }
  li button {
    display: flex;
    justify-content: space-between;
    gap: 0.5rem;
    width: 100%;
    padding: 0.28rem 0.75rem;
    border: 0;
    background: none;
    text-align: start;
    cursor: default;
  }
  li button span:first-child {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  li button:hover,
  li button[aria-pressed='true'] {
    background: var(--accent-wash);
  }
  li button:focus-visible {
    outline-offset: -2px;
  }
  .dc {
    font-weight: 600;
  }
  .detail {
    min-height: 6.75rem;
    padding: 0.5rem 0.75rem 0.625rem;
    border-top: 1px solid var(--line);
    font-variant-numeric: tabular-nums;
  }
  .detail h3 {
    font-size: 0.8125rem;
    font-weight: 600;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .detail dl {
    display: grid;
    grid-template-columns: auto 1fr auto 1fr;
    gap: 0 0.5rem;
    margin-top: 0.125rem;
  }
  .detail dt {
    color: var(--quiet);
  }
  .detail dd {
    text-align: end;
  }
  .wide {
    grid-column: span 3;
  }
  @media (max-width: 44rem) {
    .split {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr) minmax(0, 1fr);
    }
    .side {
      border-inline-start: 0;
      border-top: 1px solid var(--line);
    }
  }
`;
