import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

// Prometheus' own checker of metrics and rules. Debian has it inside the package of the server, which would bring a service
// and 96 MB of it: only the one program is taken out, into a folder git does not see.

const CACHE = join(import.meta.dirname, '..', 'node_modules', '.cache', 'onhand');
const KEPT = join(CACHE, 'promtool');

/** Path of promtool, or undefined when there is none. */
function findPromtool(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return [...folders.map((folder) => join(folder, 'promtool')), KEPT].find((path) => existsSync(path));
}

/** Fetches it when it is missing: Debian's package, unpacked, not installed. Returns why it could not. */
export function fetchPromtool(): string | undefined {
  if (findPromtool() !== undefined) return undefined;
  if (!existsSync('/usr/bin/apt-get')) return MISSING;
  const folder = mkdtempSync(join(tmpdir(), 'onhand-promtool-'));
  try {
    // The lists of packages may be missing, and only root may fetch them.
    if (!download(folder) && process.getuid?.() === 0) {
      spawnSync('apt-get', ['update'], { stdio: 'ignore', timeout: 120_000 });
      download(folder);
    }
    const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
    if (deb === undefined) return MISSING;
    const unpacked = spawnSync('dpkg', ['-x', join(folder, deb), folder], { stdio: 'ignore', timeout: 120_000 });
    if (unpacked.status !== 0) return MISSING;
    mkdirSync(CACHE, { recursive: true });
    copyFileSync(join(folder, 'usr', 'bin', 'promtool'), KEPT);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function download(folder: string): boolean {
  const options = { cwd: folder, stdio: 'ignore', timeout: 120_000 } as const;
  return spawnSync('apt-get', ['download', 'prometheus'], options).status === 0;
}

const MISSING =
  'promtool is missing: `npm test` takes it out of Debian’s package prometheus where apt-get can download, ' +
  'else put it on the PATH';

export interface Promtool {
  readonly ok: boolean;
  /** What it printed. */
  readonly said: string;
}

/** `promtool check …`. Throws when there is no promtool. */
export function promtool(args: readonly string[], input = ''): Promtool {
  const path = findPromtool();
  if (path === undefined) throw new Error(MISSING);
  const { status, stdout, stderr } = spawnSync(path, args, { input, encoding: 'utf8', timeout: 60_000 });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}
