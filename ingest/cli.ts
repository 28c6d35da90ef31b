import { readFile, stat } from 'node:fs/promises';

import { Presets, SingleBar } from 'cli-progress';

import { HELP, keyFault, readOptions } from './cli-options.ts';
import type { CliOptions } from './cli-options.ts';
import { partsOf } from './cli-parts.ts';
import type { FilePart } from './cli-parts.ts';
import { send, SendError } from './cli-send.ts';
import type { FeedAnswer } from './feed-answer.ts';

// `npm run ingest`: files to a feed door, with a bar, until every row is durable.

/** Lines printed about refused rows; every one of them is a dead letter. */
const LINES_MAX = 200;

const start = readOptions(process.argv.slice(2), process.env);
if ('help' in start) process.stdout.write(HELP);
else if ('fault' in start) fail(`${start.fault}\n\nTry: npm run ingest -- --help`);
else await run(start.start);

async function run(options: CliOptions): Promise<void> {
  try {
    const key = await readKey(options.key);
    const sum = await sendAll(options, key);
    const { recorded, duplicates, ignored, refusedCount, seconds } = sum;
    const rate = Math.round((recorded + duplicates) / Math.max(seconds, 0.001));
    const known = duplicates === 0 ? '' : `, ${duplicates} known already`;
    const unread = ignored === 0 ? '' : `, ${ignored} without effect`;
    console.log(`${recorded} recorded${known}${unread}, ${refusedCount} refused, ${rate} events/s`);
    if (refusedCount > 0) {
      console.log('Refused rows are kept as dead letters: GET /v1/dead-letters. Correct and replay them there.');
      process.exitCode = 1;
    }
  } catch (error) {
    fail(saysOf(error));
  }
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 2;
}

function saysOf(error: unknown): string {
  if (error instanceof SendError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'path' in error) {
    return `there is no file ${String(error.path)}`;
  }
  return error instanceof Error ? error.message : String(error);
}

async function readKey(key: CliOptions['key']): Promise<string> {
  const text = 'env' in key ? key.env : await readFile(key.file, 'utf8');
  const fault = keyFault(text.trim());
  if (fault !== undefined) throw new Error(fault);
  return text.trim();
}

interface Sum {
  recorded: number;
  duplicates: number;
  ignored: number;
  refusedCount: number;
  seconds: number;
}

async function sendAll(options: CliOptions, key: string): Promise<Sum> {
  const sizes = await Promise.all(options.files.map(sizeOf));
  const began = performance.now();
  const sum: Sum = { recorded: 0, duplicates: 0, ignored: 0, refusedCount: 0, seconds: 0 };
  const bar = new SingleBar(
    { format: '{bar} {percentage}% | {rate} events/s | {refused} refused | {file}', etaBuffer: 50, hideCursor: true },
    Presets.shades_classic,
  );
  const total = sizes.reduce((all, size) => all + size, 0);
  bar.start(total, 0, { rate: 0, refused: 0, file: '' });
  const lines: string[] = [];
  try {
    for (const file of options.files) {
      for await (const part of partsOf(file, undefined, options.door.csv)) {
        const onRetry = (why: string, ms: number): void =>
          bar.update({ file: `${why}; again in ${Math.ceil(ms / 1000)} s` });
        const answer = await send(part.body, { url: options.url, ...options.door, key, onRetry });
        add(sum, answer);
        lines.push(...refusedLines(file, part, answer));
        sum.seconds = (performance.now() - began) / 1000;
        bar.increment(part.bytes, {
          rate: Math.round((sum.recorded + sum.duplicates) / sum.seconds),
          refused: sum.refusedCount,
          file,
        });
      }
    }
  } finally {
    bar.stop();
    for (const line of lines.slice(0, LINES_MAX)) console.log(line);
    if (lines.length > LINES_MAX) console.log(`… and ${lines.length - LINES_MAX} more`);
  }
  return sum;
}

async function sizeOf(file: string): Promise<number> {
  const about = await stat(file);
  if (about.isDirectory()) throw new Error(`${file} is a folder; name the files in it, e.g. ${file}/*`);
  return about.size;
}

function add(sum: Sum, answer: FeedAnswer): void {
  sum.recorded += answer.recorded;
  sum.duplicates += answer.duplicates;
  sum.ignored += answer.ignored;
  sum.refusedCount += answer.refusedCount;
}

function refusedLines(file: string, part: FilePart, answer: FeedAnswer): string[] {
  const refused = answer.refused.map(
    ({ place, code, message, letter }) =>
      `${file}: ${placeInFile(place, part)}: ${code}: ${message} [letter ${letter}]`,
  );
  return [...refused, ...answer.warnings.map((words) => `${file}: warning: ${words}`)];
}

/** The server counts lines of the part; a reader looks for lines of the file. */
function placeInFile(place: string, { firstLine, headLines }: FilePart): string {
  return place.replace(/^line (\d+)/, (_, line: string) => {
    const inPart = Number(line) - headLines;
    return `line ${inPart <= 0 ? 1 : firstLine + inPart - 1}`;
  });
}
