import { css } from 'lit';

export const shipFormStyles = css`
  form {
    display: grid;
    gap: 1rem;
    padding: 1rem;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: var(--surface);
  }
  fieldset {
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0 0 0.25rem;
    font-weight: 600;
  }
  wa-input {
    flex: 1;
    --wa-form-control-height: 3.25rem;
  }
  .used {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    margin-top: 0.5rem;
  }
  .used:empty {
    display: none;
  }
  .row {
    display: flex;
    align-items: end;
    gap: 0.5rem;
  }
  button {
    min-height: 3rem;
    padding-inline: 1rem;
    border: 1px solid var(--line-strong);
    border-radius: 0.75rem;
    background: var(--surface);
    cursor: pointer;
  }
  .used button[aria-pressed='true'] {
    border-color: var(--accent);
    box-shadow: inset 0 0 0 1px var(--accent);
    background: var(--accent-wash);
    font-weight: 600;
  }
  li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto 2.5rem auto;
    align-items: center;
    gap: 0.5rem;
    min-height: 3.5rem;
  }
  li + li {
    border-top: 1px solid var(--line);
  }
  .step {
    padding-inline: 0;
    width: 3rem;
    font-size: 1.25rem;
  }
  .step:disabled {
    opacity: 0.35;
    cursor: default;
  }
  .count {
    grid-column: 3;
    text-align: center;
    font-size: 1.125rem;
    font-weight: 600;
  }
  .step + .count {
    grid-column: auto;
  }
  .end {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem;
  }
  wa-button::part(base) {
    min-height: 3.25rem;
  }
  .fault {
    flex: 1;
    text-align: end;
    color: var(--bad);
    font-weight: 500;
  }
  @media print {
    form {
      display: none;
    }
  }
`;
