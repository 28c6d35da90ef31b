import { expect, test } from 'vitest';
import { configTable, readConfig } from './config.ts';

test('an empty environment gives the defaults, and empty text counts as absent', () => {
  const config = readConfig({ PORT: '' });
  expect(config).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    dataDir: './data',
    journal: 'segments',
    conflateMs: 250,
  });
  expect([...config.allowedOrigins]).toEqual([]);
});

test('options are read and origins are listed', () => {
  const config = readConfig({
    PORT: '0',
    ALLOWED_ORIGINS: 'https://a.example, http://b.example:8080',
    JOURNAL: 'sqlite',
  });
  expect(config).toMatchObject({ port: 0, journal: 'sqlite' });
  expect([...config.allowedOrigins]).toEqual(['https://a.example', 'http://b.example:8080']);
});

test.each([
  [{ PORT: '99999' }, 'PORT must be a whole number from 0 to 65535, got 99999'],
  [{ PORT: '8e3' }, 'PORT must be a whole number from 0 to 65535, got 8e3'],
  [{ JOURNAL: 'paper' }, 'JOURNAL must be one of segments, sqlite, got paper'],
  [
    { ALLOWED_ORIGINS: 'https://a.example/' },
    'ALLOWED_ORIGINS must list origins like https://shop.example, got https://a.example/',
  ],
  [{ ALLOWED_ORIGINS: '*' }, 'ALLOWED_ORIGINS must list origins like https://shop.example, got *'],
  [{ CONFLATE_MS_MIN: '900', CONFLATE_MS_MAX: '800' }, 'CONFLATE_MS_MIN must be <= CONFLATE_MS_MAX (800), got 900'],
  [{ HISTORY_DAYS: '0' }, 'HISTORY_DAYS must be a whole number from 1 to 3650, got 0'],
  [{ LOG_KEEP_HOURS: '721' }, 'LOG_KEEP_HOURS must be <= HISTORY_DAYS in hours (720), got 721'],
  [{ LOG_KEEP_HOURS: '25', HISTORY_DAYS: '1' }, 'LOG_KEEP_HOURS must be <= HISTORY_DAYS in hours (24), got 25'],
])('%j stops the start and names option, bound and value', (env, message) => {
  expect(() => readConfig(env)).toThrow(message);
});

test('a log may be kept as long as the history, whose rows its events are', () => {
  expect(readConfig({ LOG_KEEP_HOURS: '720' })).toMatchObject({ logKeepHours: 720, historyDays: 30 });
  expect(readConfig({ LOG_KEEP_HOURS: '8784', HISTORY_DAYS: '366' })).toMatchObject({ historyDays: 366 });
});

test('all faults are named at once, and a bad secret is never shown', () => {
  expect(() => readConfig({ PORT: 'x', SHARD_THREADS: '-1' })).toThrow(/PORT .*\nSHARD_THREADS /);
  expect(() => readConfig({ ONHAND_ADMIN_KEY: 'hunter2' })).toThrow(
    /^ONHAND_ADMIN_KEY must be 24 to 256 visible characters, got 7$/,
  );
});

test('the table has a row for every option, with its default', () => {
  const rows = configTable().split('\n');
  expect(rows[0]).toBe('| option | default | meaning |');
  expect(rows).toContainEqual(expect.stringMatching(/^\| `PORT` \| `8080` \| .* \(0 to 65535\) \|$/));
  expect(rows.length - 2).toBe(Object.keys(readConfig({})).length);
});
