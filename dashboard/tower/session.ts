import type { Link } from '../../gateway/client/link.ts';
import { isFollowing } from '../../gateway/client/link-life.ts';
import { Observable } from '../store/observable.ts';
import { forgetTabKey, keepTabKey, tabKey } from '../store/tab-key.ts';
import { Tower } from './tower.ts';

export type Session =
  | { readonly phase: 'signed-out'; readonly message?: string }
  | { readonly phase: 'checking'; readonly tower: Tower }
  | { readonly phase: 'signed-in'; readonly tower: Tower };

export const session = new Observable<Session>({ phase: 'signed-out' });

/** Takes up the session of this tab after a reload. */
export function resume(): void {
  const key = tabKey();
  if (key !== undefined) signIn(key);
}

/** The key is right when the server takes it; a server that does not answer leaves us checking, and says so. */
export function signIn(key: string): void {
  const tower = new Tower(key);
  session.set({ phase: 'checking', tower });
  const judge = (link: Link): void => {
    if (isFollowing(link.state)) accept(key, tower);
    else if (link.state === 'refused') refuse(tower);
    else session.set({ phase: 'checking', tower });
  };
  const stop = tower.link.onChange((link) => {
    judge(link);
    if (session.value.phase !== 'checking') stop();
  });
}

export function signOut(message?: string): void {
  const now = session.value;
  if (now.phase !== 'signed-out') now.tower.close();
  forgetTabKey();
  session.set({ phase: 'signed-out', ...(message !== undefined && { message }) });
}

function accept(key: string, tower: Tower): void {
  keepTabKey(key);
  session.set({ phase: 'signed-in', tower });
  // A key can be withdrawn while somebody is signed in.
  tower.link.onChange((link) => {
    if (link.state === 'refused') refuse(tower);
  });
  tower.forbidden.onChange(() => signOut('This key may not watch operations: it needs the scope ops.'));
}

function refuse(tower: Tower): void {
  const { reason = '', code } = tower.link.value;
  const wrongKey = code === 4503 || /key|forbidden/i.test(reason);
  signOut(
    wrongKey ? 'This key is not valid. Check it and try again.' : `The server refused the connection: ${reason}.`,
  );
}
