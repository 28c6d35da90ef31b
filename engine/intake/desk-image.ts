import type { PendingChange } from '../contract/reference-change.ts';
import type { Delivery } from './deliveries.ts';
import type { SavedRow } from './reference-book.ts';
import type { ReferenceDesk } from './reference-desk.ts';

/** Rows of one block of an image: a block is encoded at once and held whole. */
const BLOCK_ROWS = 500;

/** What goes into the header; the rows go into pages, since there may be a hundred thousand. */
export interface DeskSaved {
  readonly version: number;
  readonly rows: string;
  readonly pending: readonly PendingChange[];
  readonly open: readonly Delivery[];
  readonly files: readonly (readonly [string, string])[];
  readonly putBack: readonly (readonly [number, object])[];
  readonly scheduled: number;
}

export function saveDesk({ book, pending, deliveries, files, putBack, scheduled }: ReferenceDesk): DeskSaved {
  return {
    version: book.version,
    rows: book.digest,
    pending: pending.all,
    open: deliveries.save(),
    files: [...files],
    putBack: [...putBack],
    scheduled,
  };
}

/** One line of JSON per row. */
export function bookBlocks({ book }: ReferenceDesk): Uint8Array[] {
  const encoder = new TextEncoder();
  const lines = [...book.save()].map((row) => JSON.stringify(row));
  const blocks = Array.from({ length: Math.ceil(lines.length / BLOCK_ROWS) }, (_, block) =>
    lines.slice(block * BLOCK_ROWS, (block + 1) * BLOCK_ROWS),
  );
  return blocks.map((block) => encoder.encode(`${block.join('\n')}\n`));
}

export function loadDesk(desk: ReferenceDesk, saved: DeskSaved, rows: Uint8Array): void {
  const lines = new TextDecoder().decode(rows).split('\n').slice(0, -1);
  desk.book.load(lines.map((line) => JSON.parse(line) as SavedRow));
  desk.book.version = saved.version;
  for (const change of saved.pending) desk.pending.add(change);
  desk.deliveries.load(saved.open);
  for (const [file, digest] of saved.files) desk.files.set(file, digest);
  for (const [version, back] of saved.putBack) desk.putBack.set(version, back as never);
  desk.scheduled = saved.scheduled;
}
