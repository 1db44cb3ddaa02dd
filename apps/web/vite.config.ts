import react from '@vitejs/plugin-react';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const libraries = fileURLToPath(new URL('../../libs/', import.meta.url));
const target = process.env['API_URL'] ?? 'http://localhost:3000';
// The server takes changes only from its own origin; in development the page has another port.
const api = { target, headers: { origin: target } };
const toApi = { '/api': api, '/auth': api, '/integration': api };

/** Writes each file a second and third time, compressed, so that the server need not compress at each request. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: (config) => void (folder = resolve(config.root, config.build.outDir, 'assets')),
    async closeBundle() {
      for (const name of await readdir(folder)) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const bytes = await readFile(`${folder}/${name}`);
        await writeFile(`${folder}/${name}.gz`, gzipSync(bytes, { level: 9 }));
        await writeFile(`${folder}/${name}.br`, brotliCompressSync(bytes));
      }
    },
  };
}

/**
 * Leaves out the part of zod that writes schemas down as JSON Schema: the service does that for its API description, the page only
 * reads answers. Each schema carries that part along otherwise, a tenth of what a first visit loads.
 */
function withoutSchemaWriter(): Plugin {
  return {
    name: 'without-schema-writer',
    apply: 'build',
    async load(id) {
      if (!/zod\/v4\/core\/(json-schema-processors|to-json-schema)\.js$/.test(id)) return null;
      const names = [...(await readFile(id, 'utf8')).matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
      return names.map((name) => `export const ${name} = () => ({});`).join('\n');
    },
  };
}

export default defineConfig({
  plugins: [react(), withoutSchemaWriter(), compressed()],
  // The server replaces this word in each answer by the nonce of its content security policy.
  html: { cspNonce: '__CSP_NONCE__' },
  resolve: {
    alias: [
      { find: /^@openhands-jira\/ui\/(.*\.css)$/, replacement: `${libraries}ui/src/$1` },
      { find: /^@openhands-jira\/(contracts|ui)$/, replacement: `${libraries}$1/src/index.ts` },
    ],
  },
  build: {
    target: 'es2022', assetsInlineLimit: 0, manifest: true,
    // By itself the bundler puts React and Mantine together, and the first screen would wait for Mantine without using it.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// }] } } },
  },
  server: { port: 5173, proxy: toApi },
  preview: { port: 4173, proxy: toApi },
});
