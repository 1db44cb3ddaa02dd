/**
 * The rules run on what strangers write, while Jira waits. Twice the text may take twice the time, never more: a rule
 * that looks again at what it has seen would let one comment stop everything.
 */
import { readCommand } from '../command.js';
import { findMention } from '../mention.js';
import { readRepositories } from '../repository-reading.js';
import { readOptionLine } from '../option-line.js';

const question = { token: '@openhands', serviceAccountIds: ['bot'] } as const;
const hosts = { 'github.com': 'github', 'gitlab.com': 'gitlab', 'bitbucket.example.com': 'bitbucket-data-center' } as const;

const wiki = (body: string) => ({ ...question, body, format: 'wiki' }) as const;
const programs: Record<string, (text: string) => unknown> = {
  'findMention and readCommand': (text) => [findMention(wiki(text)), readCommand(wiki(text))],
  readRepositories: (text) => readRepositories(text, 'wiki', hosts),
  readOptionLine: (text) => readOptionLine(text),
};

/** A piece that is repeated; in front of it what is said once. */
const hostile: [string, string][] = [
  ['', '{code:'], ['', '{code:x'], ['', '{code}'], ['', '\\{code}'], ['', '{noformat'], ['', '\\'], ['', '\\\\{'],
  ['', '`'], ['', '` '], ['', '``` \n'], ['', 'a`'], ['', '{{'], ['', '{{ \n'], ['', '}}'], ['{{', '}'],
  ['', '{quote}'], ['', 'bq. '], ['', '>'], ['', '\n> '], ['', '-a '], ['', ' -a'], ['', '-'], ['', '{-}'], ['', 'a-'],
  ['', '[~'], ['', '[~a'], ['', '[a|b'], ['', '['], ['', '[]('], ['', '[a](b'], ['', '|'], ['[', '|a'],
  ['', 'a://'], ['', '://'], ['', 'a'], ['', 'a.'], ['', 'mailto:'], ['', 'https://a '], ['', '{color:'], ['', '{a'],
  ['', '_'], ['', '_a '], ['', ' _a_'], ['', ' _'], ['', '+'], ['', '+a '], ['', '{_}'], ['', '_\n'], ['', '__a'], ['', 'a_ _'],
  ['', '@'], ['', '@openhands'], ['', '@openhands-'], ['', ' @openhands '], ['', '[~bot] '],
  ['', '*'], ['', ' '], ['', '\t'], ['', '# '], ['Repository: ', '*'], ['Repository: ', ' '], ['Repository: ', 'a,'], ['Repository: ', 'a/b, '],
  ['Repository: ', '('], ['Repository: a/b', ')'], ['Repository: ', 'and '], ['Repository: ', '<'], ['Branch: ', '/'], ['Branch: ', '.'],
  ['', 'Repository: a/b\n'], ['', 'Repo\n'], ['', '/'], ['', 'a/b '], ['', 'a/b@c '], ['', 'a/'], ['', '.a/'], ['', 'github.com/a/b '],
  ['https://github.com/', 'a/'], ['https://github.com/', 'a@/'], ['https://gitlab.com/', '-/'], ['https://bitbucket.example.com/', 'projects/'],
  ['https://github.com/', '%2F'], ['git@github.com:', 'a/'], ['', 'a@'], ['', 'é/'], ['', '请'], ['', '\r\n'], ['', '\u200b'],
];

const SMALL = 32 * 1024;
const TIMES = 4;

/** Twice the text in at most two and a half times the time. Time that goes with the square takes four times as long. */
const STEEPEST = 2.5 ** Math.log2(TIMES);

function textOf([front, piece]: [string, string], length: number): string {
  return front + piece.repeat(Math.ceil((length - front.length) / piece.length));
}

function millisecondsOf(program: (text: string) => unknown, text: string): number {
  const start = performance.now();
  program(text);
  return performance.now() - start;
}

/** Other programs on this machine disturb: what looks steep is measured again, and short times are not judged. */
function isSteep(program: (text: string) => unknown, kind: [string, string]): boolean {
  const [small, large] = [textOf(kind, SMALL), textOf(kind, TIMES * SMALL)];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const allowed = Math.max(millisecondsOf(program, small), 10) * STEEPEST;
    if (millisecondsOf(program, large) <= allowed) return false;
  }
  return true;
}

describe('time goes with the length of the text', () => {
  it('is noticed when it goes with the square instead', () => {
    expect(isSteep((text) => /a*b/.test(text.slice(0, text.length / 16)), ['', 'a'])).toBe(true);
  });

  it.each(Object.entries(programs))('in %s', (_name, program) => {
    for (const kind of hostile) program(textOf(kind, 1024));
    expect(hostile.filter((kind) => isSteep(program, kind))).toEqual([]);
  });
});
