/**
 * Rules while they are being typed: lists are texts here, as people write them. Reading them gives the rules of the contract, or
 * what is wrong at which field. No React.
 */
import { ConnectionRules, type Gate, type ProjectRules } from '@openhands-jira/contracts';
import type { FieldErrors } from '../../lib/form-problems.js';

/** One line of the table of projects. `id` tells lines apart while their keys change. */
export interface ProjectDraft {
  id: number;
  key: string;
  defaultRepository: string;
  /** With commas between them, like the two others. */
  labels: string;
  statuses: string;
  fields: string;
}

export interface RulesDraft extends Omit<ConnectionRules, 'projects' | 'defaultRepository' | 'people' | 'allowedApps'> {
  projects: ProjectDraft[];
  defaultRepository: string;
  who: ConnectionRules['people']['who'];
  /** One to a line, like the apps. */
  emails: string;
  apps: string;
}

/** A line for a project that is added. */
export function emptyProject(id: number): ProjectDraft {
  return { id, key: '', defaultRepository: '', labels: '', statuses: '', fields: '' };
}

/** Saved rules as they are edited. */
export function toDraft({ projects, people, allowedApps, defaultRepository, ...others }: ConnectionRules): RulesDraft {
  return { ...others, projects: projects.map(toProjectDraft), defaultRepository: defaultRepository ?? '', who: people.who, emails: people.emails.join('\n'), apps: allowedApps.join('\n') };
}

function toProjectDraft({ key, defaultRepository, gate }: ProjectRules, id: number): ProjectDraft {
  const { labels = [], statuses = [], fields = [] } = gate ?? {};
  return { id, key, defaultRepository: defaultRepository ?? '', labels: labels.join(', '), statuses: statuses.join(', '), fields: fields.join(', ') };
}

/** What a draft says, before anything is checked. */
export function written({ projects, defaultRepository, who, emails, apps, ...others }: RulesDraft) {
  return { ...others, projects: projects.map(writtenProject), defaultRepository: textOrNull(defaultRepository), people: { who, emails: linesOf(emails) }, allowedApps: linesOf(apps) };
}

function writtenProject({ key, defaultRepository, ...words }: ProjectDraft) {
  const gate: Gate = { labels: wordsOf(words.labels), statuses: wordsOf(words.statuses), fields: wordsOf(words.fields) };
  return { key, defaultRepository: textOrNull(defaultRepository), gate: Object.values(gate).some((list) => list.length > 0) ? gate : null };
}

export type ReadDraft = { ok: true; rules: ConnectionRules } | { ok: false; errors: FieldErrors };

/** The rules that a draft stands for, or what is wrong, by the names of the fields. */
export function readDraft(draft: RulesDraft): ReadDraft {
  const read = ConnectionRules.safeParse(written(draft));
  if (read.success) return { ok: true, rules: read.data };
  return { ok: false, errors: placeErrors(draft, read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))).fields };
}

/**
 * Puts messages about the parts of the contract to the fields of the page, the first of each field; in a field with many entries
 * the message names the entry. What belongs to no field is left over.
 */
export function placeErrors(draft: RulesDraft, errors: { path: string; message: string }[]): { fields: FieldErrors; others: string[] } {
  const fields: FieldErrors = {};
  const others: string[] = [];
  for (const { path, message } of errors) {
    const name = fieldOf(path);
    if (name === null) others.push(message);
    else fields[name] ??= withEntry(written(draft), path, message);
  }
  return { fields, others };
}

/** `projects.3.gate.labels.0` is in the field `projects.3.labels`. */
function fieldOf(path: string): string | null {
  const [, row, part] = /^projects\.(\d+)\.(?:gate\.)?(key|defaultRepository|labels|statuses|fields)/.exec(path) ?? [];
  if (row) return `projects.${row}.${part}`;
  if (path.startsWith('people.emails')) return 'emails';
  if (path.startsWith('allowedApps')) return 'apps';
  return path === 'defaultRepository' ? path : null;
}

function withEntry(rules: unknown, path: string, message: string): string {
  if (!/\.\d+$/.test(path)) return message;
  const entry = path.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], rules);
  return typeof entry === 'string' ? `“${entry}”: ${message}` : message;
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

function wordsOf(text: string): string[] {
  return text.split(',').map((word) => word.trim()).filter((word) => word !== '');
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}
