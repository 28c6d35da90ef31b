/** Longest pause between two characters of one scan, in ms: a slow radio scanner's is some 50, a slow tablet adds to it. */
const PAUSE_MS_MAX = 500;
/** Longest code that is taken, in characters: what is longer is a cat on the keyboard. */
const CODE_LENGTH_MAX = 200;

/** Makes codes of keystrokes: a scanner types as a person does, only faster, and ends with Enter. */
export class ScanBuffer {
  #typed = '';
  #lastMs = -Infinity;

  /** Whether a code may be under way: then Enter and space are its, and press no button. */
  isBusy(atMs: number): boolean {
    return this.#typed !== '' && atMs - this.#lastMs <= PAUSE_MS_MAX;
  }

  /** One key as KeyboardEvent.key names it. A code when it is whole. */
  press(key: string, atMs: number): string | undefined {
    const soFar = this.isBusy(atMs) ? this.#typed : '';
    this.#lastMs = atMs;
    if (key === 'Enter') {
      this.#typed = '';
      const code = soFar.trim();
      return code === '' || code.length > CODE_LENGTH_MAX ? undefined : code;
    }
    // Shift and the like come between the characters of a code, and are none of it; a space before it pressed a button.
    const isPart = key.length === 1 && !(key === ' ' && soFar === '');
    this.#typed = isPart ? (soFar + key).slice(0, CODE_LENGTH_MAX + 1) : soFar;
    return undefined;
  }
}
