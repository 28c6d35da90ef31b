import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';

import { readOptions } from './cli-options.ts';
import { partsOf } from './cli-parts.ts';
import { send, TRIES_MAX } from './cli-send.ts';
import { createFeedDoor } from './feed-door.ts';
import { TestSink, testReference } from './test-sink.ts';

const dir = mkdtempSync(join(tmpdir(), 'onhand-cli-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

async function serve(
  answer: (request: IncomingMessage, body: Buffer, response: ServerResponse) => Promise<void> | void,
): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void answer(request, Buffer.concat(chunks), response));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const row = (index: number): string =>
  `{"kind":"delta","id":"e${index}","at":1795486000000,"sku":"S","node":"S-09","quantity":-1,"reason":"sale"}`;

async function partsOfFile(path: string, bytes: number): Promise<{ text: string; firstLine: number; bytes: number }[]> {
  const parts = [];
  for await (const part of partsOf(path, bytes))
    parts.push({ text: Buffer.from(part.body).toString('utf8'), firstLine: part.firstLine, bytes: part.bytes });
  return parts;
}

test('NDJSON is cut between rows, and the parts are the file', async () => {
  const text = `${Array.from({ length: 100 }, (_, index) => row(index)).join('\n')}\n`;
  const parts = await partsOfFile(file('a.ndjson', text), 1000);
  expect(parts.length).toBeGreaterThan(5);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(parts.every((part) => part.text.endsWith('}\n'))).toBe(true);
  let line = 1;
  for (const part of parts) {
    expect(part.firstLine).toBe(line);
    line += part.text.split('\n').length - 1;
  }
  expect(parts.reduce((sum, part) => sum + part.bytes, 0)).toBe(Buffer.byteLength(text));
});

test('CSV parts each have the header, and a line break in quotes ends no row', async () => {
  const rows = Array.from({ length: 60 }, (_, index) => `delta,e${index},"a\nb"\n`);
  const parts = await partsOfFile(file('a.csv', `kind,id,note\n${rows.join('')}`), 200);
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.every((part) => part.text.startsWith('kind,id,note\n') && part.text.endsWith('b"\n'))).toBe(true);
  expect(parts.map((part) => part.text.slice('kind,id,note\n'.length)).join('')).toBe(rows.join(''));
  expect(parts[0]?.firstLine).toBe(2);
});

test('other formats and small files are sent whole', async () => {
  for (const [name, text] of [
    ['a.xml', '<POSLog>\n</POSLog>'],
    ['b.csv', 'kind,id,at\n'],
    ['c.json', '[\n]'],
  ] as const) {
    expect((await partsOfFile(file(name, text), 100)).map((part) => part.text)).toEqual([text]);
  }
});

test('a file without rows is told so instead of filling the memory', async () => {
  await expect(partsOfFile(file('big.ndjson', 'x'.repeat(9_000_000)), 500_000)).rejects.toThrow('longer than any row');
});

test('a busy server and a lost connection are tried again with the same body', async () => {
  const bodies: string[] = [];
  const url = await serve((request, body, response) => {
    bodies.push(body.toString());
    if (bodies.length === 1) return void request.socket.destroy();
    if (bodies.length === 2)
      return void response
        .writeHead(503, { 'retry-after': '1' })
        .end('{"code":"overloaded","message":"busy","retryAfterMs":1250}');
    response.end('{"recorded":1,"duplicates":0,"ignored":0,"refused":[],"refusedCount":0,"warnings":[]}');
  });
  const waits: number[] = [];
  const wait = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms));
  const answer = await send(Buffer.from('body'), {
    url,
    path: '/v1/feeds/json',
    called: 'source json',
    key: 'k',
    wait,
  });
  expect(answer.recorded).toBe(1);
  expect(bodies).toEqual(['body', 'body', 'body']);
  expect(waits).toEqual([500, 1250]);
});

test('what trying again will not cure is said at once, a server that stays away at the end', async () => {
  const codes = [401, 404, 413, 400];
  const url = await serve(
    (_, __, response) => void response.writeHead(codes.shift() ?? 500).end('{"code":"c","message":"says why"}'),
  );
  const to = { url, path: '/v1/feeds/pos-1', called: 'source pos-1', key: 'k', wait: () => Promise.resolve() };
  await expect(send(Buffer.from('x'), to)).rejects.toThrow('the API key was not accepted for source pos-1: says why');
  await expect(send(Buffer.from('x'), to)).rejects.toThrow('the server knows no source pos-1: says why');
  await expect(send(Buffer.from('x'), to)).rejects.toThrow('larger than the server takes');
  await expect(send(Buffer.from('x'), to)).rejects.toThrow('refused the request (400)');
  const busy = await serve((_, __, response) => void response.writeHead(503).end());
  await expect(send(Buffer.from('x'), { ...to, url: busy })).rejects.toThrow(`gave up after ${TRIES_MAX} tries`);
  const stranger = await serve((_, __, response) => void response.end('<html>'));
  await expect(send(Buffer.from('x'), { ...to, url: stranger })).rejects.toThrow('is this Onhand?');
});

