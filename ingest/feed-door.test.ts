import fc from 'fast-check';
import { expect, test } from 'vitest';

import { LETTER_BYTES_MAX } from '../engine/contract/dead-letter.ts';
import type { ClientId } from '../engine/contract/ids.ts';
import type { FeedAnswer } from './feed-answer.ts';
import { createFeedDoor } from './feed-door.ts';
import type { FeedDoor } from './feed-door.ts';
import { TestSink, testReference } from './test-sink.ts';

const NOW = 1_795_486_000_000;
const STAFF = 'staff' as ClientId;

function setUp(): { sink: TestSink; door: FeedDoor } {
  const sink = new TestSink();
  return { sink, door: createFeedDoor({ sink, reference: testReference(), letters: sink }) };
}

const delta = (id: string, sku = 'A', more = ''): string =>
  `{"kind":"delta","id":"${id}","at":${NOW},"sku":"${sku}","node":"S-09","quantity":-1,"reason":"sale"${more}}`;

async function answerOf(door: FeedDoor, body: string | Uint8Array, source = 'json'): Promise<FeedAnswer> {
  const result = await door.take(source, typeof body === 'string' ? Buffer.from(body) : body, NOW);
  if (result.status !== 'taken') throw new Error(result.code);
  return result.answer;
}

test('rows are recorded in order, in calls of at most 1,000', async () => {
  const { sink, door } = setUp();
  const answer = await answerOf(door, Array.from({ length: 2500 }, (_, index) => delta(`e${index}`)).join('\n'));
  expect(answer).toEqual({
    recorded: 2500,
    duplicates: 0,
    ignored: 0,
    refused: [],
    refusedCount: 0,
    warnings: [],
    position: 'p2500',
  });
  expect(sink.calls).toEqual([1000, 1000, 500]);
  expect(sink.recorded.map((event) => event.id)).toEqual(Array.from({ length: 2500 }, (_, index) => `e${index}`));
});

test('[FD1] the same body again is all duplicates', async () => {
  const { door } = setUp();
  await answerOf(door, `${delta('e1')}\n${delta('e2')}`);
  expect(await answerOf(door, `${delta('e1')}\n${delta('e2')}`)).toMatchObject({ recorded: 0, duplicates: 2 });
});

test('[FD6] who expected another number is told the one there is, through JSON and CSV', async () => {
  const { sink, door } = setUp();
  sink.refuses.set('MOVED', 'stale-quantity');
  const stale = { code: 'stale-quantity', units: 7, letter: expect.stringMatching(/^L/) };
  const json = await answerOf(door, `${delta('e1', 'MOVED', ',"expected":9')}\n${delta('e2', 'A', ',"expected":9')}`);
  expect(json).toMatchObject({ recorded: 1, refused: [{ ...stale, place: 'line 1' }] });
  const rows = [`snapshot,s1,${NOW},MOVED,S-09,4,9`, `snapshot,s2,${NOW},A,S-09,4,9`, `snapshot,s3,${NOW},A,S-09,4,`];
  const csv = await answerOf(door, ['kind,id,at,sku,node,quantity,expected', ...rows].join('\n'), 'csv');
  expect(csv).toMatchObject({ recorded: 2, warnings: [], refused: [{ ...stale, place: 'line 2' }] });
  expect(csv.refused[0]?.message).toContain('now 7 units');
  const taken = sink.recorded.map((event) => ('expected' in event ? event.expected : undefined));
  expect(taken).toEqual([9, 9, undefined]);
});

test('[FD12] what waits for approval is a letter; approving it by name lets it pass, sending it again does not', async () => {
  const { sink, door } = setUp();
  sink.refuses.set('ZEROED', 'waits-for-approval');
  sink.refuses.set('GHOST', 'unknown-sku');
  const rows = [delta('e1', 'ZEROED'), delta('e2', 'GHOST'), delta('e3', 'ZEROED'), delta('e4', 'ZEROED')];
  const answer = await answerOf(door, rows.join('\n'));
  expect(answer.refused.map(({ code }) => code)).toEqual([
    'waits-for-approval',
    'unknown-sku',
    'waits-for-approval',
    'waits-for-approval',
  ]);
  expect(await door.replay('L1', undefined, STAFF, NOW)).toMatchObject({ status: 'still-refused' });
  expect(await door.approve('L1', STAFF, NOW)).toMatchObject({ status: 'taken', answer: { recorded: 1 } });
  expect(sink.approvals.at(-1)).toBe(STAFF);
  expect(await door.approve('L2', STAFF, NOW)).toMatchObject({ status: 'still-refused' });
  expect(await door.approve('nope', STAFF, NOW)).toMatchObject({ code: 'unknown-letter' });
  expect(await door.approveAll('json', STAFF, NOW)).toEqual({ approved: 2, stillRefused: 0, more: false });
  expect(sink.recorded.map(({ id }) => id)).toEqual(['e1', 'e3', 'e4']);
  expect(sink.kept.map(({ state, closedBy }) => [state, closedBy])).toEqual([
    ['replayed', STAFF],
    ['open', undefined],
    ['replayed', STAFF],
    ['replayed', STAFF],
  ]);
});

