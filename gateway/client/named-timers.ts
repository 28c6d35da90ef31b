import type { Cancel, Environment } from './environment.ts';

/** Timers by name: at most one of each runs, and all end together. */
export class NamedTimers<Name extends string> {
  readonly #env: Pick<Environment, 'after'>;
  readonly #running = new Map<Name, Cancel>();

  constructor(env: Pick<Environment, 'after'>) {
    this.#env = env;
  }

  /** Starts it, or starts it anew. */
  arm(name: Name, delayMs: number, run: () => void): void {
    this.disarm(name);
    const done = (): void => {
      this.#running.delete(name);
      run();
    };
    this.#running.set(name, this.#env.after(delayMs, done));
  }

  disarm(name: Name): void {
    this.#running.get(name)?.();
    this.#running.delete(name);
  }

  disarmAll(): void {
    for (const cancel of this.#running.values()) cancel();
    this.#running.clear();
  }

  isArmed(name: Name): boolean {
    return this.#running.has(name);
  }
}
