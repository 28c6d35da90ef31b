import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { wholeFile } from './whole-files.ts';

test('both elements together, with all they use, have less than 12 KB gzipped', async () => {
  const code = await wholeFile('../gateway/client/onhand.ts');
  expect(code).not.toMatch(/\bimport\s*[{("']/);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(12 * 1024);
  // Shortened names must not reach what the server says.
  for (const name of ['asOf', 'pickup', 'reconnectInMs', 'retryAfterMs', 'unchanged']) expect(code).toContain(name);
});

test('the SDK is one file that imports nothing', async () => {
  const code = await wholeFile('../gateway/client/onhand-sdk.ts');
  expect(code).not.toMatch(/\bimport\s*[{("']/);
  const sdk = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Record<string, unknown>;
  expect(Object.keys(sdk)).toEqual(
    expect.arrayContaining([
      'Connection',
      'HttpClient',
      'LogConsumer',
      'SignIn',
      'followOrder',
      'followStock',
      'insist',
    ]),
  );
});
