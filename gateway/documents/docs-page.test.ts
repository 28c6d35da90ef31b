import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startTestServer } from '../test-server.ts';
import type { OpenApi } from './open-api.ts';

test('/docs shows every route with an example, and every rule of the protocol; all from the server itself', async () => {
  const server = await startTestServer();
  const page = await server.call('/docs');
  expect(page).toMatchObject({ status: 200 });
  const html = page.body['text'] as string;
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
  for (const operations of Object.values(paths)) {
    for (const { operationId, summary } of Object.values(operations)) {
      expect(html).toContain(`<article id="${operationId}">`);
      expect(html).toContain(summary);
    }
  }
  const protocol = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');
  const rules = [...protocol.matchAll(/^- \*\*([A-Z]{2}\d+)\*\*/gm)].map(([, rule]) => rule);
  expect(rules.length).toBeGreaterThan(40);
  for (const rule of rules) expect(html).toContain(`<li id="${rule}">`);
  const loaded = [...html.matchAll(/(?:src|<link[^>]*href)="([^"]*)"/g)].map(([, url]) => url);
  expect(loaded).toEqual(['data:,', '/docs.js']);
  const script = await server.call('/docs.js');
  expect(script.headers.get('content-type')).toContain('text/javascript');
  await server.stop();
});
