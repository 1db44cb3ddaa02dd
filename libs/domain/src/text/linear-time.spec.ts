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

/** Milliseconds since some moment. */
type Clock = () => number;
/** Time that this thread was at work: what other programs on the machine take does not count. */
const workClock: Clock = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

function millisecondsOf(program: (text: string) => unknown, text: string, now: Clock): number {
  const start = now();
  program(text);
  return now() - start;
}

/**
 * A first run is slower than later ones, and other programs empty the caches: what looks steep is measured again, the
 * shortest time of each length counts, and times under ten milliseconds are not judged.
 */
function isSteep(program: (text: string) => unknown, kind: HostilePiece, now = workClock): boolean {
  const [small, large] = [hostileText(kind, SMALL), hostileText(kind, TIMES * SMALL)];
  let [shortest, shortestOfLarge] = [Infinity, Infinity];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    shortest = Math.min(shortest, millisecondsOf(program, small, now));
    shortestOfLarge = Math.min(shortestOfLarge, millisecondsOf(program, large, now));
    if (shortestOfLarge <= Math.max(shortest, 10) * STEEPEST) return false;
  }
  return true;
}

/** A program whose time is known, on a clock of its own, so that no other program on the machine can disturb it. */
function timed(milliseconds: (length: number) => number): { program(text: string): void; now: Clock } {
  let elapsed = 0;
  return { program: (text) => void (elapsed += milliseconds(text.length)), now: () => elapsed };
}

describe('time goes with the length of the text', () => {
  it.each([
    ['the square of the length', (length: number) => (length / 1000) ** 2, true],
    ['the length', (length: number) => length / 100, false],
    ['the length and its logarithm', (length: number) => (length / 1000) * Math.log2(length), false],
  ])('time that goes with %s is judged rightly', (_what, milliseconds, steep) => {
    const { program, now } = timed(milliseconds);
    expect(isSteep(program, ['', 'a'], now)).toBe(steep);
  });

  it.each(Object.entries(programs))('in %s', (_name, program) => {
    for (const kind of HOSTILE_PIECES) program(hostileText(kind, 1024));
    expect(HOSTILE_PIECES.filter((kind) => isSteep(program, kind))).toEqual([]);
  });
});
