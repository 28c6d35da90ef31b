import { assert } from '../contract/assert.ts';
import { digestHex } from '../contract/digest.ts';
import type { NodeId, WorkOrderId } from '../contract/ids.ts';
import type { KnownRows } from '../contract/known-rows.ts';
import type { StateImage } from '../contract/machine.ts';
import { imageOf, joinPages } from '../contract/whole-image.ts';
import type { NodeState, Refusal, WorkEntry } from './node-state.ts';

// A node shard's state as bytes: counters and reference data in the header, a work order per line in the pages.

interface Header {
  readonly lsn: number;
  readonly version: number;
  readonly rows: ReturnType<KnownRows['save']>;
  readonly nodes: readonly (readonly [NodeId, head: number, day: number, today: number])[];
  readonly refused: readonly (readonly [WorkOrderId, Refusal])[];
}

export function beginImage(state: NodeState): StateImage {
  return imageOf(new TextEncoder().encode(JSON.stringify(headerOf(state))), state.sum.contents());
}

/** Equal states, equal digests. */
export function digestOf(state: NodeState): string {
  return digestHex(JSON.stringify([headerOf(state), state.sum.digest()]));
}

export function restore(state: NodeState, header: Uint8Array, pages: Iterable<{ readonly bytes: Uint8Array }>): void {
  assert(state.lsn === 0, () => 'only a new machine can be restored');
  const { lsn, version, rows, nodes, refused } = JSON.parse(new TextDecoder().decode(header)) as Header;
  state.rows.load(rows, version);
  for (const [id, head, day, today] of nodes) Object.assign(state.queue(id), { head, day, today });
  for (const [id, refusal] of refused) state.refused.set(id, refusal);
  const lines = new TextDecoder().decode(joinPages(pages)).split('\n').slice(0, -1);
  state.load(lines.map((line) => JSON.parse(line) as WorkEntry));
  state.lsn = lsn;
}

function headerOf({ lsn, rows, nodes, refused }: NodeState): Header {
  return {
    lsn,
    version: rows.version,
    rows: rows.save(),
    nodes: Array.from(nodes, ([id, { head, day, today }]) => [id, head, day, today] as const),
    refused: [...refused],
  };
}
