import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// engine/SPEC.md and the tests hold each other: a rule without a test is a wish, a test that names no rule proves nothing
// anybody promised.

const root = join(import.meta.dirname, '..');
const TITLE = /\b(?:test|it|describe)(?:\.\w+)*(?:\([^()]*\))?\(\s*(['"`])(.*?)\1/gs;
const NAMED = /\[([A-Z]{2}\d+|Complete|Suspect|Void|Inbound|Correction)\]/g;

const spec = readFileSync(join(root, 'engine/SPEC.md'), 'utf8');
const rules = new Set([...spec.matchAll(/^- \*\*([A-Z]{2}\d+|[A-Z][a-z]+)\*\*/gm)].map(([, rule]) => rule!));

/** Rule → the tests that name it, as `file: title`. */
const named = new Map<string, string[]>();
for (const file of globSync(['{engine,ingest,gateway,dashboard,loadtest}/**/*{.test,-suite}.ts'], { cwd: root })) {
  for (const [, , title] of readFileSync(join(root, file), 'utf8').matchAll(TITLE)) {
    for (const [, rule] of title!.matchAll(NAMED)) named.set(rule!, [...(named.get(rule!) ?? []), `${file}: ${title}`]);
  }
}

test('every rule of SPEC.md is named by a test', () => {
  expect(rules.size).toBeGreaterThan(20);
  expect([...rules].filter((rule) => !named.has(rule))).toEqual([]);
});

test('every rule a test names stands in SPEC.md', () => {
  const strangers = [...named].filter(([rule]) => !rules.has(rule)).flatMap(([, titles]) => titles);
  expect(strangers).toEqual([]);
});
