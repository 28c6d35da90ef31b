import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

// Two servers in one data folder would each write over the other's journal, so a process that uses one says so in a
// file that only one can create.
//
// A pid file outlives a crash. Background: pids are reused, in a container always the same few. Plain way: look
// whether the pid lives. Why that fails: another process may have it now, and the folder stays locked. Rule: pid and
// start time of the process (field 22 of /proc/<pid>/stat, ticks since boot) must both match, else the lock is stale.

/** Somebody else uses the folder. */
export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';
}

interface Holder {
  readonly pid: number;
  /** '' where there is no /proc: then the pid alone decides. */
  readonly started: string;
}

/** Returns the function that gives the lock back. */
export function takeLock(path: string): () => void {
  const me: Holder = { pid: process.pid, started: startOf(process.pid) };
  if (!create(path, me)) takeOver(path, me);
  let held = true;
  return () => {
    if (held) rmSync(path, { force: true });
    held = false;
  };
}

/**
 * Two starters may both find the same dead holder; without a second lock the slower one would remove the faster one's
 * new file. Whoever holds the second lock looks again before it removes anything.
 */
function takeOver(path: string, me: Holder): void {
  refuseWhenAlive(path);
  const mutex = `${path}.takeover`;
  if (!create(mutex, me)) {
    refuseWhenAlive(mutex);
    rmSync(mutex, { force: true });
    if (!create(mutex, me)) throw new FolderLockedError(`${path} is being taken over by another process`);
  }
  try {
    refuseWhenAlive(path);
    rmSync(path, { force: true });
    if (!create(path, me)) throw new FolderLockedError(`${path} was taken by another process`);
  } finally {
    rmSync(mutex, { force: true });
  }
}

/** A link is made whole or not at all, so nobody reads a lock before its holder is written in it. */
function create(path: string, me: Holder): boolean {
  const aside = `${path}.${randomUUID()}`;
  writeFileSync(aside, JSON.stringify(me), { flag: 'wx', mode: 0o600 });
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function refuseWhenAlive(path: string): void {
  const holder = readHolder(path);
  if (holder === undefined || !isAlive(holder)) return;
  throw new FolderLockedError(
    `${path}: the folder is in use by process ${holder.pid}; stop that server, or give this one another folder`,
  );
}

/** Undefined when the file is gone, or its content was lost in a power cut: nobody lives who holds it. */
function readHolder(path: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return (now === '' || started === '' || now === started) && !isZombie(pid);
}

/**
 * Dead, and nobody has asked how it ended: under a first process that never asks, it stays for ever. While it has other
 * threads left it is still dying, and one of them may be in the middle of a write.
 */
function isZombie(pid: number): boolean {
  try {
    return statOf(pid)[0] === 'Z' && readdirSync(`/proc/${pid}/task`).length <= 1;
  } catch {
    return false;
  }
}

function startOf(pid: number): string {
  try {
    return statOf(pid)[19] ?? '';
  } catch {
    return '';
  }
}

/** Fields of /proc/<pid>/stat from the third, the state, on: the second one, the command, may hold spaces and ')'. */
function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
