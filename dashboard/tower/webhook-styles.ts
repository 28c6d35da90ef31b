import { css } from 'lit';

/** Of the webhook dialog and its log: tables within a dialog, each scrolling by itself. */
export const webhookStyles = css`
  :host {
    display: block;
    border: 0;
    background: none;
    overflow: visible;
  }
  wa-dialog {
    --width: 62rem;
  }
  .scroll {
    position: relative;
    max-height: 18rem;
    overflow: auto;
  }
  .tools {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 0.75rem;
    padding: 0.375rem 0;
  }
  /* Not a header: that is the page's banner. */
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    flex-wrap: wrap;
    padding-inline-start: 0.875rem;
  }
  .small {
    font-size: 0.75rem;
  }
  .cut {
    min-width: 12rem;
  }
  .said {
    min-height: 1.5em;
    margin: 0.5rem 0.875rem;
    font-weight: 500;
  }
  .link[aria-pressed='true'] {
    font-weight: 650;
  }
`;
