import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Anchor } from './timeline.ts';

// How far the replay is, kept beside the server's data so that both are begun anew together.

export interface Cursor {
  readonly anchors: readonly Anchor[];
  /** Everything sent before this moment of 2017 was acknowledged. */
  readonly done: number;
  /** Nothing later than this was sent: what lies before it keeps the times it was written with. */
  readonly horizon: number;
}

export const cursorFile = (dataDir: string): string => join(dataDir, 'replay-cursor.json');

export async function loadCursor(file: string): Promise<Cursor | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const cursor = parsed(text);
  if (cursor !== undefined) return cursor;
  throw new Error(`${file} cannot be read as a replay cursor; begin anew with --fresh`);
}

function parsed(text: string): Cursor | undefined {
  let cursor: Partial<Cursor>;
  try {
    cursor = (JSON.parse(text) ?? {}) as Partial<Cursor>;
  } catch {
    return undefined;
  }
  const { anchors, done, horizon } = cursor;
  const isMoment = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  if (!Array.isArray(anchors) || anchors.length === 0 || !isMoment(done) || !isMoment(horizon)) return undefined;
  const whole = anchors.every(
    ({ sim, wall, speed }) => isMoment(sim) && isMoment(wall) && isMoment(speed) && speed > 0,
  );
  return whole ? { anchors, done, horizon } : undefined;
}

/** Whole or not at all: a new file, synced, takes the old one's name. */
export async function saveCursor(file: string, cursor: Cursor): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  const next = `${file}.new`;
  const handle = await open(next, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(cursor)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
}
