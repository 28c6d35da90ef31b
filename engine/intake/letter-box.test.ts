import { expect, test } from 'vitest';
import { LETTERS_CLOSED_MAX } from '../contract/dead-letter.ts';
import { LetterBox } from './letter-box.ts';

test('[FD9] closed letters make room for newer ones, the oldest first; open ones never do', () => {
  const box = new LetterBox();
  const keep = (id: string): void =>
    box.keep({
      id,
      source: 'pos-1',
      receivedAt: 0,
      code: 'broken-xml',
      message: '',
      place: id,
      format: 'poslog',
      original: '',
      truncated: false,
      state: 'open',
      times: 1,
    });
  keep('open');
  for (let i = 0; i < LETTERS_CLOSED_MAX + 2; i++) {
    keep(`closed ${i}`);
    box.close(`closed ${i}`, 'discarded', 'ann', i);
  }
  expect(box.open).toBe(1);
  expect(box.get('open')?.state).toBe('open');
  expect(box.get('closed 1')).toBeUndefined();
  expect(box.get('closed 2')?.state).toBe('discarded');
  expect(box.list({ limit: 20_000, state: 'discarded' })).toHaveLength(LETTERS_CLOSED_MAX);
});
