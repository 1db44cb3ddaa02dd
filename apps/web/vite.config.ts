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
 * What the page never does, and what stands in its place. The libraries carry these parts along with everything else, a twentieth
 * of what a first visit loads.
 */
const UNUSED: [file: RegExp, code: string][] = [
  // Schemas are written down as JSON Schema by the service, for its API description.
  [/zod\/v4\/core\/json-schema-processors\.js$/, ''],
  [/zod\/v4\/core\/to-json-schema\.js$/, ''],
  // No value that the page reads contains itself.
  [/zod\/v4\/core\/memoizer\.js$/, ''],
  // The contracts have words of their own for whatever people can enter wrongly.
  [/zod\/v4\/locales\/en\.js$/, 'export default () => ({});'],
  // Programs that are made at run time are forbidden by the content policy.
  [/zod\/v4\/core\/doc\.js$/, ''],
  // What people send is never kept (see `src/lib/query.ts`).
  [/query-core\/build\/modern\/mutationCache\.js$/, 'export class MutationCache { clear() {} findAll() { return []; } resumePausedMutations() { return Promise.resolve(); } }'],
];

/** Puts the short code in the place of what is not used; without one, every name of a file becomes a function that does nothing. */
function withoutUnused(): Plugin {
  return {
    name: 'without-unused',
    apply: 'build',
    async load(id) {
      const [, code] = UNUSED.find(([file]) => file.test(id)) ?? [];
      if (code !== '') return code;
      const names = [...(await readFile(id, 'utf8')).matchAll(/^export (?:const|function|class) ([\w$]+)/gm)].map(([, name]) => name);
      return names.map((name) => `export function ${name}() {}`).join('\n');
    },
  };
}

/**
 * Names the parts that the first program runs in the page itself, so that `src/main.ts` can load all of them at once: of each part
 * the browser finds out only late what it needs in turn.
 */
function partsNamed(): Plugin {
  return {
    name: 'parts-named',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
        const first = chunks.find(({ isEntry }) => isEntry)!;
        const needed = new Set(first.dynamicImports);
        for (const name of needed) for (const next of chunks.find(({ fileName }) => fileName === name)!.imports) needed.add(next);
        for (const name of [first.fileName, ...first.imports]) needed.delete(name);
        return [...needed].map((name) => ({ tag: 'link', attrs: { rel: 'later', crossorigin: true, fetchpriority: 'low', href: `/${name}`, nonce: '__CSP_NONCE__' }, injectTo: 'head' as const }));
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), withoutUnused(), partsNamed(), compressed()],
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
    // Each of these parts takes along what it needs and is run by itself (see `src/main.ts`); what only other screens need stays with them.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', test: /apps\/web\/(src\/main\.ts|index\.html)$/, priority: 4 },
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\//, priority: 3 },
            { name: 'reading', test: /src\/lib\/api\.ts$/, priority: 2 },
            { name: 'start', test: /src\/start\.tsx$/, priority: 1 },
          ],
        },
      },
    },
  },
  server: { port: 5173, proxy: toApi },
  preview: { port: 4173, proxy: toApi },
});
