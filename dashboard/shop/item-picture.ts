import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { itemArt } from './item-art.ts';

/** The drawing that stands for an item's photograph. Decoration: the name stands beside it. */
export class ItemPicture extends LitElement {
  static override styles = css`
    :host {
      display: grid;
      place-items: center;
      aspect-ratio: 4 / 3;
      border-radius: var(--radius);
      background: light-dark(hsl(var(--hue) 45% 93%), hsl(var(--hue) 22% 16%));
      color: light-dark(hsl(var(--hue) 45% 32%), hsl(var(--hue) 40% 72%));
    }
    svg {
      width: 46%;
      max-width: 9rem;
      fill: none;
      stroke: currentColor;
      stroke-width: 3.2;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
  `;
  static override properties = { name: {}, department: {} };
  declare name: string;
  declare department: string;

  constructor() {
    super();
    this.name = this.department = '';
  }

  protected override render(): TemplateResult {
    const { hue, drawing } = itemArt(this.name, this.department);
    this.style.setProperty('--hue', String(hue));
    return html`<svg viewBox="0 0 100 100" aria-hidden="true">${drawing}</svg>`;
  }
}

customElements.define('item-picture', ItemPicture);
