import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const APT_LOCK = join(tmpdir(), 'onhand-apt.lock');
/** Slowest mirror that is still waited for, ms. */
const INSTALL_MS_MAX = 600_000;

/**
 * Makes sure that a program of Debian's is there, installing its package where that is possible. Undefined when it is,
 * otherwise a sentence that says what to install.
 */
export function debianPackage(
  name: string,
  { isThere, purpose, say }: { isThere: () => boolean; purpose: string; say: (line: string) => void },
): string | undefined {
  if (isThere()) return undefined;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return `${purpose} needs ${name}. Install it: sudo apt-get install ${name}`;
  }
  say(`${name} is missing: installing Debian’s package …`);
  // Runlevel 1: the package's own service is not started.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const options = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'], env };
  // Tests in other processes install as well, and apt-get fails at once where another one runs.
  const apt = (...args: string[]): { readonly status: number | null } =>
    spawnSync('flock', [APT_LOCK, 'apt-get', ...args], { ...options, timeout: INSTALL_MS_MAX });
  apt('update');
  const installed = apt('install', '-y', '--no-install-recommends', name);
  return installed.status === 0 && isThere() ? undefined : `installing ${name} failed: see the lines above`;
}
