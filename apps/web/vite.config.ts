import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const library = (name: string) => fileURLToPath(new URL(`../../libs/${name}/src/`, import.meta.url));
const api = { target: process.env['API_URL'] ?? 'http://localhost:3000', changeOrigin: false };

export default defineConfig({
  plugins: [react()],
  // The server replaces this word in each answer by the nonce of its content security policy.
  html: { cspNonce: '__CSP_NONCE__' },
  resolve: {
    alias: [
      { find: /^@openhands-jira\/ui\/(.*\.css)$/, replacement: `${library('ui')}$1` },
      { find: /^@openhands-jira\/(contracts|ui)$/, replacement: fileURLToPath(new URL('../../libs/', import.meta.url)) + '$1/src/index.ts' },
    ],
  },
  build: { target: 'es2022', assetsInlineLimit: 0, reportCompressedSize: true },
  server: { port: 5173, proxy: { '/api': api, '/auth': api, '/integration': api } },
  preview: { port: 4173, proxy: { '/api': api, '/auth': api, '/integration': api } },
});
