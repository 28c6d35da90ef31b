import { css } from 'lit';

export const skuDrawerStyles = css`
  wa-drawer {
    --size: min(57rem, 100vw);
    --spacing: 1.25rem;
  }
  wa-drawer::part(title) {
    font-size: 1.0625rem;
    font-weight: 650;
  }
  wa-drawer::part(body) {
    padding-top: 0;
  }
  .about {
    color: var(--quiet);
    font-variant-numeric: tabular-nums;
    margin-bottom: 0.875rem;
  }
  .channels {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr));
    gap: 0.75rem;
  }
  .channel {
    padding: 0.625rem 0.75rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    font-variant-numeric: tabular-nums;
  }
  .name {
    display: flex;
    align-items: center;
    gap: 0.5rem;
    color: var(--quiet);
  }
  .name i {
    width: 0.875rem;
    border-top: 2px solid;
  }
  .name .dashed {
    border-top-style: dashed;
  }
  .ats {
    font-size: 1.375rem;
    line-height: 1.3;
    font-weight: 600;
    letter-spacing: -0.02em;
  }
  .ats span {
    font-size: 0.75rem;
    font-weight: 400;
    letter-spacing: 0;
    color: var(--quiet);
  }
  .band {
    font-weight: 550;
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
  live-chart {
    height: 10rem;
    margin-top: 0.875rem;
  }
  h3 {
    margin: 1.25rem 0 0.375rem;
    font-size: 0.8125rem;
    font-weight: 650;
  }
  .inbound li {
    padding: 0.25rem 0;
  }
  .problem {
    color: var(--bad);
    font-weight: 500;
  }
`;
