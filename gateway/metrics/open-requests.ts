import type { Socket } from 'node:net';

/**
 * Counts requests that are not answered yet. One whose caller goes before its answer has none that ends, so the end of a
 * connection ends whatever is open on it.
 */
export class OpenRequests {
  /** Of each connection that is open. */
  readonly #of = new Map<Socket, number>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  begin(socket: Socket): void {
    const open = this.#of.get(socket);
    if (open === undefined) socket.once('close', () => this.#closed(socket));
    this.#of.set(socket, (open ?? 0) + 1);
    this.#count += 1;
  }

  /** Answered, also when the connection was gone before. */
  end(socket: Socket): void {
    const open = this.#of.get(socket);
    if (open === undefined) return;
    this.#of.set(socket, open - 1);
    this.#count -= 1;
  }

  #closed(socket: Socket): void {
    this.#count -= this.#of.get(socket) ?? 0;
    this.#of.delete(socket);
  }
}
