import { css } from 'lit';

export const explainStyles = css`
  .sums {
    display: grid;
    gap: 0.5rem;
  }
  .sum {
    font-variant-numeric: tabular-nums;
  }
  details {
    border-top: 1px solid var(--line);
    padding-block: 0.5rem;
  }
  summary {
    cursor: pointer;
    font-variant-numeric: tabular-nums;
  }
  .term {
    display: grid;
    grid-template-columns: 9rem minmax(0, 1fr);
    gap: 0.125rem 1rem;
    margin: 0.5rem 0 0 1rem;
  }
  .term ul {
    display: grid;
    gap: 0.125rem;
  }
  @media (max-width: 44rem) {
    .term {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
