import vue from '@vitejs/plugin-vue';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compress } from './compress.js';
import { precache } from './precache.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const backend = process.env.WANGGE_BACKEND ?? 'http://127.0.0.1:5000';

export default defineConfig({
  root: here('src'),
  publicDir: false,
  define: { __APP__: JSON.stringify(version) },
  plugins: [vue(), compress(), precache(here('src/handset'))],
  resolve: { alias: { '@': here('src') } },
  build: {
    target: 'chrome87',
    outDir: here('static'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600, // the OpenAPI viewer, loaded on its own page only
    rollupOptions: {
      input: {
        portal: here('src/portal/index.html'),
        handset: here('src/handset/index.html'),
        console: here('src/console/index.html'),
        docs: here('src/docs/index.html'),
      },
    },
  },
  server: { proxy: { '/api': backend, '/mobile': backend, '/healthz': backend } },
  test: { dir: here('tests'), environment: 'node', testTimeout: 60_000 },
});
