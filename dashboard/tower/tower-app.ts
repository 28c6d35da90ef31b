import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { Follow } from '../store/follow.ts';
import { resume, session } from './session.ts';
import './sign-in.ts';
import './tower-desk.ts';

/** Signed out: the form. Signed in: the desk. */
export class TowerApp extends LitElement {
  constructor() {
    super();
    new Follow(this, session);
    resume();
  }

  protected override render(): TemplateResult {
    const now = session.value;
    switch (now.phase) {
      case 'signed-out':
        return this.#signIn({ message: now.message ?? '' });
      case 'checking':
        return this.#signIn({ checking: true, trouble: now.tower.link.value.state === 'waiting' });
      case 'signed-in':
        return html`<tower-desk .tower=${now.tower}></tower-desk>`;
      default:
        return now satisfies never;
    }
  }

  /** One template, so the form stays the same element, with the key in it, while the key is checked. */
  #signIn({ message = '', checking = false, trouble = false }): TemplateResult {
    return html`<sign-in .message=${message} ?checking=${checking} ?trouble=${trouble}></sign-in>`;
  }
}

customElements.define('tower-app', TowerApp);
