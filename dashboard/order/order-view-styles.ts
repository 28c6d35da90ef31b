import { css } from 'lit';

export const orderViewStyles = css`
  :host {
    display: grid;
    gap: 1.5rem;
  }
  .card,
  .hero {
    padding: 1.5rem;
    border: 1px solid var(--line);
    border-radius: 1rem;
    background: var(--surface);
  }
  .hero {
    display: grid;
    gap: 0.5rem;
    padding-block: 1.75rem;
  }
  .number {
    color: var(--quiet);
  }
  h1 {
    font-size: clamp(1.625rem, 5vw, 2.25rem);
    font-weight: 680;
    letter-spacing: -0.03em;
    line-height: 1.15;
    text-wrap: balance;
  }
  .more {
    margin-top: 0.375rem;
    font-size: 1.0625rem;
  }
  h2 {
    margin-bottom: 0.75rem;
    font-size: 0.9375rem;
    font-weight: 650;
  }
  .way {
    display: grid;
    grid-template-columns: repeat(5, minmax(0, 1fr));
    margin-top: 1.25rem;
  }
  .way li {
    position: relative;
    display: grid;
    justify-items: center;
    gap: 0.5rem;
    text-align: center;
    font-size: 0.875rem;
  }
  .way li + li::before {
    content: '';
    position: absolute;
    top: calc(0.875rem - 1px);
    inset-inline: calc(-50% + 1.125rem) calc(50% + 1.125rem);
    height: 2px;
    border-radius: 1px;
    background: var(--accent);
  }
  .way .ahead::before {
    background: var(--line) !important;
  }
  .dot {
    display: grid;
    place-items: center;
    width: 1.75rem;
    height: 1.75rem;
    border-radius: 50%;
    background: var(--accent-fill);
    color: #fff;
    font-size: 1rem;
  }
  .here {
    font-weight: 650;
  }
  .here .dot {
    background: var(--surface);
    border: 2px solid var(--accent);
    box-shadow: 0 0 0 4px var(--accent-wash);
  }
  .here .dot::after {
    content: '';
    width: 0.625rem;
    height: 0.625rem;
    border-radius: 50%;
    background: var(--accent);
  }
  .ahead {
    color: var(--quiet);
  }
  .ahead .dot {
    background: var(--surface);
    border: 2px solid var(--line);
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 19rem;
    gap: 1.5rem;
    align-items: start;
  }
  .main {
    display: grid;
    gap: 1.5rem;
  }
  .card li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    align-items: baseline;
    gap: 0.75rem;
    padding-block: 0.75rem;
  }
  .card li + li {
    border-top: 1px solid var(--line);
  }
  .card li:first-child {
    padding-top: 0;
  }
  .card li:last-child {
    padding-bottom: 0;
  }
  .card li wa-icon {
    align-self: start;
    font-size: 1.375rem;
    color: var(--accent);
  }
  .units {
    min-width: 2rem;
    color: var(--quiet);
  }
  .title {
    font-weight: 550;
    overflow-wrap: anywhere;
  }
  .tracking {
    font-weight: 400;
    user-select: all;
  }
  .state {
    display: grid;
    justify-items: end;
    text-align: end;
    font-size: 0.875rem;
    font-weight: 500;
  }
  .state .quiet {
    font-weight: 400;
  }
  .ready,
  .on-its-way,
  .shipped,
  .delivered,
  .collected {
    color: var(--good);
  }
  .backordered,
  .unavailable {
    color: var(--warn);
  }
  .received,
  .cancelled,
  .returned {
    color: var(--quiet);
  }
  .pickup {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 1rem 2rem;
  }
  .place {
    font-size: 1.125rem;
    font-weight: 600;
  }
  .code {
    margin-top: 0.75rem;
    font-size: 2.25rem;
    font-weight: 700;
    letter-spacing: 0.06em;
    line-height: 1.1;
    user-select: all;
  }
  wa-qr-code {
    width: fit-content;
    padding: 0.75rem;
    border-radius: 0.75rem;
    /* Scanners read dark on light, whatever the page's colours are. */
    color: #000;
    background: #fff;
  }
  .steps li {
    position: relative;
    display: block;
    border: 0 !important;
    padding: 0 0 1.125rem 1.375rem;
  }
  .steps li::before {
    content: '';
    position: absolute;
    inset-inline-start: 0;
    top: 0.4375rem;
    width: 0.5625rem;
    height: 0.5625rem;
    border-radius: 50%;
    background: var(--line-strong);
  }
  .steps li:first-child::before {
    background: var(--accent);
  }
  .steps li:not(:last-child)::after {
    content: '';
    position: absolute;
    inset-inline-start: 0.25rem;
    top: 1.25rem;
    bottom: -0.25rem;
    width: 1px;
    background: var(--line);
  }
  .steps li:first-child {
    font-weight: 550;
  }
  .steps .quiet {
    font-size: 0.875rem;
    font-weight: 400;
  }
  @media (max-width: 52rem) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    :host,
    .main,
    .columns {
      gap: 1rem;
    }
    .card,
    .hero {
      padding: 1.25rem 1rem;
    }
    .pickup {
      grid-template-columns: minmax(0, 1fr);
    }
    .way li {
      font-size: 0.75rem;
    }
  }
`;
