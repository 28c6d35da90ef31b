import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { FolderError } from './journal/folder.ts';
import { FolderLockedError } from './journal/folder-lock.ts';
import { exportFolder } from './transfer/export-folder.ts';
import { TransferError } from './transfer/lines.ts';
import { syncFile } from './transfer/sync-tree.ts';

// npm run export -- DIR > file.ndjson
// npm run export -- DIR FILE        packed when FILE ends in .gz
// The whole data folder of a stopped server as text. Exit 0: done, 1: the folder is damaged, 2: it could not be begun.

const USAGE =
  'npm run export -- DIR [FILE]   the data folder of a stopped server as NDJSON; packed when FILE ends in .gz';
/** Characters handed on at once. */
const CHUNK_CHARS = 256 * 1024;

const [dir, file, ...more] = process.argv.slice(2);
if (dir === undefined || more.length > 0) {
  console.error(USAGE);
  process.exitCode = 2;
} else if (file !== undefined && existsSync(file)) {
  console.error(`${file} exists; name another file`);
  process.exitCode = 2;
} else {
  process.exitCode = await run(dir, file);
}

async function run(from: string, to: string | undefined): Promise<number> {
  try {
    const lines = exportFolder(from, Date.now(), (line) => console.error(`note   ${line}`));
    if (to === undefined) await pipeline(Readable.from(chunks(lines)), process.stdout);
    else await writeFile(lines, to);
    return 0;
  } catch (error) {
    const known = error instanceof TransferError || error instanceof FolderError || error instanceof FolderLockedError;
    console.error(known ? error.message : error);
    return error instanceof FolderError || error instanceof FolderLockedError ? 2 : 1;
  }
}

/** Under its name only when it is whole and durable. */
async function writeFile(lines: Iterable<string>, to: string): Promise<void> {
  const aside = `${to}.tmp`;
  try {
    const target = createWriteStream(aside, { mode: 0o600 });
    const source = Readable.from(chunks(lines));
    await (to.endsWith('.gz') ? pipeline(source, createGzip(), target) : pipeline(source, target));
    syncFile(aside);
    renameSync(aside, to);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

function* chunks(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
