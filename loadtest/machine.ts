import { availableParallelism, cpus, loadavg } from 'node:os';

/** Where and when something was measured: a figure without it says nothing. */
export function machine(): { readonly machine: string; readonly load: string; readonly when: string } {
  return {
    machine: `${cpus()[0]?.model ?? 'unknown'} × ${availableParallelism()}, Node ${process.versions.node}`,
    load: loadavg()[0]?.toFixed(1) ?? '-',
    when: new Date().toISOString(),
  };
}

export function machineLine(): string {
  const { machine: what, load, when } = machine();
  return `${what}, load ${load}, ${when}`;
}
