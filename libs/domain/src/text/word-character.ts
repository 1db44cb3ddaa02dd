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
  const low = text.charAt(index - 1);
  const high = text.charAt(index - 2);
  return /[\udc00-\udfff]/.test(low) && /[\ud800-\udbff]/.test(high) ? high + low : low;
}

/** The character that begins at `index`; '' at the end of the text. */
export function characterAt(text: string, index: number): string {
  const code = text.codePointAt(index);
  return code === undefined ? '' : String.fromCodePoint(code);
}

export function isWordBefore(text: string, index: number): boolean {
  return isWordCharacter(characterBefore(text, index));
}

export function isWordAt(text: string, index: number): boolean {
  return isWordCharacter(characterAt(text, index));
}

/** Whether `index` holds a character that is no blank. The end of the text counts as blank. */
export function isInk(text: string, index: number): boolean {
  return /\S/.test(text.charAt(index));
}

/**
 * Whether a backslash takes its meaning from the character at `index`. Two backslashes are a forced line break and
 * escape nothing.
 */
export function isEscaped(text: string, index: number): boolean {
  let start = index;
  while (text[start - 1] === '\\') start -= 1;
  return (index - start) % 2 === 1;
}
