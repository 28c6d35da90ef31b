import { WAYS } from './ladder.ts';
import type { Way } from './ladder.ts';

export interface ConnectionOptions {
  /** `ws://…/v1/live` or `wss://…`. */
  readonly url: string;
  /** API key or JWT of staff and systems, or where to get a fresh one for each socket; public pages have none. */
  readonly token?: string | (() => string | Promise<string>);
  /** Name and version of the program, for the server's log. */
  readonly client?: string;
  /** How the server may be reached, best first. With a token by websocket only, without one by all ways. */
  readonly ways?: readonly Way[];
}

/** The ways over HTTP are the public's: a token belongs into no URL. */
export function waysOf({ token, ways = WAYS }: ConnectionOptions): readonly Way[] {
  return token === undefined ? ways : ['websocket'];
}
