import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { attempt, type AttemptSettings } from './http-attempt.ts';
import { CERTIFICATE } from './test-certificate.ts';
import { startReceiver, type Receiver } from './test-receiver.ts';

const run = promisify(execFile);
const open: Receiver[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function receiver(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const made = await startReceiver(...args);
  open.push(made);
  return made;
}

const LOOPBACK = { address: '127.0.0.1', family: 4 };
const ANY: AttemptSettings = { targets: 'any', timeoutMs: 5_000, resolve: async () => [LOOPBACK], ca: CERTIFICATE };
const post = (url: string) => ({
  url,
  headers: { 'content-type': 'text/plain', 'webhook-id': 'evt_1' },
  body: '{"a":1}',
});

describe('an attempt that may go where it goes', () => {
  test('posts the body with its headers over TLS and brings the answer', async () => {
    const hook = await receiver((response) => response.writeHead(202).end('thanks'), true);
    const result = await attempt(post(hook.url), ANY);
    expect(result).toMatchObject({ status: 202, answer: 'thanks' });
    expect(hook.got).toMatchObject([{ path: '/in', body: '{"a":1}', headers: { 'webhook-id': 'evt_1' } }]);
  });

  test('does not follow a redirect', async () => {
    const hook = await receiver((response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect(await attempt(post(hook.url), ANY)).toMatchObject({ status: 307 });
    expect(hook.got.map(({ path }) => path)).toEqual(['/in']);
  });

  test('goes through no proxy, in a process whose environment has one for everybody', async () => {
    const hook = await receiver();
    const proxy = await receiver();
    const module = JSON.stringify(new URL('./http-attempt.ts', import.meta.url).href);
    const program = `
      import { get } from 'node:http';
      import { attempt } from ${module};
      const post = { url: '${hook.url}', headers: {}, body: 'x' };
      console.log((await attempt(post, { targets: 'any', timeoutMs: 5000, resolve: async () => [] })).status);
      get('http://hook.test/', (response) => response.resume());`;
    const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: '' };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { env });
    expect(stdout.trim()).toBe('204');
    // What shows that the environment counts for others: the plain request went there, ours did not.
    expect(proxy.got.map(({ path }) => path)).toEqual(['http://hook.test/']);
    expect(hook.got).toHaveLength(1);
  });

  test('reads the first KB of an answer that does not end, and leaves', async () => {
    const hook = await receiver((response) => {
      response.writeHead(500);
      const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more));
      more();
    });
    const result = await attempt(post(hook.url), ANY);
    expect(result).toMatchObject({ status: 500 });
    expect(result.answer).toHaveLength(1_024);
  });

  test.each([
    ['never answers', () => undefined],
    ['stops within its answer', (response: { write(text: string): unknown }) => void response.write('slow')],
  ])('ends in time when the other side %s', async (_name, answer) => {
    const hook = await receiver(answer as never);
    expect(await attempt(post(hook.url), { ...ANY, timeoutMs: 200 })).toMatchObject({
      fault: 'no answer within 200 ms',
    });
  });

  test('says what kept it from an answer: nobody there, a certificate nobody vouches for, another name', async () => {
    const hook = await receiver(undefined, true);
    expect((await attempt(post('http://127.0.0.1:1/'), ANY)).fault).toBe('ECONNREFUSED');
    const { ca: _, ...strangers } = ANY;
    expect((await attempt(post(hook.url), strangers)).fault).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    const other = hook.url.replace('hook.test', 'other.test');
    expect((await attempt(post(other), ANY)).fault).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(hook.got).toEqual([]);
  });

  test.each([
    ['7', 7_000],
    ['999999999', 3_600_000],
    ['soon', undefined],
  ])('a retry-after of %s is heard as %s ms', async (given, ms) => {
    const hook = await receiver((response) => response.writeHead(503, { 'retry-after': given }).end());
    expect((await attempt(post(hook.url), ANY)).retryAfterMs).toBe(ms);
  });
});

describe('an attempt that may go to public addresses only', () => {
  const PUBLIC: AttemptSettings = { ...ANY, targets: 'public', timeoutMs: 2_000 };

  test.each([
    'https://127.0.0.1:PORT/',
    'https://127.1:PORT/',
    'https://2130706433:PORT/',
    'https://0x7f.0.0.1:PORT/',
    'https://0177.0.0.1:PORT/',
    'https://0:PORT/',
    'https://[::1]:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://[::ffff:7f00:1]:PORT/',
    'https://１２７.0.0.1:PORT/',
    'http://hook.test:PORT/',
    'https://user:word@hook.test:PORT/',
    'ftp://hook.test:PORT/',
  ])('connects to nobody for %s', async (url) => {
    const hook = await receiver(undefined, true);
    const result = await attempt(post(url.replace('PORT', String(hook.port))), PUBLIC);
    expect(result.fault).toMatch(/^the URL must/);
    expect(hook.connections()).toBe(0);
  });

  test('a name that was public when it was looked at and is private now leads nowhere', async () => {
    const hook = await receiver(undefined, true);
    const answers = [[{ address: '93.184.215.14', family: 4 }], [LOOPBACK]];
    const resolve: AttemptSettings['resolve'] = async () => answers.shift() ?? [];
    // What a check before the attempt would have seen.
    expect(await resolve('hook.test')).toMatchObject([{ address: '93.184.215.14' }]);
    const result = await attempt(post(hook.url), { ...PUBLIC, resolve });
    expect(result.fault).toBe('its name leads to an address that is private, local or reserved');
    expect(hook.connections()).toBe(0);
    // Asked once: there is no second answer that could be another one.
    expect(answers).toEqual([]);
  });

  test('one private address among public ones spoils them all', async () => {
    const hook = await receiver(undefined, true);
    const resolve: AttemptSettings['resolve'] = async () => [{ address: '93.184.215.14', family: 4 }, LOOPBACK];
    expect((await attempt(post(hook.url), { ...PUBLIC, resolve })).fault).toMatch(/private, local or reserved/);
    expect(hook.connections()).toBe(0);
  });

  test.each(['::1', '::ffff:127.0.0.1', 'fe80::1', '64:ff9b::7f00:1'])(
    'a name that leads to %s leads nowhere',
    async (address) => {
      const resolve: AttemptSettings['resolve'] = async () => [{ address, family: 6 }];
      expect((await attempt(post('https://hook.test/'), { ...PUBLIC, resolve })).fault).toMatch(
        /private, local or reserved/,
      );
    },
  );

  test('a name nobody knows is a fault like others', async () => {
    const resolve: AttemptSettings['resolve'] = async () => {
      throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    expect((await attempt(post('https://nobody.test/'), { ...PUBLIC, resolve })).fault).toBe('ENOTFOUND');
  });
});
