import { importFolder } from './transfer/import-folder.ts';
import { TransferError } from './transfer/lines.ts';
import { readLines } from './transfer/read-lines.ts';

// npm run import -- FILE DIR
// A new data folder from an export. Exit 0: made, 1: the file is not whole, and there is no folder, 2: not begun.

const [file, dir, ...more] = process.argv.slice(2);
if (file === undefined || dir === undefined || more.length > 0) {
  console.error('npm run import -- FILE DIR   a new data folder from an export; FILE may end in .gz');
  process.exitCode = 2;
} else {
  process.exitCode = await run(file, dir);
}

async function run(from: string, to: string): Promise<number> {
  try {
    const { epoch, facts, images, shards } = await importFolder(readLines(from), to);
    const begun = images > 0 ? `, beginning with the state of ${images} shards` : '';
    console.log(`${to}: ${facts} facts in ${shards} shards${begun}; every digest is the export's`);
    console.log(JSON.stringify({ ok: true, epoch, facts, images, shards }));
    return 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(error instanceof TransferError || code !== undefined ? `${from}: ${message}` : error);
    return 1;
  }
}
