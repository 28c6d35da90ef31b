import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs what the tests need and is missing: as root by itself, else it says what to type and ends the run. */
export function installPackage(name: string, isThere: boolean, why: string): void {
  if (isThere) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    console.error(`The tests need Debian’s package ${name}: ${why} Install it: sudo apt-get install ${name}`);
    process.exit(1);
  }
  console.log(`${name} is missing: installing Debian’s package …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const options = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'], env, timeout: 600_000 };
  spawnSync('apt-get', ['update'], options);
  const installed = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', name], options);
  if (installed.status === 0) return;
  console.error(`Installing ${name} failed: see the lines above.`);
  process.exit(1);
}

/** Debian's own Python has python3-websockets. */
export function hasWebsockets(): boolean {
  return spawnSync('/usr/bin/python3', ['-c', 'import websockets'], { stdio: 'ignore' }).status === 0;
}
