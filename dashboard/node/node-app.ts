import { LitElement, html } from 'lit';
import type { TemplateResult } from 'lit';
import { Follow } from '../store/follow.ts';
import '../theme/key-form.ts';
import './node-desk.ts';
import { NODE, resume, session, signIn, signOut } from './session.ts';

/** Signed out: the form. Signed in: the desk. */
export class NodeApp extends LitElement {
  constructor() {
    super();
    new Follow(this, session);
    document.title = `${NODE} · Onhand`;
    resume();
  }

  protected override render(): TemplateResult {
    const now = session.value;
    switch (now.phase) {
      case 'signed-out':
        return this.#form({ message: now.message ?? '' });
      case 'checking':
        return this.#form({ checking: true, trouble: now.trouble });
      case 'signed-in':
        return html`<node-desk .floor=${now.floor}></node-desk>`;
      default:
        return now satisfies never;
    }
  }

  #form({ message = '', checking = false, trouble = false }): TemplateResult {
    return html`<key-form
      icon="node"
      heading=${`Work of ${NODE}`}
      hint="Ask your service desk for a key of the role node. It stays in this tab and is forgotten when you close it."
      .message=${message}
      ?checking=${checking}
      ?trouble=${trouble}
      @key-given=${(event: CustomEvent<string>) => void signIn(event.detail)}
      @key-dropped=${() => signOut()}
    ></key-form>`;
  }
}

customElements.define('node-app', NodeApp);
