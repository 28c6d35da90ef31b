import { expect, test } from 'vitest';
import { audit, type AuditInput } from './rush-audit.ts';
import type { Answered, LoggedTry } from './rush-client.ts';
import type { PlannedLine } from './rush-plan.ts';

// Two nodes with five units each, one group over both; tries written as (from, to, lines, answer).

const bounds = new Map([
  [
    'A',
    {
      low: new Map([
        ['N1', 5],
        ['N2', 5],
      ]),
      high: new Map([
        ['N1', 5],
        ['N2', 5],
      ]),
    },
  ],
]);
const FAR = 1_000_000;
let number = 0;

function reserved(lines: readonly PlannedLine[], expiresAt = FAR): Answered {
  const id = `r0-${++number}`;
  return {
    is: 'reserved',
    reservation: { id, client: 'c', channel: 'web', state: 'held', lines: lines as never, createdAt: 0, expiresAt },
  };
}

function tried(sentAt: number, answeredAt: number, lines: readonly PlannedLine[], answer: Answered): LoggedTry {
  const plan = {
    key: `k${++number}`,
    channel: 'web',
    lines,
    holdMs: 1,
    partial: false,
    fate: 'keep',
    releaseAfterMs: 0,
    twice: false,
    reuse: false,
  } as const;
  return { plan, sentAt, answeredAt, answer };
}

function judged(...tries: readonly LoggedTry[]): ReturnType<typeof audit> {
  const input: AuditInput = {
    log: { concurrent: [], sequential: tries },
    during: bounds,
    afterwards: bounds,
    groups: new Map([['both', ['N1', 'N2']]]),
    channels: new Map([['web', 'both']]),
    sagaSlackMs: 0,
  };
  return audit(input);
}

const atN1 = (units: number): readonly PlannedLine[] => [{ sku: 'A', units, node: 'N1' }];
const atBoth = (units: number): readonly PlannedLine[] => [{ sku: 'A', units, group: 'both' }];
const refused: Answered = { is: 'refused', code: 'units-exceed-available' };

test('[AV7] what fits is right', () => {
  expect(judged(tried(0, 10, atN1(5), reserved(atN1(5))), tried(20, 30, atBoth(5), reserved(atBoth(5))))).toEqual({
    oversold: [],
    wrong: [],
    decided: 2,
  });
});

test('[AV7] a unit granted twice is found', () => {
  const { oversold } = judged(tried(0, 10, atN1(4), reserved(atN1(4))), tried(20, 30, atN1(2), reserved(atN1(2))));
  expect(oversold).toHaveLength(1);
});

test('[AV2] a group promise that leaves a node nothing is counted against that node', () => {
  const { oversold } = judged(tried(0, 10, atBoth(8), reserved(atBoth(8))), tried(20, 30, atN1(3), reserved(atN1(3))));
  expect(oversold).toHaveLength(1);
});

test('a no is wrong when all that may have been held leaves enough', () => {
  expect(judged(tried(0, 10, atN1(2), reserved(atN1(2))), tried(20, 30, atN1(3), refused)).wrong).toHaveLength(1);
  expect(judged(tried(0, 10, atN1(2), reserved(atN1(2))), tried(20, 30, atN1(4), refused)).wrong).toEqual([]);
});

test('side by side, both a yes and a no are believed where either order explains them', () => {
  const both = judged(tried(0, 30, atN1(3), reserved(atN1(3))), tried(10, 20, atN1(3), refused));
  expect(both).toMatchObject({ oversold: [], wrong: [] });
});

test('[RS4] a hold past its time holds nothing any more', () => {
  const held = tried(0, 10, atN1(5), reserved(atN1(5), 1000));
  expect(judged(held, tried(2000, 2010, atN1(5), reserved(atN1(5)))).oversold).toEqual([]);
  expect(judged(held, tried(2000, 2010, atN1(5), refused)).wrong).toHaveLength(1);
  expect(judged(held, tried(500, 510, atN1(5), reserved(atN1(5)))).oversold).toHaveLength(1);
});

test('[RS2] a repeated key with another answer is wrong, other content must be refused', () => {
  const one = tried(0, 10, atN1(1), reserved(atN1(1)));
  expect(judged({ ...one, second: one.answer }).wrong).toEqual([]);
  expect(judged({ ...one, second: reserved(atN1(1)) }).wrong).toHaveLength(1);
  expect(judged({ ...one, reused: { is: 'refused', code: 'key-reused' } }).wrong).toEqual([]);
  expect(judged({ ...one, reused: reserved(atN1(1)) }).wrong).toHaveLength(1);
});

test('[RS1] granting less than all without being asked for part is wrong', () => {
  expect(judged(tried(0, 10, atN1(3), reserved(atN1(2)))).wrong).toHaveLength(1);
});
