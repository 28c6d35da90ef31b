import { spawn } from 'node:child_process';

/** Longest run of a row, ms. */
const RUN_MS_MAX = 300_000;

/** What a program prints. It rejects when the program fails, or takes longer than anybody waits for a row. */
export function output(
  program: string,
  args: readonly string[],
  who: { readonly uid?: number; readonly gid?: number } = {},
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: RUN_MS_MAX, ...who });
  let out = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk));
  child.once('error', reject);
  child.once('close', (code) => {
    if (code === 0) resolve(out);
    else reject(new Error(`${program} ended with ${code}: ${complaints || out}`));
  });
  return promise;
}
