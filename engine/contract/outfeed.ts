import type { Movement } from './ledger.ts';
import type { OutfeedRef } from './reference.ts';

// Outfeeds as whoever reads them sees them: numbered events, oldest first, none left out (rules OF1 to OF4).

/** How far an outfeed reaches. Events first … head can be read; none when first > head. */
export interface OutfeedState {
  readonly id: string;
  /** Offsets of another epoch mean nothing: it changes when the outfeed is made or numbered anew, or selects other things. */
  readonly e: string;
  /** Oldest offset kept, >= 1. */
  readonly first: number;
  /** Newest offset; 0: nothing has happened yet. */
  readonly head: number;
}

export interface OutfeedEvent {
  readonly o: number;
  readonly movement: Movement;
}

/** With the nodes and channels that its events were selected by: the book may have others already. */
export interface OutfeedPage extends OutfeedState, Pick<OutfeedRef, 'nodes' | 'channels'> {
  /** From the offset asked for, or from `first` when that is later; without a gap. */
  readonly events: readonly OutfeedEvent[];
}

export interface OutfeedQuery {
  readonly id: string;
  /** Oldest offset wanted. */
  readonly from: number;
  /** 0: only how far it reaches. */
  readonly limit: number;
}
