import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BodyChunks } from './body-chunks.ts';

test('however a body is cut, joined it is that body', () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 4_000, max: 70_000 }));
  fc.assert(
    fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
      const cut = sizes.map((bytes, index) => Buffer.alloc(bytes, index + 1));
      const chunks = new BodyChunks();
      for (const chunk of cut) chunks.push(chunk);
      expect(Buffer.compare(chunks.join(), Buffer.concat(cut))).toBe(0);
    }),
  );
});

test('short chunks are copied together, so the buffers they came in can go', () => {
  const chunks = new BodyChunks();
  const reused = Buffer.alloc(1);
  for (let count = 0; count < 200_000; count++) {
    reused[0] = count;
    chunks.push(reused);
  }
  const body = chunks.join();
  expect(body.byteLength).toBe(200_000);
  expect(body.every((byte, index) => byte === index % 256)).toBe(true);
});
