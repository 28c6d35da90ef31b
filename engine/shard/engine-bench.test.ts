import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { digestHex } from '../contract/digest.ts';

const BENCH = fileURLToPath(new URL('./engine.bench.ts', import.meta.url));
const SKUS = 500;
const OPERATIONS = 2_000;

test('the benchmark runs, and its digest is that of the numbers the work must give', async () => {
  const sizes = ['--operations', String(OPERATIONS), '--skus', String(SKUS), '--rows', 'deltas,reserve-64,replay'];
  const { stdout } = await promisify(execFile)(process.execPath, [BENCH, ...sizes, '--json']);
  const result = JSON.parse(stdout) as {
    digest: string;
    outcomes: object;
    published: number;
    replay: { facts: number };
    journal: { facts: number };
  };
  expect(result.outcomes).toEqual({ reserved: 1_900, refused: 100 });
  expect(result.digest).toBe(digestHex(expectedTerms().join()));
  expect(result.published).toBeGreaterThan(0);
  expect(result.replay.facts).toBe(result.journal.facts);
});

/** On-hand and reserved of each sku: every sale is of one unit; 95 % of the reservations are granted, 20 % over two skus. */
function expectedTerms(): string[] {
  const reserved = Array.from({ length: SKUS }, () => 0);
  for (let n = 0; n < OPERATIONS; n++) {
    const first = (n * 7_919) % SKUS;
    if (n % 20 < 19) reserved[first]!++;
    if (n % 20 < 4) reserved[(first + 1_009) % SKUS]!++;
  }
  return reserved.map((units) => `${1_000 - OPERATIONS / SKUS} ${units}`);
}
