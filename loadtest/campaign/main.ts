import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../command-line.ts';
import { type CampaignOptions, readCampaignOptions, USAGE } from './options.ts';
import type { Part } from './parts.ts';

// npm run campaign -- [--only sim,crash --scale 0.01 --from crash --seed 2]
// Every attack at its full length, one after the other. Ends with a table and one JSON line; exit 1 on any finding.

/** How a part ended: `skipped` where this machine does not allow it (exit code 2). */
interface Ended {
  readonly name: string;
  readonly about: string;
  readonly how: 'ok' | 'FOUND' | 'skipped';
  readonly seconds: number;
  /** The last line of it that is JSON, or of its words. */
  readonly said: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SKIPPED = 2;
const OUTPUT_CHARS_MAX = 100_000;

await runCommand({ usage: USAGE, read: readCampaignOptions, run: runAll });

async function runAll(options: CampaignOptions): Promise<number> {
  const all: Ended[] = [];
  for (const part of options.parts) {
    console.log(`\n── ${part.name}: ${part.about}${options.scale === 1 ? '' : `, × ${options.scale}`}`);
    all.push(await run(part, options));
  }
  console.log(`\n${all.map(row).join('\n')}\n`);
  const found = all.filter(({ how }) => how === 'FOUND').map(({ name }) => name);
  const skipped = all.filter(({ how }) => how === 'skipped').map(({ name }) => name);
  const { scale, seed } = options;
  const seconds = all.reduce((sum, each) => sum + each.seconds, 0);
  console.log(JSON.stringify({ parts: all.length, found, skipped, scale, seed, seconds: Math.round(seconds) }));
  return found.length > 0 ? 1 : 0;
}

async function run({ name, about, args, env }: Part, { scale, seed }: { scale: number; seed: number }): Promise<Ended> {
  const start = performance.now();
  const child = spawn(process.execPath, [...args(scale, seed)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1', ...env?.(scale) },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    process.stdout.write(chunk);
    output = (output + chunk).slice(-OUTPUT_CHARS_MAX);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const how = code === 0 ? 'ok' : code === SKIPPED ? 'skipped' : 'FOUND';
  return { name, about, how, seconds: (performance.now() - start) / 1_000, said: lastWord(output) };
}

function lastWord(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return (lines.findLast((line) => line.startsWith('{')) ?? lines.findLast((line) => /Tests /.test(line)) ?? '').trim();
}

function row({ name, how, seconds, said }: Ended): string {
  return `${how.padEnd(8)}${name.padEnd(16)}${seconds.toFixed(0).padStart(7)} s  ${said}`;
}
