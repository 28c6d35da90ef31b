import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { monotonicMs, Stopwatch } from '../stopwatch.ts';

// client.c once more, for machines without a compiler: the same arguments, commands and answers.

interface Client {
  readonly socket: WebSocket;
  deliveries: number;
  state: 'opening' | 'ready' | 'ended';
  stalled: boolean;
}

const OPEN_MS_MAX = 120_000;
const OPENING_MAX = 256;

const [host = '', port = '', path = '', protocol = '', readyHex = '', ...markHexes] = process.argv.slice(2);
const ready = Buffer.from(readyHex, 'hex');
const marks = markHexes.map((hex) => Buffer.from(hex, 'hex'));
let hellos: readonly string[] = [];
let clients: Client[] = [];
let opening = 0;
let failed = 0;
let closed = 0;
let counts = fresh();

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await obey(line.split(' '));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function obey([command = '', first = '', second = '']: readonly string[]): Promise<object> {
  switch (command) {
    case 'hello':
      hellos = readFileSync(first, 'utf8').split('\n').slice(0, -1);
      return {};
    case 'open':
      return openMore(Number(first), Number(second));
    case 'stall':
      for (const client of clients.slice(0, Number(first))) {
        client.stalled = true;
        client.socket.pause();
      }
      return { stalled: Number(first) };
    case 'cut':
      return cut();
    case 'reset':
      counts = fresh();
      for (const client of clients) client.deliveries = 0;
      return {};
    case 'report':
      return report();
    default:
      throw new Error(`no command ${command}`);
  }
}

function fresh() {
  const zeros = { deliveries: 0, frames: 0, reads: 0, bytes: 0, marks: marks.map(() => 0) };
  return { ...zeros, age: new Stopwatch(), opening: new Stopwatch() };
}

async function openMore(more: number, perSec: number): Promise<object> {
  const start = monotonicMs();
  const failedBefore = failed;
  for (let begun = 0; (begun < more || opening > 0) && monotonicMs() - start < OPEN_MS_MAX;) {
    const due = Math.min(more, ((monotonicMs() - start) * perSec) / 1000 + 1);
    for (; begun < due && opening < OPENING_MAX; begun++) clients.push(begin(clients.length));
    await wait(1);
  }
  return { unready: opening, failed: failed - failedBefore, ms: monotonicMs() - start };
}

function begin(index: number): Client {
  const url = `ws://${host}:${port}${path}`;
  const options = { perMessageDeflate: false, skipUTF8Validation: true };
  const socket = protocol === '' ? new WebSocket(url, options) : new WebSocket(url, protocol, options);
  const client: Client = { socket, deliveries: 0, state: 'opening', stalled: false };
  const begunMs = monotonicMs();
  const isReady = (): void => {
    client.state = 'ready';
    opening -= 1;
    counts.opening.record(monotonicMs() - begunMs);
  };
  opening += 1;
  socket.on('open', () => {
    for (const hello of (hellos[index % hellos.length] ?? '').split(' ').filter((text) => text !== '')) {
      const bytes = Buffer.from(hello.slice(1), 'hex');
      socket.send(bytes, { binary: hello.startsWith('b') });
    }
    if (ready.length === 0) isReady();
  });
  socket.on('message', (data: Buffer) => {
    count(client, data);
    if (client.state === 'opening' && data.includes(ready)) isReady();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => end(client));
  return client;
}

function end(client: Client): void {
  if (client.state === 'opening') {
    failed += 1;
    opening -= 1;
  } else if (client.state === 'ready') {
    closed += 1;
  }
  client.state = 'ended';
}

function count(client: Client, data: Buffer): void {
  const nowMs = performance.timeOrigin + performance.now();
  counts.frames += 1;
  counts.reads += 1;
  counts.bytes += data.length;
  const text = data.toString('latin1');
  for (const [, sentMs] of text.matchAll(/"t":([\d.]*)/g)) {
    client.deliveries += 1;
    counts.deliveries += 1;
    if (Number(sentMs) > 0) counts.age.record(nowMs - Number(sentMs));
  }
  for (const [index, mark] of marks.entries()) {
    counts.marks[index] = (counts.marks[index] ?? 0) + text.split(mark.toString('latin1')).length - 1;
  }
}

function cut(): object {
  const ended = clients.filter(({ state }) => state !== 'ended');
  for (const client of ended) {
    client.state = 'ended';
    client.socket.terminate();
  }
  clients = [];
  closed = 0;
  return { cut: ended.length };
}

function report(): object {
  const open = clients.filter(({ state }) => state === 'ready');
  const reading = open.filter(({ stalled }) => !stalled).map(({ deliveries }) => deliveries);
  const { user, system } = process.cpuUsage();
  const { age, opening: times, ...sums } = counts;
  return {
    sockets: open.length,
    closed,
    ...sums,
    least: reading.length === 0 ? 0 : Math.min(...reading),
    most: Math.max(0, ...reading),
    cpuMs: (user + system) / 1000,
    age: age.percentiles(),
    opening: times.percentiles(),
  };
}
