import { checkFolder, type Checked } from './check/check-folder.ts';
import { faultText } from './check/report.ts';
import { FolderError } from './journal/folder.ts';
import { FolderLockedError } from './journal/folder-lock.ts';

// npm run check:data -- DIR
// Verifies the data folder of a stopped server. Exit 0: sound, 1: damaged, 2: it could not be checked.

const [dir, ...more] = process.argv.slice(2);
if (dir === undefined || more.length > 0) {
  console.error('npm run check:data -- DIR   verifies the data folder of a stopped server');
  process.exitCode = 2;
} else {
  process.exitCode = run(dir);
}

function run(dir: string): number {
  let checked: Checked;
  try {
    checked = checkFolder(dir);
  } catch (error) {
    if (!(error instanceof FolderError) && !(error instanceof FolderLockedError)) throw error;
    console.error(error.message);
    return 2;
  }
  const { report, ...found } = checked;
  for (const line of report.notes) console.log(`note   ${line}`);
  for (const fault of report.faults) console.log(`FAULT  ${faultText(fault)}`);
  if (report.faultCount > report.faults.length) console.log(`       … ${report.faultCount} in all`);
  console.log(summary(checked));
  const ok = report.faultCount === 0;
  console.log(JSON.stringify({ ok, ...found, faultCount: report.faultCount, faults: report.faults }));
  return ok ? 0 : 1;
}

function summary({ report, first, last, facts, shards, snapshots, skus, holds, short }: Checked): string {
  const from = first <= 1 ? 'from the beginning' : 'from the oldest snapshots';
  return [
    `journal    positions ${first} to ${last}, ${facts} facts replayed ${from} in ${shards} shards`,
    `snapshots  ${snapshots} sound`,
    `state      ${skus} skus, ${holds} holds${short > 0 ? `, ${short} units short where a feed took them away` : ''}`,
    report.faultCount === 0 ? 'everything adds up' : `${report.faultCount} faults`,
  ].join('\n');
}
