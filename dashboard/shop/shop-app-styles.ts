import { css } from 'lit';

export const shopAppStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto 1fr auto;
    min-height: 100dvh;
  }
  header {
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .bar,
  main,
  footer {
    width: 100%;
    max-width: 76rem;
    margin-inline: auto;
    padding-inline: 1.5rem;
  }
  .bar {
    display: grid;
    grid-template-columns: auto minmax(10rem, 30rem) auto;
    justify-content: space-between;
    align-items: center;
    gap: 1.5rem;
    padding-block: 0.75rem;
  }
  .brand {
    display: inline-flex;
    align-items: center;
    gap: 0.625rem;
    color: inherit;
    text-decoration: none;
  }
  .name {
    font-size: 1.125rem;
    font-weight: 700;
    letter-spacing: -0.02em;
    white-space: nowrap;
  }
  .market {
    font-weight: 400;
    color: var(--quiet);
  }
  .tools {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    min-width: 0;
  }
  .tools wa-button {
    max-width: 17rem;
  }
  .store {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  wa-input::part(form-control-label) {
    position: absolute;
    clip-path: inset(50%);
  }
  wa-button::part(label) {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  main {
    padding-block: 1.75rem 3rem;
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0.5rem 1.5rem;
    padding-block: 1.25rem;
    border-top: 1px solid var(--line);
    font-size: 0.8125rem;
    color: var(--quiet);
  }
  @media (max-width: 48rem) {
    .bar {
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0.625rem;
      padding-inline: 1rem;
    }
    form {
      grid-column: 1 / -1;
      grid-row: 2;
    }
    main,
    footer {
      padding-inline: 1rem;
    }
    main {
      padding-block: 1.25rem 2rem;
    }
    .tools wa-button {
      max-width: 8.75rem;
    }
    .market,
    .tools wa-icon {
      display: none;
    }
  }
`;
