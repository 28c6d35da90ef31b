import { basename } from 'node:path';
import { parseArchiveName } from '../journal/archive-names.ts';
import { findArchives, readArchive } from '../journal/archive.ts';
import { nodeDisk } from '../journal/disk.ts';
import type { Folder } from '../journal/folder.ts';
import { isZero } from '../journal/frame.ts';
import { CorruptionError, type Positioned } from '../journal/journal.ts';
import { recordsOf } from '../journal/read-segments.ts';
import { scanJournal, type Scan } from '../journal/recovery-scan.ts';
import { listSegments, segmentPath } from '../journal/segment.ts';
import { openSqliteJournal } from '../journal/sqlite-journal.ts';
import { walkFrames } from '../journal/walk-frames.ts';
import type { Report } from './report.ts';

/** A record and where its frame stands. */
export interface PlacedRecord extends Positioned {
  readonly file: string;
  readonly offset: number;
}

/**
 * Every record of a folder, the archive's first, each checked by its checksum and its place in the chain. Ends at the
 * first damage, which is reported. `durableTo`: newest position of a sound snapshot; a journal must reach it.
 */
export function* journalFacts(folder: Folder, durableTo: number, report: Report): Generator<PlacedRecord> {
  try {
    if (folder.journal === 'sqlite') yield* sqliteFacts(folder);
    else {
      yield* archivedFacts(folder);
      yield* segmentFacts(folder, durableTo, report);
    }
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    const { file, offset, position } = error.place;
    report.fault(error.message.slice(`${file} at byte ${offset}, position ${position}: `.length), error.place);
  }
}

function* sqliteFacts({ journalDir, epoch }: Folder): Generator<PlacedRecord> {
  const journal = openSqliteJournal({ dir: journalDir, epoch });
  try {
    for (const entry of journal.read(journal.first)) yield { ...entry, file: journalDir, offset: 0 };
  } finally {
    journal.close();
  }
}

function* archivedFacts({ journalDir }: Folder): Generator<PlacedRecord> {
  const oldestLive = listSegments(nodeDisk, journalDir)[0] ?? Infinity;
  let newest = 0;
  for (const file of findArchives(journalDir, { from: 1, to: Infinity })) {
    const index = parseArchiveName(basename(file))?.index ?? 0;
    // A crash between compressing and removing leaves both forms, one between two folders' syncs both names.
    if (index <= newest || index >= oldestLive) continue;
    newest = index;
    for (const entry of readArchive(file)) yield { ...entry, file, offset: 0 };
  }
}

function* segmentFacts({ journalDir: dir, epoch }: Folder, durableTo: number, report: Report): Generator<PlacedRecord> {
  const folder = { disk: nodeDisk, dir, epoch };
  const scan = scanJournal({ ...folder, durableTo });
  for (const { index, offset, frame } of walkFrames(folder, scan.indexes)) {
    const place = { file: segmentPath({ dir, index }), offset };
    for (const entry of recordsOf(frame, frame.first)) yield { ...entry, ...place };
  }
  if (scan.damage !== undefined) report.fault(scan.damage.why, scan.damage.place);
  else noteTornTail(dir, scan, report);
}

/** Bytes behind the end that no later frame proves durable: a start cuts them. */
function noteTornTail(dir: string, scan: Scan, report: Report): void {
  const { index, offset } = scan.end;
  if (!scan.indexes.includes(index)) return;
  const path = segmentPath({ dir, index });
  const file = nodeDisk.open(path, 'read');
  try {
    const chunk = Buffer.alloc(1024 * 1024);
    for (let at = offset, read = file.read(chunk, at); read > 0; at += read, read = file.read(chunk, at)) {
      if (isZero(chunk.subarray(0, read))) continue;
      report.note(
        `${path} at byte ${offset}: a torn commit after position ${scan.head}, never acknowledged; a start cuts it`,
      );
      return;
    }
  } finally {
    file.close();
  }
}
