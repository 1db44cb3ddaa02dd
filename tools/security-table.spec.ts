/** Documentation of security is true only while its tests exist: every row of the table must name one. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const TABLE = 'docs/security/asvs.md';

/** Numbers of OWASP ASVS 5.0, levels 1 and 2, that concern a service which takes webhooks, links accounts and calls others. */
const NUMBERS = [
  '1.1.1', '1.3.6', '1.3.12', '1.5.3', '2.2.1', '2.3.3', '2.3.4', '2.4.1', '4.1.5', '7.2.2', '7.2.3', '7.2.4', '7.4.1', '10.1.1', '10.1.2', '10.2.1', '10.2.2', '11.1.1', '11.2.4', '11.5.1', '12.3.2',
  '13.1.3', '13.2.6', '13.3.1', '13.3.2', '13.3.4', '15.1.2', '15.2.2', '15.2.4', '15.3.2', '15.3.5', '15.3.6', '15.4.2', '16.2.5', '16.3.1', '16.3.2', '16.3.3', '16.3.4', '16.4.1', '16.5.1', '16.5.2', '16.5.3', '16.5.4',
];
const PROMISES = 8;
/** Rows without a test say why. */
const EXCUSED = /^(not applicable|open)\b.*, because \S.{10,}/;

interface Row {
  id: string;
  file: string;
  test: string;
}

const rows: Row[] = readFileSync(join(root, TABLE), 'utf8').split('\n').map((line) => line.split('|').map((cell) => cell.trim())).filter(([, id]) => /^[\d.]+$/.test(id ?? '')).map(([, id = '', , file = '', test = '']) => ({ id, file, test }));

describe('The table of promises and tests', () => {
  it('has every promise and every number', () => {
    const ids = rows.map(({ id }) => id);
    const wanted = [...Array.from({ length: PROMISES }, (_, at) => String(at + 1)), ...NUMBERS];
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids.filter((id) => !wanted.includes(id))).toEqual([]);
  });

  it('names a test that exists in every row, or says why there is none', () => {
    const wrong = rows.filter(({ file, test }) => !existsSync(join(root, file)) || !(EXCUSED.test(test) || (test.length > 8 && readFileSync(join(root, file), 'utf8').includes(test))));
    expect(wrong).toEqual([]);
  });

  it('says the promises as SECURITY.md numbers them', () => {
    const numbered = [...readFileSync(join(root, 'SECURITY.md'), 'utf8').matchAll(/^(\d+)\. \*\*/gm)].map((match) => Number(match[1]));
    expect(numbered).toEqual(Array.from({ length: PROMISES }, (_, at) => at + 1));
  });
});
