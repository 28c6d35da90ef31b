import { Observable } from '../store/observable.ts';
import { forgetTabKey, keepTabKey, tabKey } from '../store/tab-key.ts';
import { Floor } from './floor.ts';

export type Session =
  | { readonly phase: 'signed-out'; readonly message?: string }
  | { readonly phase: 'checking'; readonly floor: Floor; readonly trouble: boolean }
  | { readonly phase: 'signed-in'; readonly floor: Floor };

/** Between two tries to reach a server that does not answer, in ms. */
const AGAIN_MS = 2_000;

export const session = new Observable<Session>({ phase: 'signed-out' });

/** The node of this page: `/node/<id>`. */
export const NODE = decodeURIComponent(location.pathname.split('/')[2] ?? '');

/** Takes up the session of this tab after a reload. */
export function resume(): void {
  const key = tabKey();
  if (key !== undefined) void signIn(key);
}

/** The key is right when the server shows the node's work for it. */
export async function signIn(key: string): Promise<void> {
  const floor = new Floor(NODE, key);
  session.set({ phase: 'checking', floor, trouble: false });
  for (;;) {
    const answer = await floor.open();
    if (!isChecked(floor)) return;
    if (answer.ok) return accept(key, floor);
    const { status, error } = answer;
    if (status >= 400 && status < 500 && status !== 429) return signOut(wordsOf(status, error.message));
    session.set({ phase: 'checking', floor, trouble: true });
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    if (!isChecked(floor)) return;
  }
}

export function signOut(message?: string): void {
  const now = session.value;
  if (now.phase !== 'signed-out') now.floor.close();
  forgetTabKey();
  session.set({ phase: 'signed-out', ...(message !== undefined && { message }) });
}

/** Nobody gave up meanwhile, or tried another key. */
function isChecked(floor: Floor): boolean {
  return session.value.phase === 'checking' && session.value.floor === floor;
}

function accept(key: string, floor: Floor): void {
  keepTabKey(key);
  session.set({ phase: 'signed-in', floor });
  // A key can be withdrawn while somebody works: what waits to be sent is kept for whoever signs in next.
  floor.keyRefused.onChange(() => signOut(wordsOf(401, '')));
}

function wordsOf(status: number, message: string): string {
  if (status === 401) return 'This key is not valid. Check it and try again.';
  if (status === 404) return `There is no node ${NODE}. Check the address.`;
  return status === 403 ? `This key may not do the work of ${NODE}: ${message}` : message;
}
