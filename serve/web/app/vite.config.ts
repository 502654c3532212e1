import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// What is inlined into a document or a style sheet as data: would need a hole in
// the Content-Security-Policy that serve/web sends, so nothing is.
const nothingInlined = 0;

// "vite build --mode dev-page" builds the page of src/dev with the same
// optimisation as the console, so that what is measured is what is shipped. The
// console itself never holds it.
export default defineConfig(({ mode }) => ({
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir: mode === 'dev-page' ? 'dist-dev' : 'dist',
    assetsInlineLimit: nothingInlined,
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    rollupOptions: mode === 'dev-page' ? { input: 'dev.html' } : {},
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/v1': process.env.CLEW_API ?? 'http://127.0.0.1:8420' },
  },
  preview: { host: '127.0.0.1' },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'test/**/*.test.ts'],
    setupFiles: [],
  },
}));
