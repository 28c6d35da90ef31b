import '@awesome.me/webawesome/dist/components/details/details.js';
import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { sharedStyles } from '../theme/shared-styles.ts';
import { saleChannel } from './catalog.ts';

/** How the page's number is read, watched and reserved from a program. The page itself has no key, so it reserves nothing. */
export class DeveloperBox extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      h2 {
        margin: 1rem 0 0.375rem;
        font-size: 0.875rem;
        font-weight: 600;
      }
      h2:first-child {
        margin-top: 0;
      }
      pre {
        margin: 0;
        padding: 0.75rem 0.875rem;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        border-radius: var(--radius);
        background: var(--sunken);
        font:
          0.8125rem/1.5 ui-monospace,
          'SF Mono',
          Menlo,
          Consolas,
          monospace;
      }
      p {
        margin-top: 0.5rem;
        font-size: 0.875rem;
        color: var(--quiet);
      }
    `,
  ];
  static override properties = { sku: {}, pickup: {}, channel: { state: true } };
  declare sku: string;
  declare pickup: string;
  declare private channel: string;

  constructor() {
    super();
    this.sku = this.pickup = this.channel = '';
  }

  protected override render(): TemplateResult {
    const at = location.origin;
    const body = {
      channel: this.channel || 'CHANNEL',
      lines: [{ sku: this.sku, units: 1, node: this.pickup || 'STORE' }],
      holdMs: 900_000,
    };
    return html`<wa-details summary="For developers" @wa-show=${() => void this.#load()}>
      <h2>Put this on any page</h2>
      <pre>
&lt;script type="module" src="${at}/onhand.js"&gt;&lt;/script&gt;
&lt;onhand-stock sku="${this.sku}"&gt;&lt;/onhand-stock&gt;</pre>
      <h2>Read it</h2>
      <pre>curl '${at}/v1/stock/${encodeURIComponent(this.sku)}'</pre>
      <h2>Reserve one for 15 minutes</h2>
      <pre>
curl -X POST '${at}/v1/reservations' \\
  -H "Authorization: Bearer $ONHAND_KEY" \\
  -H 'Idempotency-Key: cart-4711' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(body)}'</pre>
      <p>
        Reserving needs a staff key, which was printed when the server first started; a public page has none. The number
        above drops the moment the answer is durable, here and on every other screen.
      </p>
    </wa-details>`;
  }

  async #load(): Promise<void> {
    if (this.channel === '') this.channel = (await saleChannel(this.sku)) ?? '';
  }
}

customElements.define('developer-box', DeveloperBox);
