import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasWebsockets, installPackage } from './debian-packages.ts';
import type { Counts } from './count-reporter.ts';
import { fetchPromtool } from './promtool.ts';

// `npm test`: what the tests need, then types, lint, format, unused code, pages, tests, and two attacks on the whole
// engine. Every step runs, so one look shows everything that is wrong; the last line counts it.

requireNode24();
installPackage('chromium', existsSync('/usr/bin/chromium'), 'The browser tests drive it; no browser is downloaded.');
installPackage('python3-websockets', hasWebsockets(), 'A client nobody here wrote goes through a session.');
sayWhenMissing(fetchPromtool());

type Step = readonly [name: string, command: string, ...args: string[]];

const steps: readonly Step[] = [
  ['types', 'tsc'],
  ['lint and import arrows', 'oxlint'],
  ['format', 'oxfmt', '--check', '.'],
  ['unused code', 'knip'],
  ['pages build', 'vite', 'build', 'dashboard', '--logLevel', 'warn'],
];

/** They take both cores, so they come when nothing else runs; each says how much it did. */
const attacks: readonly Step[] = [
  ['50 crashes of the real server under load', 'node', 'loadtest/crash/main.ts', '--cycles', '50'],
  ['as many simulated seeds as fit into 4 minutes', 'node', 'engine/simulation/main.ts', '--seconds', '240'],
];

let passed = 0;
let failed = 0;
steps.forEach(take);
const counts = runTests();
passed += counts.passed;
failed += counts.failed;
attacks.forEach(take);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`\n${passed} passed, ${failed} failed${skipped}`);
process.exitCode = failed > 0 ? 1 : 0;

function take([name, command, ...args]: Step): void {
  const start = performance.now();
  const ok = run(command, args);
  console.log(`${ok ? 'ok' : 'FAILED'}  ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (ok) passed++;
  else failed++;
}

function requireNode24(): void {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return;
  console.error(
    `Node ${process.versions.node} runs this, but 24 or newer is needed. \`npm ci\` brings it: did install scripts run?`,
  );
  process.exit(1);
}

/** The tests that need it fail and say the same; the others run. */
function sayWhenMissing(missing: string | undefined): void {
  if (missing !== undefined) console.error(missing);
}

function run(command: string, args: readonly string[], env: Record<string, string> = {}): boolean {
  const child = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NO_COLOR: '1', ...env },
    timeout: 15 * 60_000,
  });
  return child.status === 0;
}

function runTests(): Counts {
  const folder = mkdtempSync(join(tmpdir(), 'onhand-test-'));
  const file = join(folder, 'counts.json');
  try {
    const ok = run('vitest', ['run'], { ONHAND_COUNTS_FILE: file });
    if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
    const counts = JSON.parse(readFileSync(file, 'utf8')) as Counts;
    return ok || counts.failed > 0 ? counts : { ...counts, failed: counts.failed + 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
