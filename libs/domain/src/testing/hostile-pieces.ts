/** Texts that look at every moment as if something began: what regular expressions and readers are slow with, if they are slow with anything. */

/** What is said once in front, and the piece that is repeated after it. */
export type HostilePiece = readonly [string, string];

/** Pieces that once made a rule look again at what it had seen, or might. */
export const HOSTILE_PIECES: readonly HostilePiece[] = [
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

/** A text of about so many characters. */
export function hostileText([front, piece]: HostilePiece, length: number): string {
  return front + piece.repeat(Math.ceil((length - front.length) / piece.length));
}
