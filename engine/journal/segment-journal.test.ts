import { describeJournal } from './journal-suite.ts';
import { EPOCH } from './some-records.ts';
import { readJournal } from './read-journal.ts';
import { openSegmentJournal } from './segment-journal.ts';

// Small segments, so that every test crosses several; one size holds a single sector of records.
for (const segmentBytes of [12 * 1024, 64 * 1024, 1024 * 1024]) {
  describeJournal(`segment journal of ${segmentBytes / 1024} KiB`, {
    open: (dir, epoch = EPOCH) => openSegmentJournal({ dir, epoch, segmentBytes }),
    read: readJournal,
  });
}
