import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepArchive } from './archive-keeper.ts';
import { testFolder } from './test-engine.ts';

const DAY_MS = 86_400_000;
const NOW = 1_795_486_061_000;

function folderWith(...daysOld: number[]): string {
  const dir = testFolder();
  mkdirSync(join(dir, 'archive'));
  daysOld.forEach((days, i) => {
    const name = `000000000${i}.${i * 10 + 1}-${i * 10 + 10}.t${NOW - days * DAY_MS}.seg.zst`;
    writeFileSync(join(dir, 'archive', name), '');
  });
  return dir;
}

test('segments beyond the history are deleted, younger ones stay', async () => {
  const dir = folderWith(40, 31, 29);
  const lines: string[] = [];
  const archiver = { run: () => Promise.resolve([]), close: () => Promise.resolve() };
  const keeper = keepArchive({ dir, historyDays: 30, nowMs: () => NOW, log: (line) => lines.push(line) }, archiver);
  await keeper.tidy();
  expect(readdirSync(join(dir, 'archive'))).toHaveLength(1);
  expect(lines).toEqual(['archive: 2 segments older than 30 days deleted']);
});

test('a failed compression is said, and does not keep what is too old', async () => {
  const dir = folderWith(40, 20);
  const lines: string[] = [];
  const archiver = { run: () => Promise.reject(new Error('ENOSPC')), close: () => Promise.resolve() };
  const keeper = keepArchive({ dir, historyDays: 30, nowMs: () => NOW, log: (line) => lines.push(line) }, archiver);
  await keeper.tidy();
  expect(lines.join()).toContain('ENOSPC');
  expect(readdirSync(join(dir, 'archive'))).toHaveLength(1);
  await keeper.close();
  await keeper.tidy();
  expect(lines).toHaveLength(2);
});
