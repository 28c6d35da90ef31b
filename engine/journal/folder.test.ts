import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { FolderLockedError } from './folder-lock.ts';
import { FolderError, openFolder } from './folder.ts';
import { messageOf } from './some-records.ts';

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'onhand-folder-')), 'data');
});
afterEach(() => {
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

describe('the data folder', () => {
  test('is created for its owner alone, with an identity that stays', () => {
    const folder = openFolder(dir, { stockShards: 8, nowMs: Date.UTC(2026, 10, 24) });
    expect(folder).toMatchObject({ created: true, stockShards: 8, promiseShards: 4, journal: 'segments' });
    expect(folder.epoch).toMatch(/^[0-9a-z]{8}$/);
    expect(folder.createdAt).toBe('2026-11-24T00:00:00.000Z');
    expect([dir, folder.journalDir, folder.snapshotsDir].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o700, 0o700, 0o700,
    ]);
    expect(statSync(join(dir, 'onhand.json')).mode & 0o777).toBe(0o600);
    folder.close();
    const again = openFolder(dir);
    expect(again).toMatchObject({ created: false, epoch: folder.epoch, stockShards: 8, createdAt: folder.createdAt });
    again.close();
    expect(readdirSync(dir).toSorted()).toEqual(['journal', 'onhand.json', 'snapshots']);
  });

  test('has 16 stock shards unless asked otherwise, and an epoch of its own', () => {
    const one = openFolder(dir);
    const two = openFolder(`${dir}2`);
    expect(one.stockShards).toBe(16);
    expect(one.epoch).not.toBe(two.epoch);
    one.close();
    two.close();
  });

  test.each([
    [{ stockShards: 4 }, /stockShards must be 8 as in .*onhand\.json, got 4/],
    [{ journal: 'sqlite' as const }, /journal must be segments as in .*onhand\.json, got sqlite/],
  ])('refuses %j when it was created otherwise, and is free afterwards', (asked, says) => {
    openFolder(dir, { stockShards: 8 }).close();
    expect(() => openFolder(dir, asked)).toThrow(FolderError);
    expect(messageOf(() => openFolder(dir, asked))).toMatch(says);
    openFolder(dir, { stockShards: 8 }).close();
  });

  test.each([0, 4097, 1.5, Number.NaN])('refuses %s stock shards and creates nothing', (stockShards) => {
    expect(messageOf(() => openFolder(dir, { stockShards }))).toContain(
      `stockShards must be 1 to 4096, got ${stockShards}`,
    );
    expect(existsSync(join(dir, 'onhand.json'))).toBe(false);
  });

  test.each([
    ['{"format": 3}', /has format 3, this version reads up to 2; use the newer version/],
    ['{"format": 1, "epoch": "x"}', /is damaged/],
    ['[]', /is damaged/],
    ['{"form', /cannot be read/],
  ])('refuses the identity %s', (content, says) => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'onhand.json'), content);
    expect(messageOf(() => openFolder(dir))).toMatch(says);
    expect(readFileSync(join(dir, 'onhand.json'), 'utf8')).toBe(content);
  });

  test('a folder from before there were orders is written down as one that has them', () => {
    const made = openFolder(dir, { stockShards: 8 });
    made.close();
    const { epoch } = made;
    const file = join(dir, 'onhand.json');
    const { orderShards, nodeShards, ...older } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...older, format: 1 }));
    expect(openFolder(dir)).toMatchObject({ epoch, stockShards: 8, orderShards, nodeShards });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ format: 2, epoch, orderShards, nodeShards });
  });

  test('a crash before the identity was whole leaves a folder that is created anew', () => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'onhand.json.tmp'), '{"for');
    expect(openFolder(dir).created).toBe(true);
  });
});

describe('the lock of the folder', () => {
  const lock = (): string => join(dir, 'onhand.lock');

  test('keeps a second server out, also from the same process, until the first closes', () => {
    const first = openFolder(dir);
    expect(() => openFolder(dir)).toThrow(FolderLockedError);
    expect(messageOf(() => openFolder(dir))).toContain(`in use by process ${process.pid}`);
    first.close();
    first.close();
    openFolder(dir).close();
    expect(existsSync(lock())).toBe(false);
  });

  test.runIf(existsSync('/proc/self/stat'))(
    'a holder that is dead but was never asked how it ended holds nothing',
    async () => {
      mkdirSync(dir, { recursive: true });
      // The inner shell ends when its input does; what the outer one has become by then never waits for it.
      const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 >&2 & echo $!; exec 3<&-; exec sleep 30 <&-'], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      onTestFinished(() => void parent.kill('SIGKILL'));
      const [said] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(said.toString());
      await vi.waitUntil(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n', { timeout: 10_000 });
      parent.stdin.end();
      await vi.waitUntil(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '), { timeout: 10_000 });
      writeFileSync(lock(), JSON.stringify({ pid, started: startOf(pid) }));
      openFolder(dir).close();
      expect(existsSync(lock())).toBe(false);
    },
  );

  test('an earlier holder that closes late does not take the lock of the present one', () => {
    const first = openFolder(dir);
    first.close();
    const second = openFolder(dir);
    first.close();
    expect(() => openFolder(dir)).toThrow(FolderLockedError);
    second.close();
  });

  test('keeps out while another process lives', () => {
    mkdirSync(dir);
    const parent = process.ppid;
    writeFileSync(lock(), JSON.stringify({ pid: parent, started: startOf(parent) }));
    expect(messageOf(() => openFolder(dir))).toContain(`in use by process ${parent}`);
  });

  const dead = spawnSync(process.execPath, ['-e', '0'], { timeout: 30_000 }).pid;
  test.each([
    ['of a process that is gone', JSON.stringify({ pid: dead, started: '123' })],
    ['of a process whose pid somebody else has now', JSON.stringify({ pid: process.ppid, started: '1' })],
    ['without content', ''],
  ])('a lock %s is taken over', (_, content) => {
    mkdirSync(dir);
    writeFileSync(lock(), content);
    const folder = openFolder(dir);
    expect(JSON.parse(readFileSync(lock(), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(() => openFolder(dir)).toThrow(FolderLockedError);
    folder.close();
  });

  test('a takeover that crashed does not keep everybody out; one under way does', () => {
    mkdirSync(dir);
    const gone = JSON.stringify({ pid: dead, started: '123' });
    writeFileSync(lock(), gone);
    writeFileSync(`${lock()}.takeover`, JSON.stringify({ pid: process.ppid, started: startOf(process.ppid) }));
    expect(() => openFolder(dir)).toThrow(FolderLockedError);
    writeFileSync(`${lock()}.takeover`, gone);
    openFolder(dir).close();
    expect(readdirSync(dir).filter((name) => name.includes('lock'))).toEqual([]);
  });
});

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
