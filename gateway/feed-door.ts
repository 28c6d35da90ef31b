import type { ClientId } from '../engine/contract/ids.ts';
import type { ApprovedAll, FeedAnswer } from './protocol/feed-bodies.ts';

// The way into ingest, as the routes need it. ingest/feed-door.ts satisfies it; main.ts joins the two.

/** Nothing was taken. */
export interface DoorRefusal {
  readonly status: 'refused';
  readonly code: string;
  readonly message: string;
}

type TakeResult = { readonly status: 'taken'; readonly answer: FeedAnswer } | DoorRefusal;
/** `still-refused`: part of it was refused again, the letter stays open. */
export type ReplayResult = { readonly status: 'taken' | 'still-refused'; readonly answer: FeedAnswer } | DoorRefusal;

export interface FeedDoor {
  /** Resolves when everything that was taken is durable. Rejects when the engine or the parsers are busy. */
  take(source: string, body: Uint8Array, receivedAt: number): Promise<TakeResult>;
  /** Feeds the letter's original again, or the corrected text, and closes the letter when all of it was taken. */
  replay(letter: string, corrected: string | undefined, client: ClientId, receivedAt: number): Promise<ReplayResult>;
  /** Feeds the letter's original again and lets it past the brakes (rule FD12). */
  approve(letter: string, client: ClientId, receivedAt: number): Promise<ReplayResult>;
  approveAll(source: string, client: ClientId, receivedAt: number): Promise<ApprovedAll>;
}
