/**
 * The service as one file, `bundle.cjs`, and what the JavaScript engine made of it, `bundle.compiled`: the build keeps that, so that a
 * start reads the code in a form in which it can run, and does not have to understand eight megabytes of text first.
 *
 * What was kept is used only with exactly the text that it was made of, whole, and by the engine that made it. In all other cases, and
 * when there is nothing, the text is compiled as ever. Nothing is written at a start.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** The one file. */
export const BUNDLE = 'bundle.cjs';
/** Beside it: a checksum of the text, a checksum of the compiled code (4 bytes each), the compiled code. */
export const COMPILED = 'bundle.compiled';
const CHECKSUMS_BYTES = 8;

/** What `service.ts` exports. */
export interface Bundled {
  runService(): Promise<void>;
}

/** Loads the service from its one file in `folder`. Throws when the file is not there. */
export function loadBundle(folder: string): Bundled {
  const text = readFileSync(join(folder, BUNDLE));
  return run(compile(folder, text, keptCode(folder, text)), folder);
}

/** Keeps the compiled code of the file in `folder`, with all that was needed to load it. Part of the build. */
export function keepCompiled(folder: string): void {
  const text = readFileSync(join(folder, BUNDLE));
  const script = compile(folder, text);
  // The engine compiles a function when it is called first, so only now most of the code is there to be kept.
  run(script, folder);
  const code = script.createCachedData();
  writeFileSync(join(folder, COMPILED), Buffer.concat([checksums(text, code), code]));
}

/** True when the kept code in `folder` fits the file there and this engine. */
export function isKept(folder: string): boolean {
  const text = readFileSync(join(folder, BUNDLE));
  const kept = keptCode(folder, text);
  return kept !== undefined && compile(folder, text, kept).cachedDataRejected === false;
}

/** The engine itself compares only the length of the text, and trusts the code. */
function keptCode(folder: string, text: Buffer): Buffer | undefined {
  const kept = readIfThere(join(folder, COMPILED));
  const code = kept?.subarray(CHECKSUMS_BYTES);
  return code && kept!.subarray(0, CHECKSUMS_BYTES).equals(checksums(text, code)) ? code : undefined;
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function checksums(text: Buffer, code: Buffer): Buffer {
  const sums = Buffer.alloc(CHECKSUMS_BYTES);
  sums.writeUInt32LE(crc32(text), 0);
  sums.writeUInt32LE(crc32(code), 4);
  return sums;
}

/** Compiles the text as Node does with CommonJS. It is ASCII throughout, see `tools/tasks/bundle.ts`. */
function compile(folder: string, text: Buffer, cachedData?: Buffer): Script {
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${text.toString('latin1')}\n})`;
  return new Script(wrapped, { filename: join(folder, BUNDLE), ...(cachedData && { cachedData }) });
}

type CommonJs = (exports: object, require: NodeJS.Require, module: { exports: object }, filename: string, dirname: string) => void;

function run(script: Script, folder: string): Bundled {
  const file = join(folder, BUNDLE);
  const module = { exports: {} };
  (script.runInThisContext() as CommonJs)(module.exports, createRequire(file), module, file, folder);
  return module.exports as Bundled;
}
