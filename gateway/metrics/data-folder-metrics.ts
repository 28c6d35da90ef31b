import type { StatsFs } from 'node:fs';
import type { MetricBook } from './metric-book.ts';

/** The file system of the data folder: a full one ends the process at its next commit. */
export function dataFolderMetrics(book: MetricBook, disk: () => StatsFs | undefined): void {
  const bytes = (blocks: (of: StatsFs) => number) => {
    const now = disk();
    return now === undefined ? undefined : blocks(now) * now.bsize;
  };
  book.gauge('onhand_data_folder_free_bytes', 'Bytes the data folder may still grow by', () =>
    bytes(({ bavail }) => bavail),
  );
  book.gauge('onhand_data_folder_size_bytes', 'Size of the data folder’s file system', () =>
    bytes(({ blocks }) => blocks),
  );
}
