import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** A row as it is shown: `gone` when it left the list while somebody was pointing at it. */
export interface SteadyRow<T> {
  readonly row: T;
  readonly gone: boolean;
}

/**
 * The rows shown before, in their order, each with its newest figures; those that left stay in place. New rows wait:
 * a list that moves under the pointer makes people press the wrong button.
 */
export function steadyRows<T>(
  shown: readonly SteadyRow<T>[],
  rows: readonly T[],
  keyOf: (row: T) => string,
): readonly SteadyRow<T>[] {
  const newest = new Map(rows.map((row) => [keyOf(row), row]));
  return shown.map(({ row }) => {
    const now = newest.get(keyOf(row));
    return now === undefined ? { row, gone: true } : { row: now, gone: false };
  });
}

/** Holds a live list still while the pointer is over its element. */
export class SteadyRows<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #keyOf: (row: T) => string;
  #shown: readonly SteadyRow<T>[] = [];

  constructor(host: ReactiveControllerHost & HTMLElement, keyOf: (row: T) => string) {
    this.#host = host;
    this.#keyOf = keyOf;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.addEventListener('pointerleave', this.#left);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener('pointerleave', this.#left);
  }

  /** What to show, when these are the rows now. `asking`: also still without a pointer, a question is open. */
  rows(rows: readonly T[], asking = false): readonly SteadyRow<T>[] {
    const still = this.#shown.length > 0 && (asking || this.#host.matches(':hover'));
    this.#shown = still ? steadyRows(this.#shown, rows, this.#keyOf) : rows.map((row) => ({ row, gone: false }));
    return this.#shown;
  }

  readonly #left = (): void => this.#host.requestUpdate();
}
