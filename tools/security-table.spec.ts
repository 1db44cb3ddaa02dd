/** Documentation of security is true only while its tests exist: every row of the table must name one. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const TABLE = 'docs/security/asvs.md';

/**
 * Numbers of levels 1 and 2 of OWASP ASVS 5.0 in the chapters V1, V2, V4, V7, V8 and V10 to V16; `1.1.1-2` stands for 1.1.1 and 1.1.2.
 * Those of level 3 that this service decides all the same come after them.
 */
const NUMBERS = `
  1.1.1-2 1.2.1-9 1.3.1-11 1.4.1-3 1.5.1-2
  2.1.1-3 2.2.1-3 2.3.1-4 2.4.1
  4.1.1-3 4.2.1 4.3.1-2 4.4.1-4
  7.1.1-3 7.2.1-4 7.3.1-2 7.4.1-5 7.5.1-2 7.6.1-2
  8.1.1-2 8.2.1-3 8.3.1 8.4.1
  10.1.1-2 10.2.1-2 10.3.1-4 10.4.1-11 10.5.1-5 10.6.1-2 10.7.1-3
  11.1.1-2 11.2.1-3 11.3.1-3 11.4.1-4 11.5.1 11.6.1
  12.1.1-3 12.2.1-2 12.3.1-4
  13.1.1 13.2.1-5 13.3.1-2 13.4.1-5
  14.1.1-2 14.2.1-4 14.3.1-3
  15.1.1-3 15.2.1-3 15.3.1-7
  16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
  1.3.12 1.5.3 4.1.5 11.2.4 13.1.3 13.2.6 13.3.4 15.2.4 15.4.2 16.5.4
`.trim().split(/\s+/).flatMap(range);
const PROMISES = 8;
/** Rows without a test say why. */
const EXCUSED = /^(not applicable|open)\b.*, because \S.{10,}/;

interface Row {
  id: string;
  file: string;
  test: string;
}

const rows: Row[] = readFileSync(join(root, TABLE), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim())).filter(([, id]) => /^[\d., ]+$/.test(id ?? ''))
  .flatMap(([, ids = '', , file = '', test = '']) => ids.split(', ').map((id) => ({ id, file, test })));

/** `1.2.1-3` as 1.2.1, 1.2.2 and 1.2.3. */
function range(numbers: string): string[] {
  const [section, first = 1, last = first] = /^(\d+\.\d+)\.(\d+)(?:-(\d+))?$/.exec(numbers)!.slice(1).map((part, at) => (at === 0 ? part : part && Number(part))) as [string, number?, number?];
  return Array.from({ length: last - first + 1 }, (_, at) => `${section}.${first + at}`);
}

/** A test has its name in quotes; a document has it as a heading. */
function isNamed({ file, test }: Row): boolean {
  const lines = readFileSync(join(root, file), 'utf8').split('\n').filter((line) => line.includes(test));
  if (file.endsWith('.md')) return test.startsWith('## ') && lines.includes(test);
  return file.endsWith('.spec.ts') && test.length > 8 && lines.some((line) => /['"`]/.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line));
}

describe('The table of promises and tests', () => {
  it('has every promise and every number, each number once', () => {
    const ids = rows.map(({ id }) => id);
    const wanted = [...Array.from({ length: PROMISES }, (_, at) => String(at + 1)), ...NUMBERS];
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.filter((id) => !wanted.includes(id))).toEqual([]);
    expect(NUMBERS.filter((id) => ids.filter((one) => one === id).length !== 1)).toEqual([]);
  });

  it('names a test that exists in every row, or says why there is none', () => {
    const wrong = rows.filter((row) => !existsSync(join(root, row.file)) || !(EXCUSED.test(row.test) || isNamed(row)));
    expect(wrong).toEqual([]);
  });

  it('says the promises as SECURITY.md numbers them', () => {
    const numbered = [...readFileSync(join(root, 'SECURITY.md'), 'utf8').matchAll(/^(\d+)\. \*\*/gm)].map((match) => Number(match[1]));
    expect(numbered).toEqual(Array.from({ length: PROMISES }, (_, at) => at + 1));
  });
});
