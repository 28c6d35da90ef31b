import { css } from 'lit';

export const workLinesStyles = css`
  ul {
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: var(--surface);
    overflow: hidden;
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    align-items: center;
    gap: 0.5rem 1rem;
    min-height: 4.5rem;
    padding: 0.625rem 1rem;
  }
  li + li {
    border-top: 1px solid var(--line);
  }
  li.whole {
    background: var(--good-wash);
  }
  li.short {
    background: var(--warn-wash);
  }
  .name {
    min-width: 0;
  }
  .title {
    display: block;
    font-size: 1.0625rem;
    font-weight: 550;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  .sku {
    font-size: 0.875rem;
    color: var(--quiet);
    overflow-wrap: anywhere;
  }
  .why {
    color: var(--warn);
    font-weight: 500;
    font-size: 0.9375rem;
  }
  .whole .why {
    color: var(--good);
    font-size: 1.75rem;
    line-height: 1;
  }
  .count {
    grid-column: 3;
    justify-self: end;
    font-size: 1.375rem;
    font-weight: 650;
    white-space: nowrap;
  }
  .of {
    font-weight: 400;
    color: var(--quiet);
  }
  .stepper {
    display: grid;
    grid-template-columns: 3.25rem minmax(4.5rem, auto) 3.25rem;
    align-items: center;
  }
  .stepper .count {
    grid-column: auto;
    justify-self: center;
  }
  button {
    min-height: 3.25rem;
    border: 1px solid var(--line-strong);
    border-radius: 0.75rem;
    background: var(--surface);
    cursor: pointer;
  }
  .step {
    display: grid;
    place-items: center;
    font-size: 1.375rem;
  }
  .step:disabled {
    opacity: 0.35;
    cursor: default;
  }
  .missing {
    padding-inline: 0.875rem;
    border-color: transparent;
    background: none;
    color: var(--quiet);
    font-weight: 500;
  }
  .short .missing {
    color: var(--warn);
    border-color: currentColor;
    background: var(--surface);
  }
  .reasons {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 0.5rem;
    padding-block: 0.25rem 0.375rem;
  }
  .reasons span {
    flex-basis: 100%;
    text-align: end;
    color: var(--quiet);
  }
  .reasons button {
    padding-inline: 1rem;
  }
  .reasons button[aria-pressed='true'] {
    border-color: var(--warn);
    box-shadow: inset 0 0 0 1px var(--warn);
    color: var(--warn);
    font-weight: 600;
  }
  @media (max-width: 40rem) {
    li {
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .name {
      grid-column: 1 / -1;
    }
    .why {
      grid-column: 1;
    }
    .count {
      grid-column: 2;
    }
  }
  @media print {
    li,
    li.whole,
    li.short {
      background: none;
      break-inside: avoid;
      min-height: 3rem;
    }
    .stepper button,
    .why,
    .reasons {
      display: none;
    }
    .paper {
      display: inline-block;
      width: 1rem;
      height: 1rem;
      margin-inline-start: 0.75rem;
      border: 1.5px solid #000;
      vertical-align: -0.125rem;
    }
  }
`;
