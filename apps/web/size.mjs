/**
 * Says how much a browser loads, compressed with gzip, to show the sign-in page or the integrations for the first time, and fails
 * when it is too much. The service sends Brotli to whoever takes it, which is an eighth less. Run it after the build:
 * `node apps/web/size.mjs`.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LIMITS_KB = { js: 110, css: 15 };
const dist = join(import.meta.dirname, 'dist');
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

/** Everything that a chunk loads before it can run. */
function filesOf(name, seen) {
  const { file, css = [], imports = [] } = manifest[name];
  for (const path of [file, ...css]) seen.add(path);
  for (const next of imports) if (!seen.has(manifest[next].file)) filesOf(next, seen);
  return seen;
}

// The first program, then the parts that it runs.
const parts = ['index.html', ...manifest['index.html'].dynamicImports];
const files = [...parts.reduce((seen, part) => filesOf(part, seen), new Set())];
for (const [kind, limit] of Object.entries(LIMITS_KB)) {
  const ofKind = files.filter((file) => file.endsWith(`.${kind}`));
  const kilobytes = ofKind.reduce((sum, file) => sum + statSync(join(dist, `${file}.gz`)).size, 0) / 1000;
  process.stdout.write(`First load, ${kind}: ${kilobytes.toFixed(1)} kB compressed in ${ofKind.length} files (limit ${limit} kB).\n`);
  if (kilobytes > limit) process.exitCode = 1;
}
