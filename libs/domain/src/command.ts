/**
 * What does a comment that addresses us ask for?
 *
 * A word such as `stop` is a command only if it is the whole message: "stop using lodash" is an instruction. Greetings
 * and "please" do not count as words, and neither do option lines; thanks alone ask for nothing.
 */
import { type Address, addressesIn, type AddressedText } from './mention.js';
import { readOptionLine } from './option-line.js';
import { linesOf, type MarkedText, Part } from './text/marked-text.js';
import { readText } from './text/spoken-text.js';
import { isWordCharacter } from './text/word-character.js';

export type Command = 'stop' | 'status' | 'retry' | 'help' | 'check' | 'link';

export type CommandReading =
  | { kind: 'command'; command: Command }
  /** `fresh`: the text after the first address begins with "new:", so no earlier conversation is gone on with. */
  | { kind: 'instruction'; fresh: boolean }
  /** Nothing but the address: the issue itself is the task. */
  | { kind: 'empty' }
  /** Nothing but thanks. */
  | { kind: 'courtesy' };

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['stop', 'stop'],
  ['cancel', 'stop'],
  ['status', 'status'],
  ['retry', 'retry'],
  ['help', 'help'],
  ['check', 'check'],
  ['link', 'link'],
]);

const FILLERS = new Set(['please', 'pls', 'now', 'hi', 'hey', 'hello', 'ok', 'okay']);
const COURTESIES = new Set(['thanks', 'thank', 'you', 'thx', 'cheers', 'great', 'nice', 'perfect', 'awesome', 'good', 'job', 'well', 'done']);
/** These alone are no thanks: "done" may be the answer to a question. */
const WEAK_COURTESIES = new Set(['you', 'job', 'done']);

/** Reads a comment that addresses us. For one that does not, the reading is that of its words. */
export function readCommand(text: AddressedText): CommandReading {
  const marked = readText(text.body, text.format);
  const addresses = addressesIn(marked, text);
  const message = messageOf(marked, addresses);
  const words = tellingWords(message);
  if (words.length === 0) return { kind: 'empty' };
  const command = words.length === 1 ? COMMANDS.get(words[0]!) : undefined;
  if (command) return { kind: 'command', command };
  if (words.every((word) => COURTESIES.has(word)) && !words.every((word) => WEAK_COURTESIES.has(word))) return { kind: 'courtesy' };
  return { kind: 'instruction', fresh: addresses.length > 0 && beginsWithNew(message.slice(addresses[0]!.end)) };
}

/** The words that are no fillers, as far as they matter: after the second, one that is no courtesy tells that it is an instruction. */
function tellingWords(message: string): string[] {
  const words: string[] = [];
  let isCourteous = true;
  for (const word of wordsOf(message)) {
    if (FILLERS.has(word)) continue;
    words.push(word);
    isCourteous &&= COURTESIES.has(word);
    if (!isCourteous && words.length > 1) break;
  }
  return words;
}

/**
 * The message without addresses, quotes and picked people. Code and web addresses are content: their characters stay,
 * code as letters that make no command.
 */
function messageOf(marked: MarkedText, addresses: readonly Address[]): string {
  const message = marked.covered((part) => {
    if (part === Part.said || part === Part.address) return null;
    if (part === Part.codeBlock || part === Part.inlineCode) return 'x';
    return part === Part.cellEnd ? '|' : ' ';
  });
  let rest = '';
  let from = 0;
  for (const { start, end } of addresses) {
    rest += message.slice(from, start) + ' '.repeat(end - start);
    from = end;
  }
  return rest + message.slice(from);
}

/** All words outside option lines, in lower case. What holds no letter and no digit is no word. */
function* wordsOf(message: string): Generator<string> {
  for (const { start, end } of linesOf(message)) {
    const line = message.slice(start, end);
    if (line.trim() === '' || readOptionLine(line)) continue;
    for (const word of line.split(/[\s.,!?:;()…]+/)) {
      const bare = bareWord(word);
      if (bare !== '') yield bare.toLowerCase();
    }
  }
}

/** The word without marks around it: `*stop*` and `"stop"` are the word. */
function bareWord(word: string): string {
  if (!/[\p{L}\p{M}\p{Nd}_]/u.test(word)) return '';
  const characters = [...word];
  const isPart = (character: string): boolean => isWordCharacter(character) || /\p{L}/u.test(character);
  const first = characters.findIndex(isPart);
  return first < 0 ? '' : characters.slice(first, characters.findLastIndex(isPart) + 1).join('');
}

function beginsWithNew(text: string): boolean {
  return /^[\s,:;.!-]*new\s{0,8}[:：]/i.test(text.slice(0, 200));
}
