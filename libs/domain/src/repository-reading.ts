/**
 * Which repositories does a text name?
 *
 * Pure reading, without asking any host. A `Repository:` line is binding; an address on a known host is a hint, and so
 * is a name such as `owner/name`. Most words with a slash are no repositories (`CI/CD`, `src/app.ts`), so names are only
 * candidates until a host confirms them.
 */
import type { GitProviderId } from '@openhands-jira/contracts';
import { isBranchName } from './branch-name.js';
import { type AddressParts, canHoldPath, checkedPath, type KnownHosts, kindOfHost, readAddress, repositoryAt } from './git-address.js';
import { isPlaceholder, readOptionLine, trimAll, trimEndOf, trimStartOf } from './option-line.js';
import { repositoryText } from './repository-text.js';
import { schemeBefore } from './text/wiki-links.js';
import { readText, type TextFormat } from './text/spoken-text.js';
import { isWordCharacter } from './text/word-character.js';

/** A repository as a text names it. */
export interface RepositoryReference {
  /** Null when no host was written. */
  host: string | null;
  /** As written, without `.git`. */
  path: string;
  branch: string | null;
}

/** What a `Repository:` line says. */
export type LineReading =
  | { kind: 'references'; references: RepositoryReference[] }
  /** `value` is what was written, at most 80 characters. */
  | { kind: 'invalid'; value: string }
  | { kind: 'unknown_host'; host: string };

/** What a `Branch:` line says. */
export type BranchReading = { valid: true; branch: string } | { valid: false; value: string };

/** What one text names. */
export interface TextReading {
  lines: LineReading[];
  /** The first branch line that is no placeholder. */
  branchLine: BranchReading | null;
  addresses: RepositoryReference[];
  names: RepositoryReference[];
}

/** At most so many different addresses, and so many names, of one text are looked at. */
export const MOST_HINTS = 10;

export function readRepositories(body: unknown, format: TextFormat, hosts: KnownHosts): TextReading {
  const { lines, codeLines } = repositoryText(readText(body, format), hosts);
  const reading: TextReading = { lines: [], branchLine: null, addresses: [], names: [] };
  const addresses = new Hints();
  const names = new Hints();
  for (const line of lines) {
    if (!readOption(line, hosts, reading)) readHints(line, hosts, addresses, names);
  }
  for (const line of codeLines) readOption(line, hosts, reading);
  return { ...reading, addresses: addresses.first(), names: names.first(looksLikeFile) };
}

/** The name of a reference for people: with the host if one was written. */
export function referenceName({ host, path }: Pick<RepositoryReference, 'host' | 'path'>): string {
  return host === null ? path : `${host}/${path}`;
}

/** Different references in the order in which they were met; spelling is not a difference. */
class Hints {
  private readonly met = new Map<string, RepositoryReference>();

  add(reference: RepositoryReference): void {
    const key = referenceName(reference).toLowerCase();
    const known = this.met.get(key);
    if (!known) this.met.set(key, reference);
    else known.branch ??= reference.branch;
  }

  /** The first few; those for which `comesLast` holds after all others. */
  first(comesLast: (reference: RepositoryReference) => boolean = () => false): RepositoryReference[] {
    const all = [...this.met.values()];
    return [...all.filter((one) => !comesLast(one)), ...all.filter(comesLast)].slice(0, MOST_HINTS);
  }
}

function looksLikeFile({ path }: RepositoryReference): boolean {
  return /\.[a-z][a-z0-9]{0,4}$/i.test(path);
}

/** Takes an option line into the reading; false when the line is none. */
function readOption(line: string, hosts: KnownHosts, reading: TextReading): boolean {
  const option = readOptionLine(line);
  if (!option) return false;
  if (isPlaceholder(option.value)) return true;
  if (option.option === 'repository') reading.lines.push(readLineValue(option.value, hosts));
  else reading.branchLine ??= readBranchValue(option.value);
  return true;
}

const QUOTES_AND_BRACKETS = '"\'`<>()[]{}“”‘’„«»*';
const PUNCTUATION = '.,:;!?';
/** What may stand before a reference, and after a branch, a word of a line, an address and a name. */
const BEFORE_WORD = ` \t${QUOTES_AND_BRACKETS}`;
const AFTER_BRANCH = PUNCTUATION + QUOTES_AND_BRACKETS;
const AFTER_ADDRESS = `${PUNCTUATION}*`;
const AFTER_NAME = `${PUNCTUATION}/*`;

function readBranchValue(value: string): BranchReading {
  const word = value.split(/\s/, 1)[0]!;
  const branch = trimEndOf(trimAll(word, QUOTES_AND_BRACKETS), AFTER_BRANCH);
  return isBranchName(branch) ? { valid: true, branch } : { valid: false, value: shownValue(value) };
}

