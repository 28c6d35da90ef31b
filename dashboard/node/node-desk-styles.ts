import { css } from 'lit';

export const nodeDeskStyles = css`
  :host {
    display: grid;
    grid-template-rows: auto auto auto minmax(0, 1fr);
    height: 100dvh;
  }
  header {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 1rem;
    min-height: 4rem;
    padding: 0.5rem 1rem;
    background: var(--surface);
    border-bottom: 1px solid var(--line);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-width: 0;
  }
  h1 {
    font-size: 1.125rem;
    font-weight: 650;
    letter-spacing: -0.015em;
    line-height: 1.2;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .brand p {
    font-size: 0.8125rem;
    color: var(--quiet);
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    flex: none;
  }
  .tools wa-button::part(base) {
    min-width: 2.75rem;
    min-height: 2.75rem;
  }
  .tools wa-icon {
    font-size: 1.25rem;
  }
  .link {
    display: inline-flex;
    align-items: center;
    gap: 0.5rem;
    margin-inline-end: 0.5rem;
    font-size: 0.875rem;
    font-weight: 500;
    color: var(--good);
    white-space: nowrap;
  }
  .link::before {
    content: '';
    width: 0.625rem;
    height: 0.625rem;
    border-radius: 50%;
    background: currentColor;
  }
  .link.lost {
    color: var(--warn);
  }
  .link.lost::before {
    background: none;
    box-shadow: inset 0 0 0 2px currentColor;
  }
  .notes p {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 1rem;
    padding: 0.5rem 1rem;
    min-height: 3rem;
    border-bottom: 1px solid var(--line);
    background: var(--warn-wash);
    color: var(--warn);
    font-weight: 500;
  }
  main {
    display: grid;
    grid-template-columns: minmax(19rem, 23rem) minmax(0, 1fr);
    min-height: 0;
  }
  work-queue {
    border-inline-end: 1px solid var(--line);
  }
  .said {
    position: fixed;
    inset: auto 0 6.5rem;
    display: grid;
    justify-items: center;
    pointer-events: none;
    z-index: 2;
  }
  .said p {
    padding: 0.75rem 1.25rem;
    border-radius: 2rem;
    background: var(--text);
    color: var(--bg);
    font-size: 1.125rem;
    font-weight: 550;
    box-shadow: 0 0.25rem 1rem rgb(0 0 0 / 25%);
    max-width: calc(100vw - 2rem);
  }
  .said .bad {
    background: var(--bad);
  }
  @media (min-width: 56.0625rem) {
    .said {
      inset-inline-start: 23rem;
    }
  }
  @media (max-width: 56rem) {
    main {
      grid-template-columns: minmax(0, 1fr);
    }
    main.one work-queue,
    main.none work-detail {
      display: none;
    }
    work-queue {
      border: 0;
    }
  }
  @media (max-width: 30rem) {
    .brand p,
    .link span {
      display: none;
    }
  }
  @media print {
    :host,
    main {
      display: block;
      height: auto;
    }
    header,
    .notes,
    .said,
    said-list,
    stage-tiles,
    work-queue {
      display: none !important;
    }
  }
`;
