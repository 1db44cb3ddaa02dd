/**
 * Bad input, made from good input: a payload of Jira with one thing wrong with it. The same seed gives the same cases, so that a case
 * that does harm can be tried again.
 */

/** One bad body, and what is wrong with it. */
export interface BadBody {
  what: string;
  /** Made when it is asked for: of many thousands only a part is sent. */
  readonly bytes: Buffer;
}

function badBody(what: string, make: () => Buffer): BadBody {
  return { what, get bytes() { return make(); } };
}

type Path = (string | number)[];

/** What stands where something else belongs. As JSON texts, because some of them cannot be written by `JSON.stringify`. */
const WRONG_VALUES = [
  'null', 'true', '0', '-1', '1e308', '1e999', '0.1', '""', '" "', '"\\u0000"', '"\\ud800"', '"\\udfff\\ud800"', `"${'x'.repeat(3000)}"`, '"../../etc/passwd"', `"'; DROP TABLE deliveries; --"`, '"${jndi:ldap://x}"',
  '[]', '{}', '[[]]', '[null]', '{"toString":1}', '{"__proto__":{"id":"1"}}', '{"constructor":{"prototype":{"id":"1"}}}', '{"length":-1}', '{"then":1}', '[1,"2",{"a":[]}]', '9007199254740993', '"NaN"', '"1; 2"', '"😀"',
] as const;

const PROTOTYPE_KEYS = ['"__proto__":{"polluted":true}', '"constructor":{"prototype":{"polluted":true}}', '"__proto__":null', '"toString":"polluted"', '"hasOwnProperty":1', '"__proto__":["polluted"]'] as const;

/** Bytes that are no UTF-8: alone, cut off, too long, a surrogate, beyond the last character, and a mark of byte order. */
const NO_UTF8 = [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xfe, 0xff], [0x80, 0x80]] as const;

/** Stands for the place of a change, while the rest is written as usual. */
const PLACE = '@@place@@';

/** Every value of every path replaced by each wrong value. */
export function wrongTypes(payload: object): BadBody[] {
  return pathsOf(payload).flatMap((path) => {
    const [before, after] = around(payload, path);
    return WRONG_VALUES.map((value) => badBody(`${path.join('.')} = ${value.slice(0, 40)}`, () => Buffer.from(before + value + after)));
  });
}

/** Keys that mean something to JavaScript, in every object. */
export function prototypeKeys(payload: object): BadBody[] {
  return [[], ...pathsOf(payload)].flatMap((path) => {
    const value = valueAt(payload, path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    const [before, after] = path.length === 0 ? ['', ''] : around(payload, path);
    const rest = JSON.stringify(value).slice(1);
    return PROTOTYPE_KEYS.map((key) => badBody(`${path.join('.')} with ${key}`, () => Buffer.from(`${before}{${key}${rest === '}' ? '' : ','}${rest}${after}`)));
  });
}

/** The text cut off at so many places. */
export function truncated(payload: object, count: number): BadBody[] {
  const bytes = Buffer.from(JSON.stringify(payload));
  return Array.from({ length: count }, (_, index) => Math.floor((index * bytes.length) / count)).map((length) => badBody(`cut off after ${length} bytes`, () => bytes.subarray(0, length)));
}

/** Bytes that are no UTF-8, at so many places. */
export function noUtf8(payload: object, count: number): BadBody[] {
  const bytes = Buffer.from(JSON.stringify(payload));
  return Array.from({ length: count }, (_, index) => {
    const [place, wrong] = [Math.floor((index * bytes.length) / count), NO_UTF8[index % NO_UTF8.length]!];
    return badBody(`${Buffer.from(wrong).toString('hex')} at ${place}`, () => Buffer.concat([bytes.subarray(0, place), Buffer.from(wrong), bytes.subarray(place)]));
  });
}

/** A value at each path that is nested so many times, in lists and in objects. */
export function nested(payload: object, depth: number): BadBody[] {
  const paths = pathsOf(payload).filter((path) => path.length <= 2);
  return paths.flatMap((path) => {
    const [before, after] = around(payload, path);
    return [['[', ']'], ['{"content":[', ']}']].map(([open = '', close = '']) =>
      badBody(`${path.join('.')} in ${depth} times ${open}`, () => Buffer.from(before + open.repeat(depth) + '1' + close.repeat(depth) + after)));
  });
}

/** Paths of all values in a payload; of long lists only the first three entries, for the others are of the same kind. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  const entries: [string | number, unknown][] = Array.isArray(value) ? value.slice(0, 3).map((one, index) => [index, one]) : typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.flatMap(([key, child]) => [[...at, key], ...pathsOf(child, [...at, key])]);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

/** The JSON text before and after the value at a path. */
function around(payload: object, path: Path): [string, string] {
  const copy = structuredClone(payload);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
  parent[path.at(-1)!] = PLACE;
  const [before = '', after = ''] = JSON.stringify(copy).split(`"${PLACE}"`);
  return [before, after];
}
