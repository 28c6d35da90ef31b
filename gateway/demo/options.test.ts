import { expect, test } from 'vitest';
import { HELP, readOptions, SPEED_DEFAULT } from './options.ts';

test('without options the demo takes a year in 88 minutes, on port 8080, in ./data', () => {
  expect(readOptions([])).toEqual({ speed: SPEED_DEFAULT, port: 8080, dataDir: './data', fresh: false });
});

test('each option is taken', () => {
  const args = ['--speed', '500', '--port', '9000', '--data', 'elsewhere', '--fresh'];
  expect(readOptions(args)).toEqual({ speed: 500, port: 9000, dataDir: 'elsewhere', fresh: true });
});

test('help names every option', () => {
  expect(readOptions(['--help'])).toBe('help');
  for (const option of ['--speed', '--fresh', '--port', '--data']) expect(HELP).toContain(option);
});

test.each([
  [['--speed', '0'], /--speed must be 1 to 20000, got 0/],
  [['--speed', 'fast'], /got fast/],
  [['--speed', '20001'], /got 20001/],
  [['--port', '80.5'], /--port must be 1 to 65535, got 80.5/],
  [['--port', '0'], /got 0/],
  [['--data='], /--data must name a folder/],
  [['--quick'], /quick/],
  [['now'], /now/],
])('what cannot be meant is said, with option, bound and value: %s', (args, words) => {
  expect(readOptions(args)).toEqual({ fault: expect.stringMatching(words) });
});
