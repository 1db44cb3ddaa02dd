import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { BUNDLE, COMPILED, isKept, keepCompiled, loadBundle } from './bundled.js';

/** A service whose start gives a number of one digit, so that two of them are texts of the same length. */
const giving = (digit: number): string => `exports.runService = (() => ${digit});`;

/** Where the engine's version stands in its compiled code. */
const ENGINE_AT = 4;

describe('The service as one file', () => {
  let folder: string;
  const answer = (): unknown => loadBundle(folder).runService();
  const write = (text: string): void => writeFileSync(join(folder, BUNDLE), text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openhands-jira-bundle-'));
    write(giving(1));
    keepCompiled(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** What cannot come to pass by itself: another text, and compiled code that says it was made of that. So it can be seen which of the two runs. */
  function pretendItWasMadeOf(text: string, change: (code: Buffer) => void = () => undefined): void {
    write(text);
    const kept = readFileSync(join(folder, COMPILED));
    change(kept.subarray(8));
    kept.writeUInt32LE(crc32(text), 0);
    kept.writeUInt32LE(crc32(kept.subarray(8)), 4);
    writeFileSync(join(folder, COMPILED), kept);
  }

  it('runs from the code that was compiled when it was built', () => {
    expect(isKept(folder)).toBe(true);
    pretendItWasMadeOf(giving(2));
    expect(answer()).toBe(1);
  });

  it('runs from its text when that was changed since', () => {
    write(giving(2));
    expect([isKept(folder), answer()]).toEqual([false, 2]);
  });

  it.each([
    ['is not there', (path: string) => rmSync(path)],
    ['is empty', (path: string) => truncateSync(path)],
    ['is not whole', (path: string) => truncateSync(path, 200)],
    ['was damaged', (path: string) => writeFileSync(path, readFileSync(path).fill(7, 100, 120))],
  ])('runs from its text when the compiled code %s', (_, happens) => {
    happens(join(folder, COMPILED));
    expect([isKept(folder), answer()]).toEqual([false, 1]);
  });

  it('runs from its text when the compiled code was made by another engine', () => {
    pretendItWasMadeOf(giving(3), (code) => code.writeUInt32LE(code.readUInt32LE(ENGINE_AT) + 1, ENGINE_AT));
    expect([isKept(folder), answer()]).toEqual([false, 3]);
  });

  it('finds packages and its own folder like any CommonJS file', () => {
    write(`exports.runService = () => [__dirname, __filename, require('node:path').basename(__filename)];`);
    expect(answer()).toEqual([folder, join(folder, BUNDLE), BUNDLE]);
  });
});
