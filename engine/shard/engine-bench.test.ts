import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { digestHex } from '../contract/digest.ts';

const BENCH = fileURLToPath(new URL('./engine.bench.ts', import.meta.url));

test('the benchmark runs, and its digest is that of the numbers the work must give', async () => {
  const sizes = ['--events', '2000', '--rate', '2000', '--seconds', '1', '--skus', '500'];
  const { stdout } = await promisify(execFile)(process.execPath, [BENCH, ...sizes]);
  const result = JSON.parse(stdout.trim().split('\n').at(-1)!) as { digest: string; published: number };
  // 4,000 sales of 1, evenly over 500 skus of 1,000 units.
  expect(result.digest).toBe(digestHex(Array.from({ length: 500 }, () => 992).join()));
  expect(result.published).toBeGreaterThan(0);
});
