import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

// The allowed arrows are lint errors, not advice: each of these imports is planted in an empty tree with the project's
// own lint settings, and must be refused, or let through.

const root = join(import.meta.dirname, '..');
const tree = mkdtempSync(join(tmpdir(), 'onhand-arrows-'));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

const FORBIDDEN: readonly (readonly [file: string, imports: string])[] = [
  ['engine/contract/x.ts', '../stock/y.ts'],
  ['engine/contract/x.ts', 'node:fs'],
  ['engine/stock/x.ts', '../shard/y.ts'],
  ['engine/stock/x.ts', '../promise/y.ts'],
  ['engine/stock/x.ts', 'node:crypto'],
  ['engine/promise/x.ts', '../stock/y.ts'],
  ['engine/intake/x.ts', '../journal/y.ts'],
  ['engine/journal/x.ts', '../stock/y.ts'],
  ['engine/journal/x.ts', '../shard/y.ts'],
  ['engine/shard/x.ts', '../../gateway/y.ts'],
  ['engine/shard/x.ts', '../../ingest/y.ts'],
  ['ingest/x.ts', '../engine/api.ts'],
  ['ingest/formats/x.ts', '../../engine/stock/y.ts'],
  ['ingest/formats/x.ts', '../../gateway/protocol/y.ts'],
  ['gateway/x.ts', '../engine/engine.ts'],
  ['gateway/routes/x.ts', '../../engine/stock/y.ts'],
  ['gateway/routes/x.ts', '../../ingest/y.ts'],
  ['gateway/protocol/x.ts', '../server.ts'],
  ['gateway/protocol/x.ts', 'lit'],
  ['gateway/client/x.ts', '../server.ts'],
  ['gateway/client/x.ts', 'node:fs'],
  ['dashboard/x.ts', '../engine/contract/y.ts'],
  ['dashboard/x.ts', '../gateway/server.ts'],
  ['loadtest/x.ts', '../engine/stock/y.ts'],
  ['loadtest/x.ts', '../gateway/server.ts'],
];

const ALLOWED: readonly (readonly [file: string, imports: string])[] = [
  ['engine/stock/x.ts', '../contract/y.ts'],
  ['engine/shard/x.ts', '../stock/y.ts'],
  ['engine/shard/x.ts', '../journal/y.ts'],
  ['engine/journal/x.ts', 'node:fs'],
  ['ingest/formats/x.ts', '../../engine/contract/y.ts'],
  ['gateway/x.ts', '../engine/api.ts'],
  ['gateway/routes/x.ts', '../protocol/y.ts'],
  ['gateway/client/x.ts', '../protocol/y.ts'],
  ['gateway/main.ts', '../engine/engine.ts'],
  ['dashboard/tower/x.ts', '../../gateway/client/y.ts'],
  ['loadtest/x.ts', '../ingest/samples/y.ts'],
];

/** Files with the refused import in them, as oxlint names them. */
function refusedBy(imports: readonly (readonly [file: string, imports: string])[]): Set<string> {
  cpSync(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
  const files = imports.map(([file, from], index) => {
    const path = file.replace(/x\.ts$/, `x${index}.ts`);
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), `import { y } from '${from}';\n\nexport const x = y;\n`);
    return path;
  });
  const oxlint = join(root, 'node_modules', '.bin', 'oxlint');
  const { stdout } = spawnSync(oxlint, ['--format', 'json', ...files], {
    cwd: tree,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  for (const file of files) rmSync(join(tree, file));
  return new Set(
    diagnostics
      .filter(({ code }) => code.includes('no-restricted-imports'))
      .map(({ filename }) => filename.replace(/^\.\//, '')),
  );
}

test('every import against the arrows is a lint error', () => {
  const refused = refusedBy(FORBIDDEN);
  const missed = FORBIDDEN.filter(([file], index) => !refused.has(file.replace(/x\.ts$/, `x${index}.ts`)));
  expect(missed).toEqual([]);
});

test('every import along the arrows is let through', () => {
  expect([...refusedBy(ALLOWED)]).toEqual([]);
});
