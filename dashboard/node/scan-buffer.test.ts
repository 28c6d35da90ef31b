import { expect, test } from 'vitest';
import { ScanBuffer } from './scan-buffer.ts';

/** Keystrokes, some ms apart; what the last one made. */
function type(buffer: ScanBuffer, keys: readonly string[], apartMs: number, fromMs = 0): string | undefined {
  let code: string | undefined;
  for (const [at, key] of keys.entries()) code = buffer.press(key, fromMs + at * apartMs);
  return code;
}

test('keystrokes that end with Enter are a code, whatever shift does in between', () => {
  const buffer = new ScanBuffer();
  expect(type(buffer, ['Shift', 'A', 'Shift', '4', '7', ' ', 'x', 'Enter'], 20)).toBe('A47 x');
  expect(type(buffer, ['1', 'Enter'], 20, 500)).toBe('1');
});

test('an Enter after a pause is a person, and so is one that nothing came before', () => {
  const buffer = new ScanBuffer();
  expect(type(buffer, ['8', '4'], 20)).toBeUndefined();
  expect(buffer.isBusy(520)).toBe(true);
  expect(buffer.isBusy(521)).toBe(false);
  expect(buffer.press('Enter', 521)).toBeUndefined();
  expect(buffer.press('Enter', 530)).toBeUndefined();
});

test('what was typed before a pause is no part of the code', () => {
  const buffer = new ScanBuffer();
  type(buffer, ['9', '9'], 20);
  expect(type(buffer, ['1', '2', 'Enter'], 20, 5_000)).toBe('12');
});

test('a space that presses a button begins no code', () => {
  const buffer = new ScanBuffer();
  buffer.press(' ', 0);
  expect(buffer.isBusy(10)).toBe(false);
});

test('a code longer than any is none', () => {
  const buffer = new ScanBuffer();
  expect(type(buffer, [...Array<string>(200).fill('x'), 'Enter'], 1)).toBe('x'.repeat(200));
  expect(type(buffer, [...Array<string>(201).fill('x'), 'Enter'], 1, 1_000)).toBeUndefined();
});
