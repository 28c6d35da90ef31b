/** As it is, or where to get a fresh one. */
export type Token = string | (() => string | Promise<string>);

/** What a sign-in needs of the connection; all of it ends with the socket. */
export interface SignInDesk {
  show(token: string): void;
  giveUp(reason: string): void;
  after(delayMs: number, run: () => void): void;
  /** 0 <= random < 1. */
  random(): number;
}

/** Longest life of a token before a fresh one is fetched, in ms: timers end at 24 days. */
const RENEW_MS_MAX = 86_400_000;

/**
 * Shows an API key or a JWT as the first command of each socket. Where a function gives it, a fresh one is fetched for each
 * socket, before the old one ends, and once more when the server says that it has ended.
 */
export class SignIn {
  readonly #token: Token;
  /** The server took the token we have. */
  #accepted = false;

  constructor(token: Token) {
    this.#token = token;
  }

  show(desk: SignInDesk): void {
    if (typeof this.#token === 'string') return desk.show(this.#token);
    // Within the time for the greeting, or the link is given up.
    Promise.resolve(this.#token()).then(
      (fresh) => desk.show(fresh),
      () => desk.giveUp('no token'),
    );
  }

  /** A token is replaced while its socket goes on, in good time and not all at once. */
  accepted(desk: SignInDesk, expiresInMs: number | undefined): void {
    this.#accepted = true;
    if (expiresInMs === undefined || typeof this.#token === 'string') return;
    desk.after(Math.min(expiresInMs * (0.7 + desk.random() / 5), RENEW_MS_MAX), () => this.show(desk));
  }

  /** The server takes it no longer: whether to come again with a fresh one. One that was never taken is final. */
  mayRenew(): boolean {
    const may = this.#accepted && typeof this.#token === 'function';
    this.#accepted = false;
    return may;
  }
}
