import './require-node-24.ts';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { busiestItem } from '../ingest/samples/busiest.ts';
import { cursorFile } from '../ingest/samples/cursor.ts';
import { onlineBaskets } from '../ingest/samples/messages.ts';
import { createOrderWriter } from '../ingest/samples/online-order.ts';
import { createReplay } from '../ingest/samples/replay.ts';
import type { Replay } from '../ingest/samples/replay.ts';
import { REFERENCE_DIR } from '../ingest/samples/rows.ts';
import type { PlacedOrder } from '../ingest/samples/run-errand.ts';
import { createSender } from '../ingest/samples/sender.ts';
import { createShift } from '../ingest/samples/shift.ts';
import type { ShiftTally } from '../ingest/samples/shift.ts';
import { buildPages, pagesAreStale } from './demo/build-pages.ts';
import { beginAnew, demoKey } from './demo/data-folder.ts';
import { HELP, readOptions } from './demo/options.ts';
import type { DemoOptions } from './demo/options.ts';
import { portHolder } from './demo/port-holder.ts';
import { portIsFree, startServerProcess, tailOf } from './demo/server-process.ts';
import { firstOrder, portIsTaken, statusLine, welcome, YEAR_OVER } from './demo/words.ts';

// `npm run demo`: pages, server, a retailer's year sent to its doors, and staff at every node. Nothing here knows more than a
// source system, a shop or somebody at a node does.

const options = readOptions(process.argv.slice(2));
if (options === 'help') console.log(HELP);
else if ('fault' in options) stopWith(`${options.fault}\n\n${HELP}`);
else await demo(options).catch((error: unknown) => stopWith(error instanceof Error ? error.message : String(error)));

function stopWith(words: string): void {
  console.error(words);
  process.exitCode = 1;
}

async function demo({ speed, port, fresh, dataDir: folder }: DemoOptions): Promise<void> {
  const dataDir = resolve(folder);
  if (!(await portIsFree(port))) {
    throw new Error(portIsTaken(port, await portHolder(port)));
  }
  const notOurs = fresh ? await beginAnew(dataDir) : undefined;
  if (notOurs !== undefined) throw new Error(notOurs.fault);
  const goesOn = existsSync(cursorFile(dataDir));
  const stopping = stopOnSignals();
  let status: Status | undefined;
  await pages();
  const key = await demoKey(dataDir);
  const referenceDir = fileURLToPath(REFERENCE_DIR);
  const server = await startServerProcess({ port, dataDir, referenceDir, adminKey: key });

  const send = createSender({ baseUrl: server.url, key, signal: stopping.signal });
  const tokens = new Map<string, string>();
  const onOrder = (order: PlacedOrder): void => {
    if (tokens.size === 0) status?.say(firstOrder(server.url, order));
    tokens.set(order.id, order.token);
  };
  const writer = createOrderWriter();
  const { signal } = stopping;
  const replay = createReplay({ send, cursorFile: cursorFile(dataDir), speed, signal, writer, onOrder });
  const shift = createShift({ send, nodes: writer.nodes, signal, tokenOf: knownTokens(tokens, replay) });
  const keyFile = join(dataDir, 'demo-key');
  const { url, logFile } = server;
  console.log(welcome({ url, key, keyFile, dataDir, logFile, speed, goesOn, item: busiestItem() }));

  status = showStatus(replay, shift.tally);
  const fell = server.exited.then(() => stopping.abort());
  try {
    const working = shift.run();
    // A failure of either ends both; who waits for the other sees it.
    working.catch(() => stopping.abort());
    const outcome = await replay.run();
    status.close();
    if (outcome === 'ended') {
      console.log(YEAR_OVER);
      await aborted(signal);
    }
    await working;
  } finally {
    status.close();
    const asked = stopping.asked();
    const code = await server.stop();
    await fell;
    if (!asked) stopWith(`the server ended by itself (${code}); the end of ${logFile}:\n${await tailOf(logFile)}`);
  }
  for (const words of replay.progress().firstRefusals) console.log(`refused: ${words}`);
  if (process.exitCode !== 1) console.log('stopped; `npm run demo` goes on from here');
}

async function pages(): Promise<void> {
  if (!pagesAreStale()) return;
  console.log('building the pages …');
  const fault = await buildPages();
  if (fault !== undefined) throw new Error(`the pages could not be built:\n${fault}`);
}

interface Stopping {
  readonly signal: AbortSignal;
  abort(): void;
  /** Whether somebody asked for it. */
  asked(): boolean;
}

/** The first signal stops in order, the second at once. */
function stopOnSignals(): Stopping {
  const controller = new AbortController();
  let asked = false;
  const onSignal = (): void => {
    if (asked) process.exit(1);
    asked = true;
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // The terminal was closed: without this the server, a process group of its own, would live on and hold the port.
  process.on('SIGHUP', onSignal);
  return { signal: controller.signal, abort: () => controller.abort(), asked: () => asked };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Tokens of orders that an earlier run placed are answered again to who sends the same order again. */
function knownTokens(tokens: ReadonlyMap<string, string>, replay: Replay) {
  const baskets = new Map([...onlineBaskets()].map((basket) => [`#${basket.key}`, basket]));
  return async (order: string, number: string): Promise<string | undefined> => {
    const basket = baskets.get(number);
    if (!tokens.has(order) && basket !== undefined) await replay.orderAgain(basket);
    return tokens.get(order);
  };
}

interface Status {
  /** Above the line. */
  say(words: string): void;
  close(): void;
}

/** A terminal sees one line that changes each second, a log file one line each ten. */
function showStatus(replay: Replay, staff: Readonly<ShiftTally>): Status {
  const { isTTY } = process.stdout;
  const everyMs = isTTY ? 1_000 : 10_000;
  let before = replay.progress().rows;
  let open = true;
  const timer = setInterval(() => {
    const progress = replay.progress();
    const line = statusLine({ ...progress, ...staff }, ((progress.rows - before) * 1_000) / everyMs);
    before = progress.rows;
    process.stdout.write(isTTY ? `\r\u001B[K${line}` : `${line}\n`);
  }, everyMs);
  return {
    say: (words) => void process.stdout.write(isTTY ? `\r\u001B[K${words}` : words),
    close: () => {
      if (open && isTTY) process.stdout.write('\n');
      open = false;
      clearInterval(timer);
    },
  };
}
