import { REFERENCE_REFUSALS, type RefusedRow } from '../engine/contract/outcome.ts';
import type { ReferenceBatch } from '../engine/contract/reference.ts';
import type { ChangeOptions, ChangeOutcome } from '../engine/contract/reference-change.ts';
import { loadReferenceFiles, type ReferenceFile } from './reference-files.ts';

/** The reference book, as files need it. The engine fits. */
export interface ReferenceBook {
  apply(batch: ReferenceBatch, options: ChangeOptions): Promise<ChangeOutcome>;
  fileDigest(file: string): Promise<string | undefined>;
  noteFile(file: string, digest: string): Promise<void>;
}

/**
 * Files and HTTP change the same book (rule RD4). A file that is as it was is passed over whole; of another one the rows
 * that say something new are applied. A row that cannot be is left out and said, and its file is read again next time.
 */
export async function applyReferenceFiles(
  book: ReferenceBook,
  dir: string,
  log: (line: string) => void,
): Promise<void> {
  for (const file of await loadReferenceFiles(dir)) {
    if ((await book.fileDigest(file.name)) !== file.digest) await applyFile(book, file, log);
  }
}

async function applyFile(
  book: ReferenceBook,
  { name, digest, batch }: ReferenceFile,
  log: (line: string) => void,
): Promise<void> {
  if (batch.rows.length > 0) {
    const outcome = await book.apply(batch, { by: `file:${name}`, file: name, partial: true });
    if (outcome.status !== 'applied') throw new Error(`${name} is not applied: ${JSON.stringify(outcome)}`);
    for (const refused of outcome.refusedRows) log(`${name} ${sentence(refused)}`);
    if (outcome.refusedRows.length > 0) return;
  }
  await book.noteFile(name, digest);
}

function sentence({ row, code, field, value }: RefusedRow): string {
  const at = field === undefined ? '' : `, field ${field}, got ${JSON.stringify(value)}`;
  return `row ${JSON.stringify(row)} is left out${at}: ${code}, ${REFERENCE_REFUSALS[code]}`;
}
