import { EPOCH, describeJournal } from './journal-suite.ts';
import { readJournal } from './read-journal.ts';
import { openSqliteJournal } from './sqlite-journal.ts';

describeJournal('sqlite journal', {
  open: (dir, epoch = EPOCH) => openSqliteJournal({ dir, epoch }),
  read: readJournal,
});