/** The first reference, and those that are joined to it by a comma, a bar, "and" and the like. Other text is ignored. */
function readLineValue(value: string, hosts: KnownHosts): LineReading {
  const references: RepositoryReference[] = [];
  let rest = value;
  for (;;) {
    const { word, after } = takeWord(rest);
    const read = readReference(word, hosts);
    if (read.kind === 'unreadable' && references.length === 0) return { kind: 'invalid', value: shownValue(value) };
    if (read.kind === 'unreadable') break;
    if (read.kind === 'unknown_host') return read;
    references.push(read.reference);
    const joined = /^[\s"'`>)\]}”’»*]{0,80}(?:[,;&|]|and\s)[\s,;&|*]{0,80}/i.exec(after);
    if (!joined || references.length > MOST_HINTS) break;
    rest = after.slice(joined[0].length);
  }
  return { kind: 'references', references };
}

/** The next word, without quotes and brackets around it; blanks around its first slash are allowed. */
function takeWord(text: string): { word: string; after: string } {
  const from = trimStartOf(text, BEFORE_WORD).replace(/^([A-Za-z0-9_.~-]{1,100})[ \t]{0,20}\/[ \t]{0,20}(?=[A-Za-z0-9_.])/, '$1/');
  const word = /^[^\s"'`<>()[\]{}“”‘’„«»,;&|]*/.exec(from)![0];
  return { word: trimEndOf(word, AFTER_NAME), after: from.slice(word.length) };
}

/** User info is never shown: it may be a password. */
function shownValue(value: string): string {
  return value.replace(/:\/\/[^/\s]{0,400}@/g, '://').slice(0, 80).toWellFormed();
}

type ReferenceReading = { kind: 'reference'; reference: RepositoryReference } | { kind: 'unknown_host'; host: string } | { kind: 'unreadable' };

const UNREADABLE: ReferenceReading = { kind: 'unreadable' };

/** One reference of a `Repository:` line. */
function readReference(word: string, hosts: KnownHosts): ReferenceReading {
  const address = readAddress(word);
  const kind = address && kindOfHost(hosts, address.host);
  if (address && kind) return readAddressInLine(kind, address);
  if (address && namesHost(address)) return { kind: 'unknown_host', host: address.host };
  const reference = readName(word);
  return reference && (reference.branch === null || isBranchName(reference.branch)) ? { kind: 'reference', reference } : UNREADABLE;
}

function readAddressInLine(kind: GitProviderId, address: AddressParts): ReferenceReading {
  const place = repositoryAt(kind, address);
  if (!place || (place.atBranch !== null && !isBranchName(place.atBranch))) return UNREADABLE;
  return { kind: 'reference', reference: { host: address.host, path: place.path, branch: place.atBranch ?? place.treeBranch } };
}

/** `acme.io/app` may be an owner with a dot; with a scheme or with more parts, the first part is a host. */
function namesHost({ host, form, segments }: AddressParts): boolean {
  return form !== 'bare' || (/\.[a-z]{2,}$/.test(host) && (segments?.length ?? 0) > 1);
}

/** `owner/name`, `group/sub/name`, each with or without `@branch`. The branch is not checked. */
function readName(word: string): RepositoryReference | null {
  const at = word.indexOf('@');
  const path = checkedPath((at < 0 ? word : word.slice(0, at)).split('/'));
  return path === null ? null : { host: null, path, branch: at < 0 ? null : word.slice(at + 1) };
}

/** Blanks, quotes, brackets and the like stand between words; so does what is neither ASCII nor part of a word. */
const BETWEEN_WORDS = /[\s"'`<>()[\]{}|,;]+/;

function readHints(line: string, hosts: KnownHosts, addresses: Hints, names: Hints): void {
  if (!line.includes('/')) return;
  for (const piece of new Set(spacedOut(line).split(BETWEEN_WORDS))) {
    if (!piece.includes('/')) continue;
    const word = trimAll(piece, '*!?:');
    if (!readAddressHint(word, hosts, addresses)) readNameHint(trimEndOf(word, AFTER_NAME), names);
  }
}

/** Scripts without spaces get blanks around them, so that `在Acme/app中` names `Acme/app`. */
function spacedOut(line: string): string {
  return line.replace(/[^\0-\x7f]/gu, (character) => (isWordCharacter(character) ? character : ' '));
}

/** True when the word is an address, of whatever host. */
function readAddressHint(word: string, hosts: KnownHosts, addresses: Hints): boolean {
  const scheme = word.indexOf('://');
  const start = scheme < 0 ? 0 : Math.max(schemeBefore(word, scheme), 0);
  const address = readAddress(trimEndOf(word.slice(start), AFTER_ADDRESS));
  const kind = address && kindOfHost(hosts, address.host);
  if (!address || !kind) return scheme >= 0;
  const place = repositoryAt(kind, address);
  if (place) addresses.add({ host: address.host, path: place.path, branch: place.atBranch && isBranchName(place.atBranch) ? place.atBranch : null });
  return true;
}

/** Absolute paths, package scopes, dates and fractions are no names. */
const NO_NAME = /^(?:[/@.]|[\d./-]+(?:@|$))/;

function readNameHint(word: string, names: Hints): void {
  if (NO_NAME.test(word)) return;
  const reference = readName(word);
  if (reference && (reference.branch === null || isBranchName(reference.branch))) names.add(reference);
}

/** The hosts at which a reference may stand: the one it names, else every one that can hold such a path. */
export function hostsFor(reference: RepositoryReference, hosts: KnownHosts, among: readonly string[]): string[] {
  if (reference.host !== null) return among.includes(reference.host) ? [reference.host] : [];
  return among.filter((host) => {
    const kind = kindOfHost(hosts, host);
    return kind !== null && canHoldPath(kind, reference.path);
  });
}
