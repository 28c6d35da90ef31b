import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinedFrames, textFrame, textsIn } from './frame.ts';

test('a frame of any text is read back as that text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      expect(textsIn(textFrame(text))).toEqual([text]);
    }),
  );
});

test.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])('a text of %i bytes has the length form it needs', (bytes) => {
  const frame = textFrame('x'.repeat(bytes));
  expect(frame.length).toBe(bytes + (bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10));
  expect(textsIn(frame)).toEqual(['x'.repeat(bytes)]);
});

test('frames in one buffer stay apart', () => {
  const frames = ['{"a":1}', '', 'é'.repeat(200)].map(textFrame);
  expect(textsIn(Buffer.concat(frames))).toEqual(['{"a":1}', '', 'é'.repeat(200)]);
});

test('the frames of a flush are one buffer, the same for the same frames and no other', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(textFrame) as [Buffer, Buffer, Buffer];
  expect(joinedFrames([a])).toBe(a);
  const joined = joinedFrames([a, b]);
  expect(joinedFrames([a, b])).toBe(joined);
  for (const frames of [
    [b, a],
    [a, c],
    [a, b, c],
    [c, b],
  ])
    expect(textsIn(joinedFrames(frames))).toEqual(frames.flatMap(textsIn));
});
