import { unreachable } from '../contract/assert.ts';
import type { IntakeAnswer, IntakeQuery } from '../contract/query.ts';
import type { ReferenceDesk } from './reference-desk.ts';

type DeskQuery = Extract<IntakeQuery, { ask: 'reference' | 'rows' | 'row' | 'pending' | 'file' }>;

export function answerDesk({ book, files, pending }: ReferenceDesk, query: DeskQuery): IntakeAnswer {
  switch (query.ask) {
    case 'reference':
      return { answer: 'book', batches: book.batches(), version: book.version };
    case 'rows':
      return { answer: 'rows', ...book.page(query) };
    case 'row':
      return { answer: 'row', row: book.row(query.of, query.key) };
    case 'file': {
      const digest = files.get(query.file);
      return { answer: 'file', ...(digest !== undefined && { digest }) };
    }
    case 'pending':
      return { answer: 'pending', changes: pending.list() };
    default:
      return unreachable(query);
  }
}
