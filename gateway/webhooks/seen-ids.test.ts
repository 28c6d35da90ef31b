import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SeenIds } from './seen-ids.ts';
import { openWebhookFile } from './webhook-file.ts';

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-seen-'));
  const db = openWebhookFile(join(folder, 'webhooks.sqlite'));
  onTestFinished(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { db, seen: new SeenIds(db, { keepMs: 1_000, max: 3 }) };
}

test('an id that comes again after its time takes one place, however often', () => {
  const { seen } = setUp();
  for (let nowMs = 0; nowMs < 20_000; nowMs += 2_000) {
    expect(seen.look('pos', ['a'], nowMs)).toBe('new');
    seen.remember('pos', ['a'], nowMs);
  }
  expect(seen.look('pos', ['a'], 18_500)).toBe('seen');
  expect(seen.look('pos', ['b'], 18_500)).toBe('new');
});

test('what could not be written takes no place', () => {
  const { db, seen } = setUp();
  seen.remember('pos', ['a'], 0);
  db.exec(`CREATE TRIGGER broken BEFORE DELETE ON seen BEGIN SELECT RAISE(ABORT, 'broken'); END`);
  for (let time = 0; time < 5; time++) expect(() => seen.remember('pos', ['b'], 2_000)).toThrow('broken');
  db.exec('DROP TRIGGER broken');
  expect(seen.look('pos', ['b'], 2_000)).toBe('new');
  seen.remember('pos', ['b', 'c', 'd'], 2_000);
  expect(seen.look('pos', ['e'], 2_000)).toBe('full');
});
