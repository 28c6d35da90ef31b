import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { promtool } from '../../.ci/promtool.ts';
import { ADMIN_KEY, startTestServer, type TestServer } from '../test-server.ts';

// What operators copy: dashboard, alerts, scrape configuration. A metric they name must be one we have.

const ops = join(import.meta.dirname, '..', '..', 'ops');
const read = (path: string) => readFileSync(join(ops, path), 'utf8');

let server: TestServer;
let known: ReadonlySet<string>;
beforeAll(async () => {
  server = await startTestServer();
  const { body } = await server.call('/metrics', { key: ADMIN_KEY });
  const types = [...(body['text'] as string).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  known = new Set(types.flatMap(([, name, type]) => seriesOf(name!, type!)));
});
afterAll(() => server.stop());

function seriesOf(name: string, type: string): string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
}

/** Names of metrics in an expression: with our prefixes, so that functions and labels are not taken for them. */
function namesIn(expression: string): string[] {
  return expression.match(/\b(onhand|nodejs|process)_[a-z0-9_]+/g) ?? [];
}

function unknownIn(expressions: readonly string[]): string[] {
  expect(expressions.length).toBeGreaterThan(10);
  for (const one of expressions) expect([one, namesIn(one).length > 0 || one.startsWith('up{')]).toEqual([one, true]);
  return expressions.flatMap(namesIn).filter((name) => !known.has(name));
}

test('every metric the dashboard asks for is one the server shows', () => {
  const dashboard = JSON.parse(read('grafana/onhand.json')) as {
    panels: { id: number; targets?: { expr: string }[] }[];
    templating: { list: { query: string }[] };
  };
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  expect(unknownIn(expressions)).toEqual([]);
  expect(dashboard.templating.list.flatMap(({ query }) => namesIn(query)).filter((name) => !known.has(name))).toEqual(
    [],
  );
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every query of the dashboard is one Prometheus can read', () => {
  const { panels } = JSON.parse(read('grafana/onhand.json')) as { panels: { targets?: { expr: string }[] }[] };
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  const rules = expressions.map((expr, index) => ({
    record: `panel:q${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*'),
  }));
  const folder = mkdtempSync(join(tmpdir(), 'onhand-dashboard-'));
  try {
    const file = join(folder, 'rules.yaml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(promtool(['check', 'rules', file])).toMatchObject({ ok: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every alert reads metrics the server shows, and says what to do', () => {
  const { groups } = parse(read('prometheus/alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(unknownIn(rules.map(({ expr }) => expr))).toEqual([]);
  for (const { annotations } of rules) expect(Object.keys(annotations)).toEqual(['summary', 'do']);
});

test('promtool accepts the alerts and the scrape configuration', () => {
  expect(promtool(['check', 'rules', join(ops, 'prometheus/alerts.yaml')])).toMatchObject({ ok: true });
  const scrape = promtool(['check', 'config', '--syntax-only', join(ops, 'prometheus/scrape.yaml')]);
  expect(scrape).toMatchObject({ ok: true });
});
