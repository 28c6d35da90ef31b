import { css } from 'lit';

export const towerDeskStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 100dvh;
  }
  header {
    display: grid;
    grid-template-columns: 1fr minmax(14rem, 30rem) 1fr;
    align-items: center;
    gap: 1rem;
    padding: 0.5rem 1rem;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.625rem;
  }
  h1 {
    font-size: 0.9375rem;
    font-weight: 650;
    letter-spacing: -0.01em;
    white-space: nowrap;
  }
  .tools {
    display: flex;
    justify-content: flex-end;
    align-items: center;
    gap: 0.5rem;
  }
  .shop {
    margin-inline-end: 0.25rem;
  }
  nav {
    display: flex;
    gap: 0.25rem;
    margin-inline-start: 0.5rem;
  }
  nav a {
    padding: 0.1875rem 0.625rem;
    border-radius: 1rem;
    color: var(--quiet);
    text-decoration: none;
  }
  nav a:hover {
    color: var(--text);
  }
  nav a[aria-current] {
    background: var(--accent-wash);
    color: var(--accent);
    font-weight: 600;
  }
  main.orders {
    flex: 1;
    display: flex;
  }
  main.stock {
    flex: 1;
    display: grid;
    grid-template-columns: repeat(12, minmax(0, 1fr));
    grid-template-rows: auto minmax(23rem, 1.35fr) minmax(17rem, 1fr);
    gap: 0.75rem;
    padding: 0.75rem 1rem 1rem;
  }
  key-figures {
    grid-column: 1 / -1;
  }
  network-panel {
    grid-column: span 6;
  }
  source-panel,
  traffic-panel,
  mover-panel,
  hold-panel,
  letter-panel {
    grid-column: span 3;
  }
  @media (min-width: 72.0625rem) and (min-height: 46rem) {
    :host {
      height: 100dvh;
    }
    main.stock,
    main.orders {
      min-height: 0;
    }
  }
  @media (max-width: 72rem) {
    main.stock {
      grid-template-rows: none;
      grid-auto-rows: auto;
    }
    network-panel {
      grid-column: 1 / -1;
      height: 26rem;
    }
    source-panel,
    traffic-panel,
    mover-panel,
    hold-panel,
    letter-panel {
      grid-column: span 6;
      height: 21rem;
    }
  }
  @media (max-width: 44rem) {
    header {
      grid-template-columns: minmax(0, 1fr) auto;
      padding-inline: 0.75rem;
    }
    .brand {
      overflow: hidden;
    }
    sku-search {
      grid-column: 1 / -1;
      grid-row: 2;
    }
    main.stock {
      grid-template-columns: minmax(0, 1fr);
      padding-inline: 0.75rem;
    }
    main.stock > * {
      grid-column: 1 / -1 !important;
    }
    network-panel {
      height: 34rem;
    }
    source-panel,
    mover-panel,
    hold-panel,
    letter-panel {
      height: auto;
      max-height: 22rem;
    }
  }
`;
