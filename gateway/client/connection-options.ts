import { WAYS } from './ladder.ts';
import type { Way } from './ladder.ts';
import type { SignIn } from './sign-in.ts';

export interface ConnectionOptions {
  /** `ws://…/v1/live` or `wss://…`. */
  readonly url: string;
  /** Staff and systems say who they are; public pages do not. */
  readonly signIn?: SignIn;
  /** Name and version of the program, for the server's log. */
  readonly client?: string;
  /** How the server may be reached, best first. Who signs in comes by websocket only, others by all ways. */
  readonly ways?: readonly Way[];
}

/** The ways over HTTP are the public's: a token belongs into no URL. */
export function waysOf({ signIn, ways = WAYS }: ConnectionOptions): readonly Way[] {
  return signIn === undefined ? ways : ['websocket'];
}
