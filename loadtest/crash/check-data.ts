import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// The independent reader: the journal's own facts, replayed and added up without the server (npm run check:data).

const SCRIPT = fileURLToPath(new URL('../../engine/check-data.ts', import.meta.url));
const CHECK_MS_MAX = 600_000;

/** What it found wrong. */
export function checkData(dataDir: string): readonly string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, dataDir], {
    encoding: 'utf8',
    timeout: CHECK_MS_MAX,
  });
  return status === 0 ? [] : [`check:data ended with ${status}:\n${(stdout + stderr).slice(-2_000)}`];
}
