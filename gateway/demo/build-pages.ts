import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
/** The pages and what they are built from. */
const SOURCES = ['dashboard', 'gateway/client', 'gateway/protocol'];
const PAGES = ['dashboard/dist/index.html', 'dashboard/dist/tower.html'];

/** True when a page is missing, or older than something it is built from. */
export function pagesAreStale(root = ROOT): boolean {
  if (!PAGES.every((page) => existsSync(join(root, page)))) return true;
  const built = Math.min(...PAGES.map((page) => statSync(join(root, page)).mtimeMs));
  return SOURCES.some((folder) => newestIn(join(root, folder)) > built);
}

function newestIn(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'dist' || entry.name === 'e2e' || entry.name.endsWith('.test.ts')) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }
  return newest;
}

/** What the build said when it failed; undefined when the pages are there. */
export function buildPages(): Promise<string | undefined> {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(process.execPath, [vite, 'build', 'dashboard', '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (chunk: Buffer): void => {
    if (said.length < 10_000) said += chunk.toString();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code) => resolve(code === 0 ? undefined : `${said}\nvite ended with ${code}`));
  });
}
