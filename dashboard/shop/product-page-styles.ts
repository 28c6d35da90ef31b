import { css } from 'lit';

export const productPageStyles = css`
  :host {
    display: block;
  }
  nav {
    display: flex;
    gap: 0.5rem;
    margin-bottom: 1rem;
    font-size: 0.875rem;
  }
  .product {
    display: grid;
    grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
    gap: 2rem 3rem;
    align-items: start;
  }
  .picture {
    position: sticky;
    top: 1rem;
    border-radius: 1rem;
  }
  wa-skeleton.picture {
    height: 24rem;
  }
  wa-skeleton.text {
    height: 16rem;
  }
  wa-callout p {
    margin-bottom: 0.625rem;
  }
  .department {
    color: var(--quiet);
    margin-bottom: 0.25rem;
  }
  h1 {
    font-size: clamp(1.5rem, 1.1rem + 1.6vw, 2.125rem);
    line-height: 1.15;
    letter-spacing: -0.02em;
    font-weight: 650;
    text-wrap: balance;
  }
  .price {
    margin-top: 0.75rem;
    font-size: 1.5rem;
    font-weight: 550;
    font-variant-numeric: tabular-nums;
  }
  .stock {
    margin: 1.25rem 0;
    padding: 1.125rem 1.25rem;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: var(--surface);
  }
  onhand-stock::part(headline) {
    font-size: 1.1875rem;
  }
  .choose {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.625rem;
    margin-top: 0.875rem;
    padding-top: 0.875rem;
    border-top: 1px solid var(--line);
  }
  @media (max-width: 48rem) {
    .product {
      grid-template-columns: minmax(0, 1fr);
      gap: 1.25rem;
    }
    .picture {
      position: static;
      aspect-ratio: 16 / 9;
    }
  }
`;
