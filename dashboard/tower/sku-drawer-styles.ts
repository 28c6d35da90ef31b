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
    margin-bottom: 0.25rem;
  }
  wa-tab-group {
    --indicator-color: var(--accent);
    --track-color: var(--line);
  }
  wa-tab-panel {
    --padding: 0.875rem 0 0;
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
