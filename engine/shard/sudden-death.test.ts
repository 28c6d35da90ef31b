import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openTestEngine, testFolder } from './test-engine.ts';
import { counted, reserving } from './test-fixture.ts';

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

interface Child {
  readonly process: ChildProcess;
  /** Every line it acknowledged, complete once it has ended. */
  readonly lines: string[];
  readonly errors: string[];
  /** Resolves when so many lines have come. */
  acknowledged(lines: number): Promise<void>;
  ended(): Promise<number | null>;
}

function startChild(command: string, args: readonly string[]): Child {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const errors: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const out = createInterface({ input: child.stdout });
  out.on('line', (line) => {
    lines.push(line);
    for (const { count, resolve } of waiting) if (lines.length >= count) resolve();
  });
  child.stderr.on('data', (bytes: Buffer) => errors.push(bytes.toString()));
  const closed = once(child, 'close');
  return {
    process: child,
    lines,
    errors,
    acknowledged: (count) =>
      Promise.race([
        new Promise<void>((resolve) => waiting.push({ count, resolve })),
        closed.then(() => Promise.reject(new Error(`the child ended: ${errors.join('')}`))),
      ]),
    ended: () => closed.then(([code]) => code as number | null),
  };
}

test.each([
  ['segments', 1],
  ['segments', 3],
  ['sqlite', 2],
] as const)(
  '[FD11] killed three times (%s, %i threads): everything acknowledged is there',
  async (journal, threads) => {
    const dataDir = testFolder();
    const lines = new Set<string>();
    for (const until of [60, 150, 200]) {
      const child = startChild(process.execPath, [CHILD, dataDir, journal, String(threads)]);
      await child.acknowledged(until);
      child.process.kill('SIGKILL');
      await child.ended();
      for (const line of child.lines) lines.add(line);
    }
    const { engine } = await openTestEngine({ dataDir, journal });
    const said = (word: string): string[] =>
      [...lines].filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
    const recorded = said('recorded');
    expect(recorded.length).toBeGreaterThan(150);
    const again = await engine.record(
      recorded.map((name) => counted(name, 5, `e${name}`)),
      1,
    );
    // Another time of the event would be other content: what counts is that the id is known.
    for (const outcome of again) expect(outcome).toMatchObject({ status: 'refused', code: 'id-reused' });
    const released = new Set(said('released'));
    for (const id of said('reserved')) {
      const state = (await engine.reservation(id as never))?.state;
      // A release may have been durable when the process was killed before it could say so.
      expect(released.has(id) ? ['released'] : ['held', 'released']).toContain(state);
    }
    expect(said('reserved').length).toBeGreaterThan(5);
    // A saga that was cut is finished or given back by now: nothing stays half promised.
    const key = recorded[0]!.split('-')[0]!;
    expect(
      (
        await engine.reserve(
          reserving(
            `k${key}`,
            [0, 1, 2].map((i) => `${key}-${i}`),
          ),
        )
      ).status,
    ).toBe('reserved');
  },
);

test('[FD11] a journal that cannot write ends the process with code 70 and one line, and acknowledges nothing more', async () => {
  const dataDir = testFolder();
  // The limit on file size makes the kernel refuse to let the journal grow, in the middle of the work.
  const limited = `ulimit -f 1500; exec "$0" "$@"`;
  const child = startChild('/bin/bash', ['-c', limited, process.execPath, CHILD, dataDir, 'sqlite', '1', '1000000']);
  expect(await child.ended()).toBe(70);
  expect(child.errors.join('')).toMatch(
    /^onhand: the journal thread failed, the process ends: [^\n]*JournalError[^\n]*\n$/,
  );
  const recorded = child.lines.filter((line) => line.startsWith('recorded ')).map((line) => line.slice(9));
  expect(recorded.length).toBeGreaterThan(100);
  const { engine } = await openTestEngine({ dataDir, journal: 'sqlite' });
  const known = await engine.stats();
  expect(known.skus).toBeGreaterThanOrEqual(recorded.length);
  const again = await engine.record(
    recorded.map((name) => counted(name, 5, `e${name}`)),
    1,
  );
  expect(again.every((outcome) => outcome.status === 'refused' && outcome.code === 'id-reused')).toBe(true);
});
