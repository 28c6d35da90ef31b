/** Exit code when a thread failed or the journal could not write: the process ended itself, restart it (sysexits.h, EX_SOFTWARE). */
export const EXIT_FAILED = 70;

/** How the process ends; tests put their own in. */
export interface ProcessEnd {
  readonly say: (line: string) => void;
  readonly exit: (code: number) => void;
}

export const realProcessEnd: ProcessEnd = {
  say: (line) => process.stderr.write(`${line}\n`),
  exit: (code) => process.exit(code),
};

/** One line: what failed, and the cause behind it. */
export function failureLine(thread: string, error: unknown): string {
  const words: string[] = [];
  for (let each = error, depth = 0; each instanceof Error && depth < 4; each = each.cause, depth++) {
    words.push(`${each.name}: ${each.message}`);
  }
  if (words.length === 0) words.push(String(error));
  return `onhand: the ${thread} failed, the process ends: ${words.join(', because ').replaceAll('\n', ' ')}`;
}
