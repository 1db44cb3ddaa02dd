/**
 * What touches a word, and what stands apart from it.
 *
 * A word character is a letter, mark, digit or underscore of any script. The scripts that are written without spaces
 * between words, or that attach particles to names, are left out: in `请@openhands修复` the mention stands by itself.
 */
const WORD_CHARACTER = /[\p{L}\p{M}\p{Nd}_]/u;

/** `scx` (script extensions) covers marks that several of these scripts share, such as the long vowel mark of kana. */
const WRITTEN_WITHOUT_SPACES =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;

/** Whether this one character (a code point as text; '' for none) belongs to a word. */
export function isWordCharacter(character: string): boolean {
  const code = character.charCodeAt(0);
  if (code < 128) return isAsciiWord(code);
  return WORD_CHARACTER.test(character) && !WRITTEN_WITHOUT_SPACES.test(character);
}

/** Most characters by far, and looking them up in the scripts of the world takes ten times as long. */
function isAsciiWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

/** The character that ends right before `index`; '' at the start of the text. */
export function characterBefore(text: string, index: number): string {
  return isLowSurrogate(text.charCodeAt(index - 1)) && isHighSurrogate(text.charCodeAt(index - 2)) ? text.slice(index - 2, index) : text.charAt(index - 1);
}

/** The character that begins at `index`; '' at the end of the text. */
export function characterAt(text: string, index: number): string {
  return isHighSurrogate(text.charCodeAt(index)) && isLowSurrogate(text.charCodeAt(index + 1)) ? text.slice(index, index + 2) : text.charAt(index);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

export function isWordBefore(text: string, index: number): boolean {
  return isWordCharacter(characterBefore(text, index));
}

export function isWordAt(text: string, index: number): boolean {
  return isWordCharacter(characterAt(text, index));
}

/** Whether `index` holds a character that is no blank. The end of the text counts as blank. */
export function isInk(text: string, index: number): boolean {
  return text.charAt(index).trim() !== '';
}

/**
 * Whether a backslash takes its meaning from the character at `index`. Two backslashes are a forced line break and
 * escape nothing.
 */
export function isEscaped(text: string, index: number): boolean {
  let start = index;
  while (start > 0 && text[start - 1] === '\\') start -= 1;
  return (index - start) % 2 === 1;
}
