import type { Way } from './ladder.ts';
import type { LinkState } from './link-life.ts';

/** What is known of the link to the server: everything a page needs to say how far its numbers can be trusted. */
export interface Link {
  readonly state: LinkState;
  /** When this state began, ms since the epoch. */
  readonly sinceMs: number;
  /** When numbers were last followed, ms since the epoch; undefined before the first time. */
  readonly followedMs?: number;
  /** How the server is reached, or tried to be. */
  readonly way: Way;
  /** Why the link is `waiting` or `refused`: a close code's name where there was one. */
  readonly reason?: string;
  /** The server itself hears its engine late, by so many ms: the numbers are older than they look. */
  readonly lateMs?: number;
}

export type LinkListener = (link: Link) => void;
