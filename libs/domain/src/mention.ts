/**
 * Does this comment address us?
 *
 * People address us in two ways: they type the token (`@openhands`) or pick the service account from Jira's list
 * (`[~accountid:…]`). Only what the author says counts. A token in code, in a quote or within a longer word is somebody
 * else's, or an example; the answer then says which it was, so that nobody has to guess why nothing happened.
 */
import type { IgnoredReason } from '@openhands-jira/contracts';
import { type MarkedText, Part, type PickedAccount, type Span } from './text/marked-text.js';
import { rawBodyHas, readText, type TextFormat } from './text/spoken-text.js';
import { characterAt, characterBefore, isWordAt, isWordCharacter } from './text/word-character.js';

/** A comment, and how it may address us. */
export interface AddressedText {
  /** A wiki string, or an ADF document when `format` is `adf`. Anything else is an empty comment. */
  body: unknown;
  format: TextFormat;
  /** The text that addresses us, `@openhands` unless configured otherwise. */
  token: string;
  /** Cloud: the account id. Data Center: the user name and the key. */
  serviceAccountIds: readonly string[];
}

export type MentionVia = 'literal' | 'picker';

export type NotAddressedReason = Extract<IgnoredReason, 'mention_in_code_or_quote' | 'mention_near_miss' | 'no_mention_no_label'>;

export type Mention = { addressed: true; via: MentionVia } | { addressed: false; reason: NotAddressedReason };

/** One place where the text addresses us. */
export interface Address extends Span {
  via: MentionVia;
}

/** Decides whether the text addresses us; the first address decides how. */
export function findMention(text: AddressedText): Mention {
  const marked = readText(text.body, text.format);
  const [first] = addressesIn(marked, text);
  if (first) return { addressed: true, via: first.via };
  return { addressed: false, reason: whyNotAddressed(marked, text) };
}

/** All places where the author addresses us, in order. */
export function addressesIn(marked: MarkedText, text: AddressedText): Address[] {
  const picked = pickersOfUs(marked, text).filter(({ start }) => marked.partAt(start) === Part.picker);
  const addresses = [...tokensIn(marked.said(), text.token), ...picked.map(({ start, end }): Address => ({ start, end, via: 'picker' }))];
  return addresses.sort((one, other) => one.start - other.start);
}

/** Whether the author picked anybody at all. Without the ids of our account nobody can tell whether it was us. */
export function picksSomebody(text: Pick<AddressedText, 'body' | 'format'>): boolean {
  const marked = readText(text.body, text.format);
  return marked.pickers.some(({ start }) => marked.partAt(start) === Part.picker);
}

function whyNotAddressed(marked: MarkedText, text: AddressedText): NotAddressedReason {
  const aside = marked.only(Part.codeBlock, Part.inlineCode, Part.quote, Part.struck);
  // No live address exists here, so every picker of us that was found stands in code or in a quote.
  if (tokensIn(aside, text.token).length > 0 || pickersOfUs(marked, text).length > 0) return 'mention_in_code_or_quote';
  const holdsToken = (raw: string): boolean => tokenPattern(text.token).test(raw);
  return rawBodyHas(text.body, text.format, holdsToken) ? 'mention_near_miss' : 'no_mention_no_label';
}

/** The token is text, not a pattern. Without the `u` flag only plain ASCII letters are equal in both cases. */
function tokenPattern(token: string): RegExp {
  return new RegExp(token.replace(/[^A-Za-z0-9_]/g, String.raw`\$&`), 'gi');
}

function tokensIn(text: string, token: string): Address[] {
  if (token === '') return [];
  const places = [...text.matchAll(tokenPattern(token))].map(({ index }): Address => ({ start: index, end: index + token.length, via: 'literal' }));
  return places.filter(({ start, end }) => standsApartBefore(text, start) && standsApartAfter(text, end));
}

/** `me@openhands`, `docs/@openhands` and `-@openhands` are parts of something longer. */
function standsApartBefore(text: string, start: number): boolean {
  const before = characterBefore(text, start);
  return before === '' || (!isWordCharacter(before) && !'@.+-/'.includes(before));
}

/** `@openhands-agent`, `@openhands.com` and `@openhands@host` are somebody else; a full stop at the end is not. */
function standsApartAfter(text: string, end: number): boolean {
  const after = characterAt(text, end);
  if (after === '-' || isWordCharacter(after)) return false;
  return !['.', '/', '@'].includes(after) || !isWordAt(text, end + 1);
}

/** One of our ids in any form. On Cloud a user name means nothing, and there our ids hold none. */
function pickersOfUs(marked: MarkedText, text: AddressedText): PickedAccount[] {
  const ours = text.serviceAccountIds.map((id) => id.trim().toLowerCase()).filter((id) => id !== '');
  return marked.pickers.filter((picker) => ours.includes(picker.id.toLowerCase()));
}
