import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/icon/icon.js';
import { LitElement, css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { chooseColorMode, colorMode, nextColorMode } from './color-mode.ts';
import type { ColorMode } from './color-mode.ts';

const LOOKS: Readonly<Record<ColorMode, { readonly icon: string; readonly words: string }>> = {
  auto: { icon: 'auto', words: 'Colours: as the system' },
  light: { icon: 'sun', words: 'Colours: light' },
  dark: { icon: 'moon', words: 'Colours: dark' },
};

/** One button that goes round system, light and dark. */
export class ColorModeToggle extends LitElement {
  static override styles = css`
    :host {
      display: inline-flex;
    }
  `;
  static override properties = { mode: { state: true } };
  declare private mode: ColorMode;

  constructor() {
    super();
    this.mode = colorMode();
  }

  protected override render(): TemplateResult {
    const { icon, words } = LOOKS[this.mode];
    return html`<wa-button appearance="plain" size="s" title=${words} @click=${() => this.#next()}>
      <wa-icon name=${icon} label=${words}></wa-icon>
    </wa-button>`;
  }

  #next(): void {
    this.mode = nextColorMode(this.mode);
    chooseColorMode(this.mode);
  }
}

customElements.define('color-mode-toggle', ColorModeToggle);
