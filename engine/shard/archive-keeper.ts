import { type Archiver, dropOldArchives, openArchiver } from '../journal/archive.ts';

const DAY_MS = 86_400_000;

export interface ArchiveKeeperSettings {
  /** The journal's folder. */
  readonly dir: string;
  readonly historyDays: number;
  readonly nowMs: () => number;
  readonly log: (line: string) => void;
}

export interface ArchiveKeeper {
  /** Deletes what is older than the history and compresses what the journal has released; a call while that runs adds nothing. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** A failure here loses nothing: what was released stays as it is until the next time, so it is said and work goes on. */
export function keepArchive(
  { dir, historyDays, nowMs, log }: ArchiveKeeperSettings,
  archiver: Archiver = openArchiver(dir),
): ArchiveKeeper {
  let closing = false;
  return {
    async tidy() {
      try {
        // First of all: on a full disk this is the room that the compression needs.
        const dropped = dropOldArchives(dir, nowMs() - historyDays * DAY_MS);
        if (dropped.length > 0) log(`archive: ${dropped.length} segments older than ${historyDays} days deleted`);
        const made = await archiver.run();
        if (made.length > 0) log(`archive: ${made.length} segments compressed`);
      } catch (error) {
        // The close ends a compression in the middle; it begins anew at the next start.
        if (!closing) log(`archive: ${String(error)}; tried again with the next segment`);
      }
    },
    async close() {
      closing = true;
      await archiver.close();
    },
  };
}
