/**
 * The rules run on what strangers write, while Jira waits. Twice the text may take twice the time, never more: a rule
 * that looks again at what it has seen would let one comment stop everything.
 */
import { readCommand } from '../command.js';
import { findMention } from '../mention.js';
import { readRepositories } from '../repository-reading.js';
import { readOptionLine } from '../option-line.js';
import { HOSTILE_PIECES, hostileText, type HostilePiece } from '../testing/hostile-pieces.js';

const question = { token: '@openhands', serviceAccountIds: ['bot'] } as const;
const hosts = { 'github.com': 'github', 'gitlab.com': 'gitlab', 'bitbucket.example.com': 'bitbucket-data-center' } as const;

const wiki = (body: string) => ({ ...question, body, format: 'wiki' }) as const;
const programs: Record<string, (text: string) => unknown> = {
  'findMention and readCommand': (text) => [findMention(wiki(text)), readCommand(wiki(text))],
  readRepositories: (text) => readRepositories(text, 'wiki', hosts),
  readOptionLine: (text) => readOptionLine(text),
};

/** Texts up to a megabyte are read by `npm run test:faults -- 20`. */
const SMALL = 16 * 1024;
const TIMES = 4;

/** Twice the text in at most two and a half times the time. Time that goes with the square takes four times as long. */
const STEEPEST = 2.5 ** Math.log2(TIMES);

function millisecondsOf(program: (text: string) => unknown, text: string): number {
  const start = performance.now();
  program(text);
  return performance.now() - start;
}

/** Other programs on this machine disturb: what looks steep is measured again, and short times are not judged. */
function isSteep(program: (text: string) => unknown, kind: HostilePiece): boolean {
  const [small, large] = [hostileText(kind, SMALL), hostileText(kind, TIMES * SMALL)];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const allowed = Math.max(millisecondsOf(program, small), 10) * STEEPEST;
    if (millisecondsOf(program, large) <= allowed) return false;
  }
  return true;
}

describe('time goes with the length of the text', () => {
  it('is noticed when it goes with the square instead', () => {
    expect(isSteep((text) => /a*b/.test(text.slice(0, text.length / 4)), ['', 'a'])).toBe(true);
  });

  it.each(Object.entries(programs))('in %s', (_name, program) => {
    for (const kind of HOSTILE_PIECES) program(hostileText(kind, 1024));
    expect(HOSTILE_PIECES.filter((kind) => isSteep(program, kind))).toEqual([]);
  });
});
