import { css } from 'lit';

export const workDetailStyles = css`
  :host {
    display: grid;
    grid-template-rows: minmax(0, 1fr) auto;
    min-height: 0;
    min-width: 0;
  }
  article {
    display: grid;
    align-content: start;
    gap: 1rem;
    padding: 1rem 1.25rem 1.5rem;
    overflow-y: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--line-strong) transparent;
  }
  .none {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 0.5rem;
    padding: 2rem;
    color: var(--quiet);
    font-size: 1.0625rem;
    text-align: center;
  }
  .none wa-icon {
    font-size: 3rem;
    opacity: 0.5;
  }
  .head {
    display: flex;
    align-items: flex-start;
    gap: 0.75rem;
  }
  .head > div:nth-child(2) {
    flex: 1;
    min-width: 0;
  }
  .back {
    display: none;
    margin-inline-start: -0.75rem;
  }
  h2 {
    font-size: 1.75rem;
    font-weight: 650;
    letter-spacing: -0.025em;
    line-height: 1.2;
    overflow-wrap: anywhere;
  }
  h2:focus {
    outline: none;
  }
  .method {
    color: var(--quiet);
  }
  .marks {
    display: grid;
    justify-items: end;
    gap: 0.25rem;
    text-align: end;
  }
  .state {
    padding: 0.25rem 0.75rem;
    border-radius: 1rem;
    background: var(--accent-wash);
    color: var(--accent);
    font-size: 0.875rem;
    font-weight: 600;
    white-space: nowrap;
  }
  .due {
    font-size: 0.9375rem;
    color: var(--quiet);
    white-space: nowrap;
  }
  .late {
    color: var(--bad);
    font-weight: 600;
  }
  .soon {
    color: var(--warn);
    font-weight: 600;
  }
  .whom {
    margin-top: -0.5rem;
    overflow-wrap: anywhere;
  }
  .over {
    padding: 0.875rem 1rem;
    border-radius: 0.75rem;
    background: var(--warn-wash);
    color: var(--warn);
    font-weight: 500;
  }
  footer {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    padding: 0.875rem 1.25rem;
    border-top: 1px solid var(--line);
    background: var(--surface);
  }
  footer wa-button::part(base),
  .next::part(base) {
    min-height: 3.5rem;
  }
  footer wa-icon,
  .back wa-icon {
    font-size: 1.375rem;
  }
  .next::part(base) {
    min-width: 11rem;
  }
  .left {
    flex: 1;
  }
  @media (max-width: 56rem) {
    .back {
      display: inline-flex;
    }
  }
  @media (max-width: 40rem) {
    footer {
      flex-wrap: wrap;
      padding-inline: 0.75rem;
    }
    .next {
      flex: 1;
    }
  }
  @media print {
    footer,
    .back,
    .marks {
      display: none;
    }
    article {
      overflow: visible;
      padding: 0;
    }
  }
`;
