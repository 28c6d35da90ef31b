import { ScanBuffer } from './scan-buffer.ts';

/** Hears a scanner that types, wherever the focus is, except in a field that somebody writes in. */
export function followScanner(scanned: (code: string) => void): () => void {
  const buffer = new ScanBuffer();
  const ended = new AbortController();
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.composedPath()[0])) return;
    const isOurs = buffer.isBusy(event.timeStamp) && (event.key === 'Enter' || event.key === ' ');
    const code = buffer.press(event.key, event.timeStamp);
    // Or the Enter at the end of a code would press the button that has the focus.
    if (isOurs) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (code !== undefined) scanned(code);
  };
  addEventListener('keydown', onKey, { capture: true, signal: ended.signal });
  return () => ended.abort();
}

const NO_TEXT = new Set(['button', 'checkbox', 'radio', 'submit', 'reset', 'range']);

function isField(target: EventTarget | undefined): boolean {
  if (target instanceof HTMLInputElement) return !NO_TEXT.has(target.type);
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}
