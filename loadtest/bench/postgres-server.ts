import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianPackage } from '../debian-package.ts';
import { output } from './output.ts';
import { sparePort } from './spare-port.ts';

// A PostgreSQL cluster of our own on a spare port, as initdb makes it: every commit synced to disk.

export interface PostgresServer {
  readonly pid: number;
  /** Runs a program of PostgreSQL's against the cluster. */
  run(program: 'psql' | 'pgbench', args: readonly string[]): Promise<string>;
  /** A folder its programs may write to. */
  readonly dir: string;
  stop(): Promise<void>;
}

const VERSIONS = '/usr/lib/postgresql';

export function postgresMissing(say: (line: string) => void): string | undefined {
  const isThere = (): boolean => newestBin() !== undefined;
  return debianPackage('postgresql', { isThere, purpose: 'the comparison with PostgreSQL', say });
}

function newestBin(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const newest = readdirSync(VERSIONS).toSorted((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(VERSIONS, newest, 'bin');
}

export async function startPostgres(): Promise<PostgresServer> {
  const bin = newestBin() ?? '';
  const dir = mkdtempSync(join(tmpdir(), 'onhand-postgres-'));
  const data = join(dir, 'data');
  const port = await sparePort();
  const who = serviceUser(dir);
  await output(join(bin, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust'], who);
  const settings = `-p ${port} -k ${dir} -c listen_addresses= -c max_connections=100`;
  await output(join(bin, 'pg_ctl'), ['-D', data, '-w', '-l', join(dir, 'log'), '-o', settings, 'start'], who);
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return {
    pid,
    dir,
    run: (program, args) =>
      output(join(bin, program), ['-h', dir, '-p', String(port), '-U', 'bench', ...args, 'postgres'], who),
    async stop() {
      await output(join(bin, 'pg_ctl'), ['-D', data, '-w', '-m', 'immediate', 'stop'], who);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: then it runs as the user its package made. */
function serviceUser(dir: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const { uid, gid } = statSync('/var/lib/postgresql');
  chownSync(dir, uid, gid);
  return { uid, gid };
}
