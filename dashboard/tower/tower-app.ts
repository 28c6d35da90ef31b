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
        return html`<sign-in .message=${now.message ?? ''}></sign-in>`;
      case 'checking':
        return html`<sign-in checking ?trouble=${now.tower.link.value.state === 'waiting'}></sign-in>`;
      case 'signed-in':
        return html`<tower-desk .tower=${now.tower}></tower-desk>`;
      default:
        return now satisfies never;
    }
  }
}

customElements.define('tower-app', TowerApp);
