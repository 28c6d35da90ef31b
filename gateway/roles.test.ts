import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SCOPES } from './caller.ts';
import { ROLES } from './roles.ts';

test('the README has every role with the scopes and the limit that it has', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const table = readme.slice(readme.indexOf('| role '), readme.indexOf('- A key has a role'));
  const rows = [...table.matchAll(/^\| `([a-z-]+)` *\|([^|]*)\|([^|]*)\|/gm)];
  const documented = rows.map(([, role, scopes, limit]) => [role, scopes!.trim(), limit!.trim()]);
  const held = Object.entries(ROLES).map(([role, { scopes, ...about }]) => [
    role,
    wordsOf(scopes),
    'mustLimit' in about ? `\`${about.mustLimit}\`` : role === 'admin' ? 'never' : '',
  ]);
  expect(documented).toEqual(held);
});

function wordsOf(scopes: readonly string[]): string {
  if (scopes.length === 0) return 'none';
  return scopes.length === SCOPES.length ? 'all' : scopes.map((scope) => `\`${scope}\``).join(' ');
}
