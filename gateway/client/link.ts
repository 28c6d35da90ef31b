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
  /** Why the link is `waiting` or `refused`, in words for a log. */
  readonly reason?: string;
  /** The close code, where there was one: protocol/close-codes.ts has its name and what to do. */
  readonly code?: number;
  /** The server itself hears its engine late, by so many ms: the numbers are older than they look. */
  readonly lateMs?: number;
}

export type LinkListener = (link: Link) => void;
