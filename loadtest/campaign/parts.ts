// The long versions of every attack. A part is a command of this project that ends with 0 when it found nothing.

export interface Part {
  readonly name: string;
  /** What it does at scale 1, in words. */
  readonly about: string;
  readonly args: (scale: number, seed: number) => readonly string[];
  readonly env?: (scale: number) => Readonly<Record<string, string>>;
}

/** So much at scale 1, never less than `least`. */
const scaled = (count: number, scale: number, least = 1): string => String(Math.max(least, Math.round(count * scale)));

const CRASH = 'loadtest/crash/main.ts';
/** The tests that attack bytes, and how much larger than in `npm test` they are at scale 1. */
const BYTE_TESTS = ['engine/journal', 'engine/shard/journal-bound', 'engine/transfer', 'ingest/formats/hostile'];
const BYTE_SCALE = 10;
const TEST_MS_MAX = 3_600_000;

export const PARTS: readonly Part[] = [
  {
    name: 'sim',
    about: '200,000 simulated seeds',
    args: (scale, seed) => [
      'engine/simulation/main.ts',
      '--seeds',
      scaled(200_000, scale, 50),
      '--seed',
      String(seed * 1_000_000 + 1),
    ],
  },
  { name: 'planted', about: 'planted bugs, all caught', args: () => ['engine/simulation/main.ts', '--planted'] },
  {
    name: 'bytes',
    about: '100,000 bit flips, 5,000 lives of a journal under power cuts, 30,000 mixes of sectors, formats',
    args: () => ['node_modules/vitest/vitest.mjs', 'run', ...BYTE_TESTS, '--testTimeout', String(TEST_MS_MAX)],
    env: (scale) => ({ ONHAND_ATTACK_SCALE: String(BYTE_SCALE * scale) }),
  },
  {
    name: 'crash',
    about: '1,000 cycles of load and kill -9',
    args: (scale, seed) => [CRASH, '--cycles', scaled(1_000, scale), '--seed', String(seed)],
  },
  {
    name: 'faults',
    about: 'EIO, short writes, kills at calls',
    args: (_, seed) => [CRASH, '--faults', '--seed', String(seed)],
  },
  {
    name: 'recovery-kills',
    about: 'recovery killed at each call, three levels deep',
    args: (_, seed) => [CRASH, '--recovery-kills', '--seed', String(seed)],
  },
  {
    name: 'power-cuts',
    about: '300 power cuts of an ext4',
    args: (scale, seed) => [CRASH, '--power-cuts', '--cycles', scaled(300, scale), '--seed', String(seed)],
  },
  {
    name: 'full-disk',
    about: '100 full disks',
    args: (scale, seed) => [CRASH, '--full-disk', '--cycles', scaled(100, scale), '--seed', String(seed)],
  },
  {
    name: 'clock-leaps',
    about: '200 leaps of the clock',
    args: (scale, seed) => [CRASH, '--clock-leaps', '--cycles', scaled(200, scale), '--seed', String(seed)],
  },
  {
    name: 'verify',
    about: 'a year and a hot set against SQL',
    args: (_, seed) => ['loadtest/verify/main.ts', '--seed', String(seed)],
  },
];
