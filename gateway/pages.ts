import fastifyStatic from '@fastify/static';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from './routes/route.ts';

/** Where `npm run build` puts the pages. */
export const PAGES_DIR = join(import.meta.dirname, '..', 'dashboard', 'dist');

const PAGES = {
  '/': 'index.html',
  '/tower': 'tower.html',
  '/node/:node': 'node.html',
  '/order': 'order.html',
  '/examples': 'examples/index.html',
} as const;

/**
 * Other sites load onhand.js: a module of another origin comes only with these. All scripts have them, as they hold
 * nothing that is not public.
 */
const SCRIPTS_OF_OTHER_SITES = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** Pages are no part of the API's document. */
const HIDDEN = { schema: { hide: true } } as const;

/** The built pages: `/` the demo shop, `/tower` the control tower, `/node/<id>` a node's screen, `/order` a customer's order, `/examples` for others' pages. Not built: a page that says how to. */
export async function servePages(app: App, dir: string): Promise<void> {
  if (!existsSync(join(dir, PAGES['/']))) {
    for (const path of Object.keys(PAGES)) {
      app.get(path, HIDDEN, async (_request, reply) => reply.type('text/html; charset=utf-8').send(NOT_BUILT));
    }
    return;
  }
  await app.register(fastifyStatic, {
    root: dir,
    wildcard: false,
    index: false,
    // Vite names assets by their content, so they never change; pages do.
    setHeaders: (reply, path) => {
      const asset = path.startsWith(join(dir, 'assets'));
      reply.header('cache-control', asset ? 'public, max-age=31536000, immutable' : 'no-cache');
      if (path.endsWith('.js')) reply.headers(SCRIPTS_OF_OTHER_SITES);
    },
    cacheControl: false,
  });
  for (const [path, file] of Object.entries(PAGES)) {
    if (existsSync(join(dir, file))) app.get(path, HIDDEN, async (_request, reply) => reply.sendFile(file));
  }
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<title>Onhand: pages not built</title>
<h1>The pages are not built yet</h1>
<p>Stop the server, run <code>npm run build</code>, start it again. The HTTP routes work without them.</p>
</html>
`;