test('an unknown source is refused before anything is read, and leaves no letter', async () => {
  const { sink, door } = setUp();
  const result = await door.take('nobody', Buffer.from('{'), NOW);
  expect(result).toMatchObject({ status: 'refused', code: 'unknown-source' });
  expect(sink.kept).toEqual([]);
});

test('[FD9] format and engine refusals become letters before the answer, good rows count', async () => {
  const { sink, door } = setUp();
  sink.refuses.set('GHOST', 'unknown-sku');
  const answer = await answerOf(door, `${delta('e1')}\n{broken\n${delta('e2', 'GHOST')}\n${delta('e3')}`);
  expect(answer).toMatchObject({ recorded: 2, refusedCount: 2 });
  expect(answer.refused).toMatchObject([
    { place: 'line 2', code: 'broken-json', letter: 'L1' },
    { place: 'line 3', code: 'unknown-sku', letter: 'L2' },
  ]);
  expect(sink.kept).toMatchObject([
    { source: 'json', format: 'json', receivedAt: NOW, place: 'line 2', original: '{broken', truncated: false },
    { source: 'json', place: 'line 3', original: delta('e2', 'GHOST') },
  ]);
});

test('the answer lists the first 100 refusals and counts them all', async () => {
  const { sink, door } = setUp();
  const answer = await answerOf(door, '{x}\n'.repeat(1200));
  expect({ listed: answer.refused.length, count: answer.refusedCount, kept: sink.kept.length }).toEqual({
    listed: 100,
    count: 1200,
    kept: 1200,
  });
});

test('a complete snapshot completes after its rows', async () => {
  const { sink, door } = setUp();
  const set = `{"kind":"snapshot-set","id":"B1","at":${NOW},"node":"S-09","complete":true,"rows":[{"sku":"A","quantity":4},{"sku":"B","quantity":2}]}`;
  expect(await answerOf(door, `${set}\n${delta('e1')}`)).toMatchObject({ recorded: 4, refusedCount: 0 });
  expect(sink.recorded.map((event) => event.kind)).toEqual(['snapshot', 'snapshot', 'delta', 'complete']);
});

test('a complete snapshot with a bad row completes nothing until the row is in and its letter is replayed', async () => {
  const { sink, door } = setUp();
  sink.refuses.set('B', 'unknown-sku');
  const set = `{"kind":"snapshot-set","id":"B1","at":${NOW},"node":"S-09","complete":true,"rows":[{"sku":"A","quantity":4},{"sku":"B","quantity":2}]}`;
  const answer = await answerOf(door, set);
  expect(answer.refused.map((refusal) => refusal.code)).toEqual(['unknown-sku', 'complete-with-bad-rows']);
  expect(sink.recorded.map((event) => event.kind)).toEqual(['snapshot']);
  sink.refuses.clear();
  expect(await door.replay('L1', undefined, STAFF, NOW)).toMatchObject({ status: 'taken', answer: { recorded: 1 } });
  expect(sink.recorded.map((event) => event.kind)).toEqual(['snapshot', 'snapshot']);
  expect(await door.replay('L2', undefined, STAFF, NOW)).toMatchObject({ status: 'taken', answer: { recorded: 1 } });
  expect(sink.recorded.at(-1)).toMatchObject({ kind: 'complete', id: 'B1', node: 'S-09', at: NOW });
});

test('[FD9] a corrected letter is replayed once, and then closed', async () => {
  const { sink, door } = setUp();
  await answerOf(door, '{broken');
  expect(await door.replay('L1', delta('e1'), STAFF, NOW)).toMatchObject({ status: 'taken', answer: { recorded: 1 } });
  expect(sink.kept).toMatchObject([{ state: 'replayed', closedBy: 'staff' }]);
  expect(await door.replay('L1', delta('e1'), STAFF, NOW)).toMatchObject({ code: 'letter-not-open' });
});

