import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { wholeFiles } from './whole-files.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The demo shop (`/`), the control tower (`/tower`), a node's screen (`/node/<id>`), a customer's order (`/order`). */
const PAGES = ['index', 'tower', 'node', 'order'];

/** The pages, and what other pages load. `vite dashboard` proxies to a running server. */
export default defineConfig({
  root: here('.'),
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: 'es2024',
    // Data URIs would need more than the server's content policy grants.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: Object.fromEntries(PAGES.map((page) => [page, here(`./${page}.html`)])) },
  },
  plugins: [wholeFiles()],
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
});
