/**
 * What the rules of a connection say about one project, one person, one app or one issue. Pure: whoever asks has read the rest.
 *
 * The rules are the owner's; their form is in the contracts. Each of them decides one thing, and what it does not name stays as it
 * would be without rules.
 */
import type { ConnectionRules, Gate } from '@openhands-jira/contracts';
import type { JiraActor } from './issue-event.js';
import type { JiraIssue } from './jira.js';

/** Which projects are served. */
export type ServedProjects = Pick<ConnectionRules, 'projects' | 'otherProjects'>;

/** Whether the connection serves this project. A project that is not known yet counts as served: it is asked again when it is. */
export function servesProject({ projects, otherProjects }: ServedProjects, key: string | null): boolean {
  return key === null || otherProjects === 'served' || projects.some((one) => one.key === key.toUpperCase());
}

/** The repository for an issue that names none; null when the rules have none for its project. */
export function defaultRepositoryOf(rules: Pick<ConnectionRules, 'projects' | 'defaultRepository'>, projectKey: string): string | null {
  return ownRules(rules, projectKey)?.defaultRepository ?? rules.defaultRepository;
}

/** What issues of this project must have before work starts; null when nothing is asked. */
export function gateOf(rules: Pick<ConnectionRules, 'projects'>, projectKey: string): Gate | null {
  return ownRules(rules, projectKey)?.gate ?? null;
}

function ownRules({ projects }: Pick<ConnectionRules, 'projects'>, key: string): ConnectionRules['projects'][number] | undefined {
  return projects.find((one) => one.key === key.toUpperCase());
}

/** Whether somebody may start work. @param verifiedEmail the proven address of the account here, or null */
export function isEntitled({ who, emails }: ConnectionRules['people'], verifiedEmail: string | null): boolean {
  if (who === 'everybody_linked') return true;
  if (verifiedEmail === null) return false;
  const address = verifiedEmail.trim().toLowerCase();
  return emails.some((one) => one === address || (one.startsWith('@') && address.endsWith(one)));
}

/**
 * Whether an app may ask. Only accounts that Jira itself calls an app can be allowed: a display name that a person has chosen opens
 * nothing. Names count as they are written, because two apps may differ in a capital only.
 */
export function isAllowedApp(allowedApps: readonly string[], { kind, id, displayName }: Pick<JiraActor, 'kind' | 'id' | 'displayName'>): boolean {
  return kind === 'app' && allowedApps.some((one) => one !== '' && (one === id || one === displayName));
}

/**
 * What the gate asks for and the issue does not have, in the words of the setting; empty when it is open.
 * @param filled those of the gate's fields that have a value
 */
export function missingForGate(gate: Gate, issue: Pick<JiraIssue, 'labels' | 'status'>, filled: readonly string[]): string[] {
  const has = (present: readonly string[], wanted: string): boolean => present.some((one) => one.toLowerCase() === wanted.toLowerCase());
  const labels = gate.labels.filter((label) => !has(issue.labels, label)).map((label) => `label "${label}"`);
  const isInStatus = gate.statuses.length === 0 || has(gate.statuses, issue.status);
  const status = isInStatus ? [] : [`status ${gate.statuses.map((name) => `"${name}"`).join(' or ')}`];
  const fields = gate.fields.filter((field) => !has(filled, field)).map((field) => `field "${field}"`);
  return [...labels, ...status, ...fields];
}
