import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// A copy of the source tree with one rule broken: who checks the checker.

export interface Planted {
  readonly name: string;
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly right: string;
  readonly wrong: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COPIED = ['engine', 'gateway', 'ingest', 'package.json'];

/** Folder of the copy; `remove` when done. */
export function plantedTree(planted: Planted | undefined): { readonly root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'onhand-planted-'));
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    if (planted !== undefined) plant(join(root, planted.file), planted);
    return { root, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function plant(path: string, { name, file, right, wrong }: Planted): void {
  const text = readFileSync(path, 'utf8');
  const times = text.split(right).length - 1;
  // The code moved on: the bug must be planted anew, or the test would prove nothing.
  if (times !== 1)
    throw new Error(`cannot plant "${name}": its text stands ${times} times in ${file}, not once:\n${right}`);
  writeFileSync(
    path,
    text.replace(right, () => wrong),
  );
}