test('[FD9] a letter that is refused again stays open and makes no second one', async () => {
  const { sink, door } = setUp();
  await answerOf(door, '{broken');
  const result = await door.replay('L1', `${delta('e1')}\n{still broken`, STAFF, NOW);
  expect(result).toMatchObject({ status: 'still-refused', answer: { recorded: 1, refused: [{ letter: 'L1' }] } });
  expect(sink.kept).toMatchObject([{ id: 'L1', state: 'open' }]);
});

test('[FD9] what was cut cannot be replayed as it is, bytes that are no text can', async () => {
  const { sink, door } = setUp();
  await answerOf(door, `{"kind":"${'x'.repeat(LETTER_BYTES_MAX)}`);
  expect(sink.kept[0]).toMatchObject({ truncated: true });
  expect(Buffer.byteLength(sink.kept[0]?.original ?? '')).toBeLessThanOrEqual(LETTER_BYTES_MAX);
  expect(await door.replay('L1', undefined, STAFF, NOW)).toMatchObject({ code: 'letter-truncated' });
  await answerOf(door, Uint8Array.from([0x7b, 0xff, 0xfe]));
  expect(sink.kept[1]).toMatchObject({ code: 'wrong-encoding', original: 'base64:e//+', truncated: false });
  expect(await door.replay('L2', undefined, STAFF, NOW)).toMatchObject({
    status: 'still-refused',
    answer: { refused: [{ code: 'wrong-encoding' }] },
  });
});

test('a letter nobody knows, and one whose source is gone', async () => {
  const { sink, door } = setUp();
  expect(await door.replay('L9', undefined, STAFF, NOW)).toMatchObject({ code: 'unknown-letter' });
  await sink.keepLetters([
    {
      source: 'gone',
      receivedAt: 0,
      code: 'x',
      message: '',
      place: '',
      format: 'json',
      original: '',
      truncated: false,
    },
  ]);
  expect(await door.replay('L1', undefined, STAFF, NOW)).toMatchObject({ code: 'unknown-source' });
});

test('a busy sink is the answer: its error passes through untouched, and the next try is whole', async () => {
  const { sink, door } = setUp();
  const busy = Object.assign(new Error('engine overloaded'), { code: 'overloaded', retryAfterMs: 250 });
  sink.recordError = busy;
  await expect(answerOf(door, delta('e1'))).rejects.toBe(busy);
  sink.recordError = undefined;
  expect(await answerOf(door, delta('e1'))).toMatchObject({ recorded: 1 });
});

test('when the letters are full nothing of the body is taken', async () => {
  const { sink, door } = setUp();
  sink.letterError = Object.assign(new Error('engine overloaded'), { code: 'overloaded', retryAfterMs: 250 });
  await expect(answerOf(door, `${delta('e1')}\n{broken`)).rejects.toBe(sink.letterError);
  expect(sink.recorded).toEqual([]);
});

test('an empty body is taken: it says nothing', async () => {
  const { door } = setUp();
  for (const source of ['json', 'csv', 'poslog', 'epcis', 'x12', 'shopify-inventory']) {
    expect(await answerOf(door, '', source)).toMatchObject({ recorded: 0, refusedCount: 0 });
    expect(await answerOf(door, '\ufeff \n', source)).toMatchObject({ recorded: 0, refusedCount: 0 });
  }
});

test('[FD9] every row of a body is recorded, known already or refused, whatever stands beside it', async () => {
  const kinds = fc.constantFrom('good', 'again', 'broken', 'ghost');
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { maxLength: 60 }), async (rows) => {
      const { sink, door } = setUp();
      sink.refuses.set('GHOST', 'unknown-sku');
      const body = rows.map((kind, index) => {
        if (kind === 'broken') return `{"kind":"delta","id":"b${index}"`;
        return delta(kind === 'again' ? 'same' : `e${index}`, kind === 'ghost' ? 'GHOST' : 'A');
      });
      const answer = await answerOf(door, body.join('\n'));
      const count = (kind: string): number => rows.filter((row) => row === kind).length;
      const first = Math.min(1, count('again'));
      expect(answer).toMatchObject({
        recorded: count('good') + first,
        duplicates: count('again') - first,
        refusedCount: count('broken') + count('ghost'),
      });
      expect(sink.kept).toHaveLength(answer.refusedCount);
      // What was kept can be read again: the original is the row.
      expect(sink.kept.every((letter) => body.includes(letter.original))).toBe(true);
    }),
    { numRuns: 200 },
  );
});