test('the command line says what is missing', () => {
  const env = { ONHAND_KEY: 'k' };
  for (const [argv, known, says] of [
    [['a.xml'], env, '--source'],
    [['--source', 's'], env, 'which files'],
    [['--orders', 'fax', '--channel', 'web', 'a'], env, '--orders must be one of json, shopify'],
    [['--orders', 'json', 'a'], env, '--channel'],
    [['--source', 's', '--channel', 'web', 'a'], env, 'add --orders'],
    [['--source', 's', 'a', '--url', 'nowhere'], env, '--url must be an address'],
    [['--source', 's', 'a', '--url', 'http://me:secret@h'], env, 'must not hold a name or password'],
    [['--source', 's', 'a', '--key', 'secret'], env, "Unknown option '--key'"],
    [['--source', 's', 'a'], {}, 'no API key'],
  ] as const) {
    expect(readOptions(argv, known)).toMatchObject({ fault: expect.stringContaining(says) });
  }
  expect(readOptions(['--help'], {})).toEqual({ help: true });
  expect(readOptions(['--source', 's', 'a', 'b', '--url', 'http://h:1/'], env)).toEqual({
    start: {
      door: { path: '/v1/feeds/s', called: 'source s', csv: 'rows' },
      url: 'http://h:1',
      key: { env: 'k' },
      files: ['a', 'b'],
    },
  });
  expect(readOptions(['--orders', 'invoices', '--channel', 'web', '--source', 's', 'a'], env)).toMatchObject({
    start: { door: { path: '/v1/orders?format=invoices&channel=web&source=s', called: 'channel web', csv: 'whole' } },
  });
  expect(readOptions(['--source', 's', 'a', '--key-file', 'f'], {})).toMatchObject({ start: { key: { file: 'f' } } });
});

async function cli(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./cli.ts', import.meta.url)), ...argv], {
    env: { PATH: process.env['PATH'], ...env },
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out };
}

test('the command sends a file to the door, prints what was refused and exits with 1', async () => {
  const sink = new TestSink();
  const door = createFeedDoor({ sink, reference: testReference(), letters: sink });
  const url = await serve(async (request, body, response) => {
    const result = await door.take(request.url?.split('/').at(-1) ?? '', body, 1);
    const taken = result.status === 'taken' && request.headers.authorization === 'Bearer secret-key';
    response.writeHead(taken ? 200 : 404).end(JSON.stringify(result.status === 'taken' ? result.answer : result));
  });
  const good = file('good.ndjson', `${row(1)}\n${row(2)}\n`);
  const bad = file('bad.ndjson', `${row(3)}\n{broken\n`);
  const keyFile = file('key', 'secret-key\n');
  expect(await cli(['--source', 'json', '--url', url, good], { ONHAND_KEY: 'secret-key' })).toMatchObject({
    code: 0,
    out: expect.stringContaining('2 recorded, 0 refused'),
  });
  const mixed = await cli(['--source', 'json', '--url', url, '--key-file', keyFile, good, bad], {});
  expect(mixed.code).toBe(1);
  expect(mixed.out).toContain('1 recorded, 2 known already, 1 refused');
  expect(mixed.out).toContain('bad.ndjson: line 2: broken-json');
  expect(mixed.out).not.toContain('secret-key');
  expect(await cli(['--source', 'nobody', '--url', url, good], { ONHAND_KEY: 'secret-key' })).toMatchObject({
    code: 2,
    out: expect.stringContaining('the server knows no source nobody'),
  });
  expect(await cli(['--source', 'json', '--url', url, join(dir, 'absent.xml')], { ONHAND_KEY: 'k' })).toMatchObject({
    code: 2,
    out: expect.stringContaining('there is no file'),
  });
  const folder = await cli(['--source', 'json', '--url', url, dir], { ONHAND_KEY: 'k' });
  expect(folder).toMatchObject({ code: 2, out: expect.stringContaining('is a folder') });
  expect(await cli(['--help'], {})).toMatchObject({ code: 0, out: expect.stringContaining('--source ID') });
});

test('a channel’s orders are sent whole, and what became of them is told as of rows', async () => {
  const asked: string[] = [];
  const url = await serve((request, body, response) => {
    asked.push(`${request.url} ${body.length}`);
    const refused = { status: 'refused', place: 'line 9', code: 'malformed-date', message: 'no date', letter: 'L7' };
    const outcomes = [{ status: 'taken' }, refused];
    const counts = { taken: 3, duplicates: 1, kept: 1, refused: 1, ignored: 0, warnings: [] };
    response.end(JSON.stringify({ outcomes, ...counts }));
  });
  const list = file('invoices.csv', `InvoiceNo,StockCode\n${'1,A\n'.repeat(200_000)}`);
  const argv = ['--orders', 'invoices', '--channel', 'web', '--url', url, list];
  const said = await cli(argv, { ONHAND_KEY: 'k' });
  expect(asked).toEqual(['/v1/orders?format=invoices&channel=web 800020']);
  expect(said).toMatchObject({ code: 1, out: expect.stringContaining('3 recorded, 1 known already, 1 refused') });
  expect(said.out).toContain('invoices.csv: line 9: malformed-date: no date [letter L7]');
});

test('a key that cannot be one is said at once, and not shown', async () => {
  const good = file('one.ndjson', `${row(1)}\n`);
  for (const key of ['sec\nret-one', 'sec ret-two', 'secr\u20act']) {
    const said = await cli(['--source', 'json', '--key-file', file('odd-key', key), good], {});
    expect(said).toMatchObject({ code: 2, out: expect.stringContaining('another character that no key has') });
    expect(said.out).not.toMatch(/ret|secr/);
  }
  const empty = await cli(['--source', 'json', '--key-file', file('no-key', '\n'), good], {});
  expect(empty).toMatchObject({ code: 2, out: expect.stringContaining('the API key is empty') });
});
