import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

// The normative pages and the tests hold each other: a rule without a test is a wish, a test that names no rule proves
// nothing anybody promised. What a page lists under `Not yet` has no test; the commit that brings one takes it off the list.

const root = join(import.meta.dirname, '..');
const PAGES = ['engine/SPEC.md', 'gateway/PROTOCOL.md'];
/** The title of a test; after a table of cases it follows the table's end. */
const TITLE = /(?:\b(?:test|it|describe)(?:\.\w+)*(?:\([^()]*\))?|^ *\]\))\(\s*(['"`])(.*?)\1/gms;
const NAMED = /\[([A-Z]{2}\d+|Complete|Suspect|Void|Inbound|Correction)\]/g;
const DEFINED = /^- \*\*([A-Z]{2}\d+|[A-Z][a-z]+)\*\*/gm;

interface Page {
  readonly name: string;
  readonly rules: readonly string[];
  readonly notYet: ReadonlySet<string>;
}

const pages = PAGES.map(readPage);
const known = new Set(pages.flatMap(({ rules }) => rules));

/** Rule → the tests that name it, as `file: title`. */
const named = new Map<string, string[]>();
for (const file of globSync(['{engine,ingest,gateway,dashboard,loadtest}/**/*{.test,-suite}.ts'], { cwd: root })) {
  for (const [, , title] of readFileSync(join(root, file), 'utf8').matchAll(TITLE)) {
    for (const [, rule] of title!.matchAll(NAMED)) named.set(rule!, [...(named.get(rule!) ?? []), `${file}: ${title}`]);
  }
}

function readPage(name: string): Page {
  const text = readFileSync(join(root, name), 'utf8');
  const listed = /^## (?:\d+\. )?Not yet$([^]*)/m.exec(text)?.[1] ?? '';
  return {
    name,
    rules: [...text.matchAll(DEFINED)].map(([, rule]) => rule!),
    notYet: new Set([...listed.matchAll(/\b[A-Z]{2}\d+\b/g)].map(([rule]) => rule)),
  };
}

describe.each(pages)('$name', ({ name, rules, notYet }) => {
  test('every rule is named by a test', () => {
    expect(rules.length).toBeGreaterThan(20);
    const untested = rules.filter((rule) => !named.has(rule) && !notYet.has(rule));
    expect(untested, `name a test [RULE] …, or list the rule under "Not yet" in ${name}`).toEqual([]);
  });

  test('what it lists as not yet is a rule of it that no test names', () => {
    const kept = [...notYet].filter((rule) => named.has(rule));
    expect(kept, `tests name these: take them off the list "Not yet" in ${name}`).toEqual([]);
    const strangers = [...notYet].filter((rule) => !rules.includes(rule));
    expect(strangers, `no rules of ${name}: correct its list "Not yet"`).toEqual([]);
  });
});

test('every rule a test names stands on one of the pages', () => {
  const strangers = [...named].filter(([rule]) => !known.has(rule)).flatMap(([, titles]) => titles);
  expect(strangers, `write the rule down in one of ${PAGES.join(', ')}`).toEqual([]);
});

test('an id is one rule', () => {
  expect(known.size).toBe(pages.reduce((sum, { rules }) => sum + rules.length, 0));
});
