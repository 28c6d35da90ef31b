import { parseArgs } from 'node:util';
import type { Door, World } from './door.ts';
import { lendLog, type LentLog } from './log-world.ts';
import { play, unfit, type Script } from './script.ts';
import { SCRIPTS } from './scripts.ts';
import { publicSocketDoor, staffSocketDoor } from './socket-doors.ts';
import { streamDoor } from './stream-door.ts';

const USAGE = `node gateway/conformance/main.ts ws://host:port [options]

Plays the scripted sessions of gateway/PROTOCOL.md at every door of a running server: its websocket, its event stream, and
with --key the websocket for staff. Prints pass, fail or why it was left out, a line per script; exits with 1 when one failed.

  --sku A --sku B   two skus that the server knows
  --key KEY         a key with the scopes ops, stock, reservations, and feeds to change units
  --source S        source with the format json that the key may send for ...
  --node N          ... and a node it may write: with all of these the skus' units are changed
  --log feed:NAME   a log with every change of the skus, which the key may read (scope outfeeds); else the first outfeed
                    that leaves out none. The consumers of the tests are forgotten afterwards, if the key has the scope ops
  --place LAT,LON   a place with pickup nodes around it
  --heartbeats      also waits for heartbeats and late acknowledgements: about two minutes per door`;

await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      sku: { type: 'string', multiple: true },
      key: { type: 'string' },
      source: { type: 'string' },
      node: { type: 'string' },
      log: { type: 'string' },
      place: { type: 'string' },
      heartbeats: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const [address] = positionals;
  if (values.help === true || address === undefined || !URL.canParse(address)) {
    console.log(USAGE);
    process.exitCode = values.help === true ? 0 : 2;
    return;
  }
  const origin = new URL(address.replace(/^http/, 'ws')).origin;
  const log = await logOf(origin, values);
  const failed = await playAll(doorsOf(origin, values.key), { ...worldOf(origin, values), ...(log && { log }) });
  for (const left of (await log?.forget()) ?? []) console.log(`could not be forgotten: ${left}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function doorsOf(origin: string, key: string | undefined): readonly Door[] {
  const open = [publicSocketDoor(`${origin}/v1/live`), streamDoor(`${httpOf(origin)}/v1/live/events`)];
  return key === undefined ? open : [...open, staffSocketDoor(`${origin}/v1/staff/live`, key)];
}

interface Options {
  readonly sku?: string[];
  readonly key?: string;
  readonly source?: string;
  readonly node?: string;
  readonly log?: string;
  readonly place?: string;
  readonly heartbeats?: boolean;
}

function worldOf(origin: string, { sku = [], key, source, node, place, heartbeats }: Options): World {
  const [first, second] = sku;
  const [lat, lon] = (place ?? '').split(',').map(Number);
  const canFeed = key !== undefined && source !== undefined && node !== undefined;
  return {
    ...(first !== undefined && second !== undefined && { skus: [first, second] }),
    ...(key !== undefined && { key }),
    ...(canFeed && { setUnits: feeder(`${httpOf(origin)}/v1/feeds/${source}`, key, node) }),
    ...(lat !== undefined && lon !== undefined && { place: { lat, lon } }),
    ...(heartbeats === true && { heartbeatMs: 25_000, ackMs: 30_000 }),
  };
}

async function logOf(origin: string, { key, log: name, sku = [] }: Options): Promise<LentLog | undefined> {
  return key === undefined ? undefined : lendLog(httpOf(origin), key, { name, skus: sku });
}

/** Counts of the sku at the node, each later than the one before. */
function feeder(url: string, key: string, node: string): NonNullable<World['setUnits']> {
  let at = Date.now();
  return async (sku, quantity) => {
    at = Math.max(at + 1, Date.now());
    const row = {
      kind: 'snapshot',
      id: `conformance-${at}`,
      at,
      sku,
      node,
      quantity,
      covers: 'count',
      carries: 'on-hand',
    };
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(row) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  };
}

async function playAll(doors: readonly Door[], world: World): Promise<number> {
  const counts = { pass: 0, FAIL: 0, skip: 0 };
  for (const door of doors) {
    console.log(`\n${door.name}`);
    for (const script of SCRIPTS) {
      const { outcome, why } = await outcomeOf(script, door, world);
      counts[outcome] += 1;
      console.log(`${outcome}  [${script.rules.join('] [')}] ${script.title}${why === '' ? '' : `: ${why}`}`);
    }
  }
  console.log(`\n${counts.pass} passed, ${counts.FAIL} failed, ${counts.skip} left out`);
  return counts.FAIL;
}

async function outcomeOf(
  script: Script,
  door: Door,
  world: World,
): Promise<{ readonly outcome: 'pass' | 'FAIL' | 'skip'; readonly why: string }> {
  const reason = unfit(script, door, world);
  if (reason !== undefined) return { outcome: 'skip', why: reason };
  try {
    await play(script, door, world);
    return { outcome: 'pass', why: '' };
  } catch (error) {
    return { outcome: 'FAIL', why: error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error) };
  }
}

function httpOf(origin: string): string {
  return origin.replace(/^ws/, 'http');
}
