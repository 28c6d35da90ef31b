import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { debianPackage } from '../debian-package.ts';

// Faults from below: the kernel's answers are changed by strace, the program under it is the one that ships.

export interface Injection {
  /** A set of system calls as strace names it. */
  readonly calls: string;
  /** What strace does to the call, e.g. `error=EIO`. */
  readonly does: string;
  /** The n-th call of each thread, from 1. */
  readonly nth: number;
  /** It ends the process by itself. */
  readonly kills: boolean;
}

const STRACE = '/usr/bin/strace';

/** Installs strace where that is possible. Undefined when it can be used, otherwise what to do. */
export function strace(say: (line: string) => void): string | undefined {
  const isThere = (): boolean => existsSync(STRACE);
  const missing = debianPackage('strace', { isThere, purpose: 'injecting faults', say });
  if (missing !== undefined) return missing;
  const tried = spawnSync(STRACE, ['-qq', '-o', '/dev/null', 'true'], { encoding: 'utf8', timeout: 10_000 });
  return tried.status === 0
    ? undefined
    : `strace may not trace here (a container without ptrace?): ${tried.stderr.trim()}`;
}

/**
 * With --seccomp-bpf only the named calls are stopped at and the rest runs at its own speed. Not for signals: strace 6.1
 * then sends the one of the first call only.
 */
export function underStrace({ calls, does, nth, kills }: Injection, output: string): readonly string[] {
  const inject = `inject=${calls}:${does}:when=${nth}`;
  const speed = kills ? [] : ['--seccomp-bpf'];
  return [STRACE, '-f', ...speed, '-qq', '-o', output, '-e', `trace=${calls}`, '-e', inject, '--'];
}

/** How often it was done. A kill leaves no line of its own: the process is gone. */
export function injectedTimes(output: string): number {
  if (!existsSync(output)) return 0;
  return readFileSync(output, 'utf8').split('(INJECTED)').length - 1;
}

export function injectionText({ calls, does, nth }: Injection): string {
  return `${does} at call ${nth} of ${calls}`;
}
