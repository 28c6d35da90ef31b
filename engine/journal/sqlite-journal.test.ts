import { describeJournal } from './journal-suite.ts';
import { EPOCH } from './some-records.ts';
import { readJournal } from './read-journal.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

describeJournal('sqlite journal', {
  open: (dir, epoch = EPOCH) => openSqliteJournal({ dir, epoch }),
  read: readJournal,
});
