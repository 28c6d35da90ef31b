import { expect, test } from 'vitest';
import { firstOrder, portIsTaken, statusLine, welcome } from './words.ts';

const item = { sku: '00400010821853', name: 'Bananas, 40 lb', store: '367' };
const about = {
  url: 'http://127.0.0.1:8080',
  key: 'oh_key',
  keyFile: '/home/a/data/demo-key',
  dataDir: '/home/a/data',
  logFile: '/home/a/data/server.log',
  speed: 6_000,
  goesOn: false,
  item,
};
const shown = welcome(about);

test('the welcome names all pages, the key, what to try, and where the data lies', () => {
  expect(shown).toContain('http://127.0.0.1:8080/?sku=00400010821853');
  expect(shown).toContain('http://127.0.0.1:8080/tower');
  expect(shown).toContain('http://127.0.0.1:8080/node/S367');
  expect(shown).toContain('http://127.0.0.1:8080/node/DC-COL');
  expect(shown).toContain('Key to sign in  oh_key');
  expect(shown).toContain('takes 88 minutes');
  expect(shown).toContain('Data /home/a/data');
  expect(shown.match(/curl -s /g)).toHaveLength(4);
});

test('what is to be pasted does not hold the key itself: it would stay in the shell history', () => {
  const pasted = shown.slice(shown.indexOf('Try next'));
  expect(pasted).not.toContain('oh_key');
  expect(pasted).toContain('KEY=$(cat /home/a/data/demo-key)');
});

const progress = {
  phase: 'running',
  sim: Date.parse('2017-03-04T17:05:00-05:00'),
  rows: 91_234,
  refused: 0,
  orders: 1_207,
  left: 1_190,
  rejected: 0,
  short: 0,
  lateMs: 0,
} as const;

test('the status line says where in the year we are and how much comes in', () => {
  expect(statusLine(progress, 41.4)).toBe(
    '2017, Sat, Mar 4, 17:05 · 41 events/s · 91,234 in all · 1,207 orders · 1,190 sent off',
  );
});

test('what went wrong is said, and only then', () => {
  const line = statusLine({ ...progress, refused: 2, rejected: 3, short: 4, lateMs: 8_200 }, 0);
  expect(line).toContain('3 turned down · 4 short · 2 refused · 8 s behind');
});

test('the order that one pastes is an order once the shell has written its number and time', () => {
  const line = shown.split('\n').find((one) => one.includes('orderId')) ?? '';
  const pasted = line.slice(line.indexOf("'") + 1, line.lastIndexOf("'")).replaceAll(/'\$\(date [^)]*\)'/g, '1');
  expect(JSON.parse(pasted)).toMatchObject({ orderId: 'demo-1', placedAt: '1', lines: [{ sku: item.sku, units: 2 }] });
});

test('what opens a customer’s page stands behind the #, which no browser sends', () => {
  expect(firstOrder('http://127.0.0.1:8080', { id: 'o17-1', token: 't0k' })).toContain('/order#o17-1.t0k');
});

test('before and after the year it says so', () => {
  expect(statusLine({ ...progress, phase: 'opening', rows: 12_000 }, 0)).toBe(
    'opening stock: 12,000 of 74,640 positions',
  );
  expect(statusLine({ ...progress, phase: 'ended' }, 0)).toContain('the year is over');
});

test('a later start says that the year goes on', () => {
  expect(shown).toContain('Its year 2017 begins now');
  expect(welcome({ ...about, goesOn: true })).toContain('Its year 2017 goes on where it was');
});

test('a port that is taken: by whom, and what to do', () => {
  expect(portIsTaken(8080, undefined)).toBe(
    'port 8080 is taken: stop what listens there, or choose another port with --port 8081',
  );
  const demo = portIsTaken(8080, { pid: 417, command: 'node /home/a/onhand/gateway/main.ts' });
  expect(demo).toContain('an Onhand server, perhaps of an earlier demo');
  expect(demo).toContain('process 417  node /home/a/onhand/gateway/main.ts');
  expect(demo).toContain('Stop it with `kill 417`, or choose another port with --port 8081');
  expect(portIsTaken(65_535, { pid: 1, command: 'nginx' })).toMatch(/something listens there[^]*--port 65534/);
});
