import type { DeadLetter } from '../contract/dead-letter.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import { NumbersModel } from './numbers-play.ts';
import { BookModel } from './book-model.ts';
import { SilenceModel } from './silence-model.ts';

/** What the intake shard must know: the newest word of each source, and letters with their state. */
export class IntakeModel {
  lsn = 0;
  lastAt = -Infinity;
  book = new BookModel();
  heard = new Map<string, number>();
  silence = new SilenceModel();
  numbers = new NumbersModel();
  letters = new Map<string, Pick<DeadLetter, 'state' | 'times'>>();

  clone(): IntakeModel {
    const copy = new IntakeModel();
    Object.assign(copy, this);
    copy.heard = new Map(this.heard);
    copy.silence = this.silence.clone();
    copy.book = this.book.clone();
    copy.numbers = this.numbers.clone();
    copy.letters = new Map(this.letters);
    return copy;
  }

  apply(fact: IntakeFact, lsn: number): readonly string[] {
    this.lsn = lsn;
    this.lastAt = fact.at;
    this.silence.apply(fact);
    this.book.apply(fact);
    switch (fact.fact) {
      case 'SourceHeard':
        this.heard.set(fact.event.source, fact.event.at);
        break;
      case 'LetterKept':
        this.letters.set(fact.letter.id, { state: 'open', times: (this.letters.get(fact.letter.id)?.times ?? 0) + 1 });
        break;
      case 'LetterRepeated':
        this.letters.set(fact.id, { state: 'open', times: (this.letters.get(fact.id)?.times ?? 0) + 1 });
        break;
      case 'LetterClosed':
        this.letters.set(fact.id, { state: fact.as, times: this.letters.get(fact.id)?.times ?? 0 });
        break;
      case 'NumbersHeard':
        this.numbers.hear(fact.seen, fact.at);
        break;
      case 'OwnerHeard':
      case 'NodeWentStale':
      case 'SilenceStepReached':
      case 'NodeCameBack':
      case 'SilenceTold':
      case 'ReferenceApplied':
      case 'FileRowsRead':
      case 'FileNoted':
      case 'ChangeScheduled':
      case 'ChangeCancelled':
      case 'ChangeFailed':
      case 'ChangeTaken':
        break;
    }
    return [];
  }
}
