import { expect, test } from 'vitest';
import { StreamResume } from './stream-resume.ts';

const ENTRY = { k: 'A', e: 'k3f9.aB-_3', r: 7, d: {} };

function tokenOf(entry = ENTRY): string {
  const resume = new StreamResume('question', ['A', 'B']);
  resume.sends({ type: 'update', ch: 'stock', t: 0, ...entry });
  return resume.token()!;
}

test('[SS2] a token says where the stream was', () => {
  const resume = new StreamResume('question', ['A', 'B']);
  resume.goOnFrom(tokenOf());
  expect(resume.since()).toEqual({ A: ['k3f9.aB-_3', 7] });
  expect(resume.token()).toBe(tokenOf());
});

test.each(['e\ndata: {}', 'e\r', '', 'e e', 'x'.repeat(65)])(
  '[SS2] a token with the epoch %j, which no server gave, is as good as none and is not said again',
  (epoch) => {
    const resume = new StreamResume('question', ['A', 'B']);
    resume.goOnFrom(tokenOf().replace(ENTRY.e, epoch));
    expect([resume.since(), resume.token()]).toEqual([{}, undefined]);
  },
);
