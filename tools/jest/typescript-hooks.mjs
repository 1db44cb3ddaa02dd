/**
 * Lets Node load our TypeScript as the tests need it: decorators with their metadata (Node alone only strips types), a relative
 * import that names the `.js` file of a later build, and our own libraries from their sources, so that tests need no build.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = dirname(dirname(import.meta.dirname));
const preset = createRequire(import.meta.url)(join(root, 'jest.preset.js'));
const [, swcOptions] = preset.transform['^.+\\.tsx?$'];
const OWN_LIBRARY = /^@openhands-jira\/(contracts|domain|ui)$/;

registerHooks({ resolve, load });
process.setSourceMapsEnabled(true);

function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return next(new URL('./jest-globals.mjs', import.meta.url).href, context);
  const library = OWN_LIBRARY.exec(specifier)?.[1];
  if (library) return next(pathToFileURL(join(root, 'libs', library, 'src/index.ts')).href, context);
  return next(sourceOf(specifier, context.parentURL) ?? specifier, context);
}

/** The TypeScript file behind a relative import of a `.js` file, if there is one. */
function sourceOf(specifier, parentUrl) {
  if (!specifier.startsWith('.') || !specifier.endsWith('.js') || !parentUrl?.startsWith('file:')) return undefined;
  for (const ending of ['.ts', '.tsx']) {
    const source = new URL(specifier.replace(/\.js$/, ending), parentUrl);
    if (existsSync(source)) return source.href;
  }
  return undefined;
}

function load(url, context, next) {
  if (/\.(svg|css)$/.test(url)) return { format: 'module', source: "export default 'picture.svg';", shortCircuit: true };
  if (!/^file:.*\.tsx?(\?.*)?$/.test(url) || url.includes('/node_modules/')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swcOptions, filename, sourceMaps: 'inline', swcrc: false });
  return { format: 'module', source: code, shortCircuit: true };
}
