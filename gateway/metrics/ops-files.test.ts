import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { promtool } from '../../.ci/promtool.ts';
import { STAFF_SOCKET_PATH } from '../staff-door.ts';
import { ADMIN_KEY, startTestServer, type TestServer } from '../test-server.ts';
import { openSocket, refusedStatus } from '../test-socket.ts';
import { SUBSCRIBED_TYPES } from '../webhooks/event-types.ts';
import { samplesOf, type Sample } from './test-samples.ts';

// What operators copy: dashboard, alerts, scrape configuration. A metric they name must be one we have, with the labels they
// ask by; where they ask for one value of a label, a server to which that happens must show such a series.

const ops = join(import.meta.dirname, '..', '..', 'ops');
const read = (path: string) => readFileSync(join(ops, path), 'utf8');

let server: TestServer;
let known: ReadonlySet<string>;
let samples: readonly Sample[];
let labelsOf: ReadonlyMap<string, ReadonlySet<string>>;
beforeAll(async () => {
  server = await startTestServer({ SOCKETS_MAX: '1' });
  await sufferAll(server);
  const { body } = await server.call('/metrics', { key: ADMIN_KEY });
  const text = body['text'] as string;
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  known = new Set(types.flatMap(([, name, type]) => seriesOf(name!, type!)));
  samples = samplesOf(text);
  labelsOf = new Map(types.flatMap(([, name, type]) => seriesOf(name!, type!).map((each) => [each, labelsFor(each)])));
});
afterAll(() => server.stop());

/** What the files ask for by a label's value: a paused endpoint, a page turned away, a request that fails. */
async function sufferAll(sufferer: TestServer): Promise<void> {
  const json = { url: 'https://hooks.example/in', types: [SUBSCRIBED_TYPES[0]] };
  const made = await sufferer.call('/v1/webhook-endpoints', { method: 'POST', key: ADMIN_KEY, json });
  const paused = { method: 'PATCH', key: ADMIN_KEY, json: { state: 'paused' } };
  await sufferer.call(`/v1/webhook-endpoints/${String(made.body['id'])}`, paused);
  const only = openSocket(sufferer.url);
  await only.next('welcome');
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  expect(await refusedStatus(openSocket(sufferer.url, { headers }, undefined, STAFF_SOCKET_PATH))).toBe(503);
  only.close();
  await only.closed;
}

/** Ours as the README's table has them, which a test holds against the code; those of others as they are shown. */
function labelsFor(series: string): ReadonlySet<string> {
  const row = README.find(([name]) => name === series || series.replace(/_(bucket|sum|count)$/, '') === name);
  const shown = samples.filter(({ name }) => name === series).flatMap(({ labels }) => labelNamesIn(labels));
  // Shown from the first collection on.
  const collected = series.startsWith('nodejs_gc_') ? ['kind'] : [];
  return new Set([...SCRAPED, ...collected, ...(row?.[1] ?? []), ...shown]);
}

/** Labels that Prometheus adds. */
const SCRAPED = ['instance', 'job'];

const README = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `onhand_'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(
    ([, name = '', , labels = '']) =>
      [name.replaceAll('`', ''), [...labels.matchAll(/\w+/g)].map(([one]) => one)] as const,
  );

function labelNamesIn(matchers: string): string[] {
  return [...matchers.matchAll(/(\w+)(?==|!=)/g)].map(([, name]) => name!);
}

/** `name{matchers}` of ours wherever it stands in an expression. */
function selectorsIn(expression: string): readonly (readonly [name: string, matchers: string])[] {
  return [...expression.matchAll(/\b((?:onhand|nodejs|process)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)].map(
    ([, name, matchers = '']) => [name!, matchers],
  );
}

/** Labels asked by that the metrics do not have, and values of labels that no series has. */
function faultsIn(expression: string, also = ''): string[] {
  const selectors = selectorsIn(expression);
  const all = new Set(selectors.flatMap(([name]) => [...(labelsOf.get(name) ?? [])]));
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(/,\s*/));
  const shown = [...also.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, name]) => name!);
  const unknown = [...grouped, ...shown].filter((label) => !all.has(label)).map((label) => `no label ${label}`);
  const unmatched = selectors
    .filter(([name, matchers]) => !isShown(name, matchers))
    .map(([name, matchers]) => `no series ${name}{${matchers}}`);
  return [...unknown, ...unmatched].map((fault) => `${fault}: ${expression}`);
}

/** By the labels that are ours; without any every metric that is known is shown at some time. */
function isShown(name: string, matchers: string): boolean {
  const asked = [...matchers.matchAll(/(\w+)(=~|=)"([^"]*)"/g)].filter(([, label]) => !SCRAPED.includes(label!));
  const isMet = ({ labels }: Sample) =>
    asked.every(([, label, how, value]) => {
      const has = new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(labels)?.[1];
      return has !== undefined && (how === '=' ? has === value : new RegExp(`^(?:${value})$`).test(has));
    });
  return asked.length === 0 || samples.some((sample) => sample.name === name && isMet(sample));
}

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
    panels: { id: number; targets?: { expr: string; legendFormat?: string }[] }[];
    templating: { list: { query: string }[] };
  };
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  expect(unknownIn(expressions)).toEqual([]);
  expect(dashboard.templating.list.flatMap(({ query }) => namesIn(query)).filter((name) => !known.has(name))).toEqual(
    [],
  );
  const targets = dashboard.panels.flatMap((panel) => panel.targets ?? []);
  expect(targets.flatMap(({ expr, legendFormat }) => faultsIn(expr, legendFormat))).toEqual([]);
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
  expect(rules.flatMap(({ expr, annotations }) => faultsIn(expr, annotations['summary']))).toEqual([]);
  for (const { annotations } of rules) expect(Object.keys(annotations)).toEqual(['summary', 'do']);
});

test('a label the metric does not have and a value no series has are found', () => {
  expect(faultsIn('sum by (code) (rate(onhand_limit_hits_total{limit="feeds-in-flight"}[5m]))')).toHaveLength(1);
  expect(faultsIn('onhand_webhook_endpoints{state="asleep"} > 0')).toHaveLength(1);
  expect(faultsIn('onhand_log_lag_events > 1', 'A consumer of {{ $labels.topic }}')).toHaveLength(1);
});

test('promtool accepts the alerts and the scrape configuration', () => {
  expect(promtool(['check', 'rules', join(ops, 'prometheus/alerts.yaml')])).toMatchObject({ ok: true });
  const scrape = promtool(['check', 'config', '--syntax-only', join(ops, 'prometheus/scrape.yaml')]);
  expect(scrape).toMatchObject({ ok: true });
});
