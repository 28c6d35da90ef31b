import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// What the demo keeps in its data folder beside the server's own files.

const KEY_FILE = 'demo-key';

/** Empties the folder, if it is the demo's: another server's data is nobody's to delete. */
export async function beginAnew(dataDir: string): Promise<{ readonly fault: string } | undefined> {
  if (!existsSync(dataDir)) return undefined;
  if (!existsSync(join(dataDir, KEY_FILE))) {
    return { fault: `${dataDir} was not made by the demo; delete it yourself, or name another folder with --data` };
  }
  await rm(dataDir, { recursive: true });
  return undefined;
}

/** The admin key to sign in with. The server keeps its hash only, so it is kept here, readable to its owner alone. */
export async function demoKey(dataDir: string): Promise<string> {
  const file = join(dataDir, KEY_FILE);
  await mkdir(dataDir, { recursive: true });
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const key = `oh_${randomBytes(32).toString('base64url')}`;
  await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return key;
}
