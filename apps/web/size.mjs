/**
 * Says how much a browser loads, compressed, to show the integrations for the first time, and fails when it is too much.
 * Run it after the build: `node apps/web/size.mjs`.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT_KB = 200;
const dist = join(import.meta.dirname, 'dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));
const entries = ['index.html', 'src/features/integrations/integrations-page.tsx'];

/** Everything that a chunk loads before it can run. */
function filesOf(name, seen = new Set()) {
  const { file, css = [], imports = [] } = manifest[name];
  for (const path of [file, ...css]) seen.add(path);
  for (const next of imports) if (!seen.has(manifest[next].file)) filesOf(next, seen);
  return seen;
}

const files = new Set(entries.flatMap((name) => [...filesOf(name)]));
const bytes = [...files].reduce((sum, file) => sum + statSync(join(dist, `${file}.gz`)).size, 0);
const kilobytes = bytes / 1000;
process.stdout.write(`First load of the integrations: ${kilobytes.toFixed(1)} kB compressed in ${files.size} files (limit ${LIMIT_KB} kB).\n`);
if (kilobytes > LIMIT_KB) process.exit(1);
