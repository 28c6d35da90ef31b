import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { Follow } from '../store/follow.ts';
import '../theme/key-form.ts';
import { resume, session, signIn, signOut } from './session.ts';
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
    return html`<key-form
      heading="Onhand control tower"
      hint="The server prints the key once, at its first start; the demo prints it at every start. It stays in this tab and is forgotten when you close it."
      .message=${message}
      ?checking=${checking}
      ?trouble=${trouble}
      @key-given=${(event: CustomEvent<string>) => signIn(event.detail)}
      @key-dropped=${() => signOut()}
    ></key-form>`;
  }
}

customElements.define('tower-app', TowerApp);
