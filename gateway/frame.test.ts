import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameList } from './frame-list.ts';
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

test('the frames of a flush are one buffer, made once for a list', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(textFrame) as [Buffer, Buffer, Buffer];
  expect(joinedFrames([a])).toBe(a);
  const list = [a, b];
  expect(joinedFrames(list)).toBe(joinedFrames(list));
  for (const frames of [[b, a], [a, c], [a, b, c], list, [c, b]])
    expect(textsIn(joinedFrames(frames))).toEqual(frames.flatMap(textsIn));
});

test('lists that begin alike are one list; each holds its frames in order, whatever the others became', () => {
  const frames = ['a', 'b', 'c'].map(textFrame);
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat({ max: 2 }), { maxLength: 6 })), (wanted) => {
      const none = new FrameList();
      const lists = wanted.map((each) => each.reduce((list, index) => list.with(frames[index]!), none));
      for (const [index, each] of wanted.entries())
        expect(lists[index]!.frames).toEqual(each.map((frame) => frames[frame]));
    }),
  );
  const none = new FrameList();
  const [a, b] = frames as [Buffer, Buffer];
  expect(none.with(a).with(b).frames).toBe(none.with(a).with(b).frames);
});
