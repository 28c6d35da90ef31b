/**
 * The journal thread's word to whoever follows it: one message per question, sent when the head is beyond what the
 * asker has. So nothing piles up at a slow follower, and the hot path pays one comparison per commit.
 */
export class HeadTeller {
  readonly #tell: (head: number) => void;
  #after: number | undefined;

  constructor(tell: (head: number) => void) {
    this.#tell = tell;
  }

  ask(after: number, head: number): void {
    this.#after = after;
    this.committed(head);
  }

  committed(head: number): void {
    if (this.#after === undefined || head <= this.#after) return;
    this.#after = undefined;
    this.#tell(head);
  }
}
