import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EngineBusyError } from '../../engine/api.ts';
import type { AuditDesk } from '../audit/audit-desk.ts';
import { ADMIN_KEY, onHand, startTestServer } from '../test-server.ts';
import { CallThread } from './call-thread.ts';

async function inFolder(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'onhand-desk-'));
  try {
    await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function auditThread(path: string, lines: string[], callsMax = 10): CallThread<AuditDesk> {
  return new CallThread<AuditDesk>({
    script: new URL('../audit/audit.worker.ts', import.meta.url),
    data: { path, days: 1, rowsMax: 10 },
    name: 'test thread',
    without: 'nothing is kept',
    callsMax,
    answerMsMax: 60_000,
    log: (line) => void lines.push(line),
  });
}

test('calls are answered in their thread, an error there is the call’s, and close lets the file go', () =>
  inFolder(async (dir) => {
    const lines: string[] = [];
    const thread = auditThread(join(dir, 'audit.sqlite'), lines, 2);
    const asked = [1, 2, 3].map((at) => thread.ask('begin', { at, by: 'ann', what: 'x', path: '/' }));
    const ends = await Promise.allSettled(asked);
    expect(ends).toMatchObject([{ value: 1 }, { value: 2 }, { reason: expect.any(EngineBusyError) }]);
    const wrong = thread.ask('page', { limit: 'many' as unknown as number });
    await expect(wrong).rejects.toThrow(/^test thread: Error: datatype mismatch/);
    await thread.close();
    await expect(thread.ask('page', { limit: 1 })).rejects.toThrow(EngineBusyError);
    expect(lines).toEqual([]);
  }));

test('a thread that fails says so once, and is asked nothing more', () =>
  inFolder(async (dir) => {
    const lines: string[] = [];
    const thread = auditThread(dir, lines);
    await expect(thread.ask('page', { limit: 1 })).rejects.toThrow(EngineBusyError);
    await expect(thread.ask('page', { limit: 1 })).rejects.toThrow(EngineBusyError);
    expect(thread.failed).toMatch(/EISDIR/);
    await thread.close();
    expect(lines).toEqual([`test thread ended (${thread.failed}): nothing is kept`]);
  }));

test('a server whose files of webhooks, logs and the audit cannot be opened answers those 503, and all else goes on', () =>
  inFolder(async (dir) => {
    for (const file of ['audit.sqlite', 'webhooks.sqlite', 'log-consumers.sqlite']) await mkdir(join(dir, file));
    const lines: string[] = [];
    const logTo = { write: (line: string) => void lines.push(line) };
    const server = await startTestServer({ DATA_DIR: dir, LOG_LEVEL: 'info' }, Math.random, logTo);
    try {
      const get = (path: string) => server.call(path, { key: ADMIN_KEY });
      const made = await server.call('/v1/keys', {
        method: 'POST',
        key: ADMIN_KEY,
        json: { name: 'a', role: 'public' },
      });
      for (const asked of [made, await get('/v1/webhook-endpoints'), await get('/v1/log')])
        expect(asked).toMatchObject({ status: 503, body: { code: 'overloaded' } });
      expect((await get('/v1/stats')).body).toMatchObject({ server: { webhooks: { failed: expect.any(String) } } });
      expect((await server.feed([onHand('MILK-1', 3)])).status).toBe(200);
    } finally {
      await server.stop();
    }
    const names = ['audit', 'webhook', 'log consumers'];
    const told = names.map((name) => lines.filter((line) => line.includes(`${name} thread ended`)).length);
    expect(told).toEqual([1, 1, 1]);
  }));
