import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Two pages: the demo shop (`/`) and the control tower (`/tower`). `vite dashboard` proxies to a running server. */
export default defineConfig({
  root: here('.'),
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: 'es2024',
    // Data URIs would need more than the server's content policy grants.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: {
        shop: here('./index.html'),
        tower: here('./tower.html'),
        'onhand-stock': here('../gateway/client/onhand-stock.ts'),
      },
      // Other pages name this file in their markup, so its name stays.
      output: { entryFileNames: ({ name }) => (name === 'onhand-stock' ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
});
