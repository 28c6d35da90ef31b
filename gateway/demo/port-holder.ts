import { readdir, readFile, readlink } from 'node:fs/promises';

// Who listens on a port, from Linux's /proc: the demo's server may have outlived its demo (kill -9), and its owner
// needs to know which process to end.

export interface PortHolder {
  readonly pid: number;
  /** As it was started: `node …/gateway/main.ts`. */
  readonly command: string;
}

/** Processes looked at: more have no place on a machine somebody tries a demo on. */
const PROCESSES_MAX = 5_000;
/** Open files looked at per process. */
const FILES_MAX = 5_000;

/** Undefined where there is no /proc, or the process is another user's. */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const inode of listeningInodes(await readFile(table, 'utf8').catch(() => ''), port)) inodes.add(inode);
  }
  if (inodes.size === 0) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).slice(0, PROCESSES_MAX);
  for (const pid of pids) {
    if (await holdsOne(pid, inodes)) return { pid: Number(pid), command: await commandOf(pid) };
  }
  return undefined;
}

/** Socket inodes that listen on the port, of a table as /proc/net/tcp has it: address:port in hex, state 0A = listen. */
export function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${wanted}`) === true)
    .flatMap((columns) => columns[9] ?? []);
}

async function holdsOne(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const file of files.slice(0, FILES_MAX)) {
    const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(inode)) return true;
  }
  return false;
}

async function commandOf(pid: string): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.split('\0').join(' ').trim();
}
