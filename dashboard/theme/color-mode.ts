import { Observable } from '../store/observable.ts';

export type ColorMode = 'auto' | 'light' | 'dark';

const MODES: readonly ColorMode[] = ['auto', 'light', 'dark'];
const STORED_AS = 'onhand.color-mode';
/** Whether the page is dark now; canvases, which know no style sheet, follow it. */
export const darkNow = new Observable(false);

const darkWanted = matchMedia('(prefers-color-scheme: dark)');

/** The mode the visitor chose; `auto` follows the system. */
export function colorMode(): ColorMode {
  const stored = localStorage.getItem(STORED_AS);
  return MODES.find((mode) => mode === stored) ?? 'auto';
}

export function chooseColorMode(mode: ColorMode): void {
  localStorage.setItem(STORED_AS, mode);
  applyColorMode();
}

export function nextColorMode(mode: ColorMode): ColorMode {
  return MODES[(MODES.indexOf(mode) + 1) % MODES.length] ?? 'auto';
}

/** Marks the document, which the components' and our own colours follow; called once at start. */
export function followColorMode(): void {
  darkWanted.addEventListener('change', applyColorMode);
  applyColorMode();
}

function applyColorMode(): void {
  const mode = colorMode();
  const dark = mode === 'dark' || (mode === 'auto' && darkWanted.matches);
  document.documentElement.classList.toggle('wa-dark', dark);
  document.documentElement.classList.toggle('wa-light', !dark);
  darkNow.set(dark);
}
