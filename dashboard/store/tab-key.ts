// The key somebody signed in with: of this tab only, and gone with it, since a key on a shared screen must not outlive the
// shift. All staff pages of the tab share it.

const STORED_AS = 'onhand.key';

export function tabKey(): string | undefined {
  return sessionStorage.getItem(STORED_AS) ?? undefined;
}

export function keepTabKey(key: string): void {
  sessionStorage.setItem(STORED_AS, key);
}

export function forgetTabKey(): void {
  sessionStorage.removeItem(STORED_AS);
}
