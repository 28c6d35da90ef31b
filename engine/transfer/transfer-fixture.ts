import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { openEngine } from '../engine.ts';
import { testFolder } from '../shard/test-engine.ts';
import { CLIENT, counted, HOLD_MS, REFERENCE, reserving, sold } from '../shard/test-fixture.ts';
import { exportFolder } from './export-folder.ts';
import { importFolder } from './import-folder.ts';
import type { EndLine, HeaderLine } from './lines.ts';

// What the tests of export and import share.

export const SKUS = 8;
const NOW = 1_795_486_061_000;

export type Step =
  | { readonly do: 'count' | 'sell'; readonly sku: number; readonly units: number }
  | { readonly do: 'hold'; readonly skus: readonly number[] }
  | { readonly do: 'release' };

export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('count' as const, 'sell' as const),
    sku: fc.nat(SKUS - 1),
    units: fc.integer({ min: 0, max: 40 }),
  }),
  fc.record({
    do: fc.constant('hold' as const),
    skus: fc.uniqueArray(fc.nat(SKUS - 1), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ do: fc.constant('release' as const) }),
);

async function fill(dataDir: string, steps: readonly Step[], snapshotEveryFacts: number): Promise<void> {
  const engine = await openEngine({
    dataDir,
    threads: 1,
    stockShards: 4,
    snapshotEveryFacts,
    projector: false,
    publish() {},
  });
  for (const batch of REFERENCE) await engine.apply(batch);
  const held: string[] = [];
  for (const [i, each] of steps.entries()) {
    if (each.do === 'count') await engine.record([counted(each.sku, each.units, `c${i}`)], 1);
    if (each.do === 'sell') await engine.record([sold(each.sku, `s${i}`)], 1);
    if (each.do === 'hold') {
      const outcome = await engine.reserve(reserving(`k${i}`, each.skus, HOLD_MS));
      if (outcome.status === 'reserved') held.push(outcome.reservation.id);
    }
    const id = each.do === 'release' ? held.pop() : undefined;
    if (id !== undefined) await engine.release(id as never, CLIENT);
  }
  await engine.close();
  writeFileSync(join(dataDir, 'keys.json'), '{"keys":[]}');
}

/** A stopped folder with such a history in it. */
export async function folderWith(
  steps: readonly Step[],
  { dataDir = testFolder(), snapshotEveryFacts = 1_000_000 } = {},
): Promise<string> {
  await fill(dataDir, steps, snapshotEveryFacts);
  return dataDir;
}

export const exported = (dir: string): string[] =>
  [...exportFolder(dir, NOW, () => undefined)].map((line) => line.trimEnd());
export const endOf = (lines: readonly string[]): EndLine => JSON.parse(lines.at(-1)!) as EndLine;
export const headOf = (lines: readonly string[]): HeaderLine => JSON.parse(lines[0]!) as HeaderLine;
export const newFolder = (): string => join(testFolder(), 'data');

export async function importLines(lines: readonly string[], dir = newFolder()): Promise<string> {
  await importFolder(
    (async function* () {
      yield* lines;
    })(),
    dir,
  );
  return dir;
}
