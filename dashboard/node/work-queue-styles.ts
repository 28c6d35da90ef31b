import { css } from 'lit';

export const workQueueStyles = css`
  :host {
    display: block;
    min-height: 0;
    overflow-y: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--line-strong) transparent;
  }
  nav {
    padding-block-end: 1rem;
  }
  h2 {
    position: sticky;
    top: 0;
    z-index: 1;
    padding: 0.75rem 1rem 0.375rem;
    background: var(--bg);
    font-size: 0.8125rem;
    font-weight: 600;
    color: var(--quiet);
  }
  h2 span {
    font-weight: 400;
  }
  ul {
    display: grid;
    gap: 0.5rem;
    padding-inline: 1rem;
  }
  .card {
    display: grid;
    grid-template-columns: 1.5rem minmax(0, 1fr);
    align-items: center;
    gap: 0.125rem 0.75rem;
    width: 100%;
    min-height: 4.25rem;
    padding: 0.625rem 0.875rem;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: var(--surface);
    text-align: start;
    cursor: pointer;
  }
  .card[aria-current] {
    border-color: var(--accent);
    background: var(--accent-wash);
    box-shadow: inset 0 0 0 1px var(--accent);
  }
  wa-icon {
    font-size: 1.375rem;
    color: var(--quiet);
    grid-row: span 2;
  }
  .row {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 0.75rem;
    min-width: 0;
  }
  .number,
  .about {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .number {
    font-size: 1.0625rem;
    font-weight: 600;
  }
  .about {
    font-size: 0.875rem;
    color: var(--quiet);
  }
  .due,
  .tag {
    flex: none;
    font-size: 0.8125rem;
    color: var(--quiet);
  }
  .tag {
    color: var(--warn);
    font-weight: 500;
  }
  .soon {
    color: var(--warn);
    font-weight: 600;
  }
  .late {
    color: var(--bad);
    font-weight: 600;
  }
  .more {
    padding: 0.5rem 1rem;
    font-size: 0.875rem;
    color: var(--quiet);
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 0.25rem;
    padding: 4rem 1.5rem;
    text-align: center;
    font-size: 1.125rem;
    font-weight: 550;
  }
  .empty wa-icon {
    font-size: 2.5rem;
    color: var(--good);
    margin-bottom: 0.5rem;
  }
  .empty .quiet {
    font-size: 0.9375rem;
    font-weight: 400;
  }
`;
