import type { NodeRef, SourceRef } from '../engine/contract/reference.ts';
import type { PlacedEvent } from './reading.ts';
import type { RefusedPart } from './source.ts';
import type { MessagePort } from 'node:worker_threads';

// Messages between the main thread and a parse worker, over one port per body:
//
//   task →                worker parses
//   ← started             a thread is at it
//   ← read                counts, refusals, codes of items it would like to know
//   reread → ← read       at most once, when some of those items are known
//   chunk → ← events      as fast as the sink takes them: the worker never runs ahead
//   originals → ← texts   for events the sink refused
//   port closed           the worker forgets the body and is free

export interface ParseTask {
  readonly bytes: Uint8Array;
  readonly source: SourceRef;
  readonly nodes: readonly Pick<NodeRef, 'id' | 'timeZone'>[];
  readonly port: MessagePort;
}

export type ParseRequest =
  | { readonly want: 'reread'; readonly known: ReadonlySet<string> }
  | { readonly want: 'chunk'; readonly from: number; readonly to: number }
  | { readonly want: 'originals'; readonly of: readonly number[] };

export type ParseReply =
  | { readonly give: 'started' }
  | {
      readonly give: 'read';
      readonly count: number;
      readonly refused: readonly RefusedPart[];
      readonly ignored: number;
      readonly warnings: readonly string[];
      readonly asked: readonly string[];
    }
  | { readonly give: 'events'; readonly events: readonly PlacedEvent[] }
  | { readonly give: 'originals'; readonly texts: readonly string[] };
