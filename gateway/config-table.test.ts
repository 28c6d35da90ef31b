import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configTable } from './config.ts';

/** Cells without the padding a formatter chooses. */
const cells = (markdown: string): string[] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/\s+/g, ' ').trim());

test('the README lists every option of the server with its default and bounds', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const documented = new Set(cells(readme));
  const missing = cells(configTable()).filter((row) => !documented.has(row));
  expect(missing).toEqual([]);
  const options = cells(configTable()).map((row) => row.split('|')[1]);
  const stale = [...documented].filter((row) => /^\| `[A-Z_]+` \|/.test(row) && !options.includes(row.split('|')[1]));
  expect(stale).toEqual([]);
});
