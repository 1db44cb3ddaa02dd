/**
 * The little JQL that a sweep needs: comparisons joined by AND, and an order. `updated >= -15m`, `created > "2026-11-02 09:00"` (UTC),
 * `project in (SHOP, HELP)`, `labels = openhands`, `key = SHOP-12`. Everything else is an error in Jira's words, so that nobody relies
 * on what the sandbox cannot do.
 */
import type { Issue } from '../jira-model.ts';
import type { JiraStore } from '../jira-store.ts';

export interface JqlQuery {
  run(issues: Issue[]): Issue[];
}

export type JqlAnswer = { ok: true; query: JqlQuery } | { ok: false; message: string };

type Test = (issue: Issue) => boolean;

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

class JqlProblem extends Error {}

export function readJql(jql: string, store: JiraStore): JqlAnswer {
  try {
    const [, where = '', order = ''] = /^([\s\S]*?)(?:\border\s+by\s+([\s\S]+))?$/i.exec(jql.trim()) ?? [];
    const tests = where.trim() === '' ? [] : where.split(/\s+and\s+/i).map((clause) => readClause(clause.trim(), store));
    const compare = readOrder(order);
    return { ok: true, query: { run: (issues) => issues.filter((issue) => tests.every((test) => test(issue))).sort(compare) } };
  } catch (problem) {
    if (problem instanceof JqlProblem) return { ok: false, message: problem.message };
    throw problem;
  }
}

function readClause(clause: string, store: JiraStore): Test {
  const [, field = '', operator = '', rest = ''] = /^(\w+)\s*(>=|<=|!=|=|>|<|not\s+in\b|in\b)\s*([\s\S]+)$/i.exec(clause) ?? [];
  if (field === '') throw new JqlProblem(`Error in the JQL Query: the sandbox does not understand '${clause}'.`);
  const name = field.toLowerCase();
  if (name === 'updated' || name === 'created') return timeTest(name, operator, rest, store);
  return wordTest(name, operator.toLowerCase().replace(/\s+/, ' '), rest, store);
}

function timeTest(field: 'updated' | 'created', operator: string, text: string, store: JiraStore): Test {
  const limit = readTime(text.trim(), store);
  const compare: Record<string, (at: number) => boolean> = {
    '>=': (at) => at >= limit,
    '>': (at) => at > limit,
    '<=': (at) => at <= limit,
    '<': (at) => at < limit,
  };
  const test = compare[operator];
  if (test === undefined) throw new JqlProblem(`The operator '${operator}' is not supported by the '${field}' field in the sandbox.`);
  return (issue) => test(issue[field]);
}

/** @returns ms. `-15m` counts from now; a date is one of the server's time zone, which is UTC here. */
function readTime(text: string, store: JiraStore): number {
  const bare = text.replace(/^(["'])([\s\S]*)\1$/, '$2');
  const relative = /^-(\d+)([mhdw])$/.exec(bare);
  if (relative !== null) return store.clock.now() - Number(relative[1]) * (UNITS[relative[2] ?? ''] ?? 0);
  const absolute = /^(\d{4})[-/](\d{2})[-/](\d{2})(?: (\d{2}):(\d{2}))?$/.exec(bare);
  if (absolute === null) throw new JqlProblem(`Date value '${bare}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', '-5d'.`);
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = absolute.slice(1).map((part) => Number(part ?? 0));
  return Date.UTC(year, month - 1, day, hour, minute);
}

function wordTest(field: string, operator: string, text: string, store: JiraStore): Test {
  const valuesOf = READERS[field];
  if (valuesOf === undefined) throw new JqlProblem(`Field '${field}' does not exist or you do not have permission to view it.`);
  const wanted = readWords(text, operator).map((word) => word.toLowerCase());
  if (field === 'project') refuseUnknownProjects(wanted, store);
  const isNegative = operator === '!=' || operator === 'not in';
  return (issue) => valuesOf(issue, store).some((value) => wanted.includes(value.toLowerCase())) !== isNegative;
}

const READERS: Record<string, (issue: Issue, store: JiraStore) => string[]> = {
  project: (issue, store) => [issue.projectKey, store.project(issue.projectKey).id, store.project(issue.projectKey).name],
  key: (issue) => [issue.key],
  issuekey: (issue) => [issue.key],
  issue: (issue) => [issue.key, issue.id],
  id: (issue) => [issue.id],
  labels: (issue) => issue.labels,
};

/** Jira refuses the whole search when one project does not exist (any more). */
function refuseUnknownProjects(wanted: string[], store: JiraStore): void {
  const unknown = wanted.find((word) => !store.projects.some((project) => [project.key, project.id, project.name].some((name) => name.toLowerCase() === word)));
  if (unknown !== undefined) throw new JqlProblem(`The value '${unknown.toUpperCase()}' does not exist for the field 'project'.`);
}

function readWords(text: string, operator: string): string[] {
  const [, inner] = /^\(([\s\S]*)\)$/.exec(text.trim()) ?? [];
  if (operator.endsWith('in') !== (inner !== undefined)) throw new JqlProblem(`Error in the JQL Query: a list in brackets belongs to IN, and only to IN.`);
  if (!['=', '!=', 'in', 'not in'].includes(operator)) throw new JqlProblem(`The operator '${operator}' is not supported here.`);
  return (inner === undefined ? [text] : inner.split(',')).map((word) => word.trim().replace(/^(["'])([\s\S]*)\1$/, '$2'));
}

/** Newest issue first unless the query says otherwise. */
function readOrder(order: string): (a: Issue, b: Issue) => number {
  if (order.trim() === '') return (a, b) => Number(b.id) - Number(a.id);
  const [, field = '', direction = 'asc'] = /^(updated|created|key|id)(?:\s+(asc|desc))?$/i.exec(order.trim()) ?? [];
  if (field === '') throw new JqlProblem(`Error in the JQL Query: the sandbox cannot order by '${order.trim()}'.`);
  const name = field.toLowerCase();
  const rank = (issue: Issue): number => (name === 'updated' ? issue.updated : name === 'created' ? issue.created : Number(issue.id));
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1;
  return (a, b) => sign * (rank(a) - rank(b) || Number(a.id) - Number(b.id));
}
