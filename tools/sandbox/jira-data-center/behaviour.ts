/**
 * How one Jira Data Center is set up and what its version does. Facts that nobody could prove for a version are switches here, so that
 * the product can be tried with either answer. All of it may be changed while the sandbox runs.
 */

/** What a bad, ended or wrongly sent token is answered (jira-api.md 3.3): all four occur. */
export type BadTokenAnswer = 'unauthorized' | 'redirect' | 'login-page' | 'anonymous';

export interface Behaviour {
  /** For example `10.3.24`, or `9.12.30` for the old webhook API without signatures. */
  version: string;
  /** What Jira believes its own address is, for `self` links and serverInfo; null when it is right about it. */
  baseUrl: string | null;
  /** A strict site shows not even its version to strangers. */
  serverInfoNeedsLogin: boolean;
  badTokenAnswer: BadTokenAnswer;
  /** The widest scope that the incoming application link allows; the setup guide chooses WRITE. */
  linkScope: OAuthScope;
  /** Callback of the incoming link. Another one in a request is refused; null accepts any. */
  redirectUri: string | null;
  /** Whether a webhook that is read tells its secret (open question 2). */
  echoesSecret: boolean;
  /** Whether comments have reactions, an internal API (3.6). */
  hasReactions: boolean;
  /** Whether the administrator lets people see e-mail addresses. */
  showsEmails: boolean;
  /** False: servers that do not send `issue_event_type_name` yet. */
  namesIssueEventTypes: boolean;
  /** Whether comment events have an `issue` (open question 1); only from 10 on. */
  commentEventsCarryIssue: boolean;
  /** Which of the two deliveries of one comment are sent, and in which order. */
  twins: 'comment-first' | 'issue-first' | 'only-comment' | 'only-issue';
  /** Real milliseconds between the two; recorded: 10. */
  twinPauseMs: number;
  /** Whether deliveries carry `x-atlassian-webhook-identifier`: not guaranteed, so the harsher case is the default. */
  sendsIdentifier: boolean;
  /** Whether comment edits need an own `visibility` to stay restricted. Not documented; the harsher case is the default. */
  editWithoutVisibilityIsPublic: boolean;
}

/** Scopes of the OAuth 2.0 provider, each with all before it (3.2). */
export const OAUTH_SCOPES = ['READ', 'WRITE', 'ADMIN', 'SYSTEM_ADMIN'] as const;
export type OAuthScope = (typeof OAUTH_SCOPES)[number];

export function usualBehaviour(version: string): Behaviour {
  return {
    version,
    baseUrl: null,
    serverInfoNeedsLogin: false,
    badTokenAnswer: 'unauthorized',
    linkScope: 'WRITE',
    redirectUri: null,
    echoesSecret: false,
    hasReactions: true,
    showsEmails: true,
    namesIssueEventTypes: true,
    commentEventsCarryIssue: false,
    twins: 'comment-first',
    twinPauseMs: 10,
    sendsIdentifier: false,
    editWithoutVisibilityIsPublic: true,
  };
}

export function versionNumbers(behaviour: Behaviour): number[] {
  return behaviour.version.split('.').map(Number);
}

/** From 10 on: another webhook API, and signatures. */
export function isTenOrLater(behaviour: Behaviour): boolean {
  return (versionNumbers(behaviour)[0] ?? 0) >= 10;
}

export function scopeRank(scope: string | null): number {
  return OAUTH_SCOPES.indexOf(scope as OAuthScope);
}

/** Takes over settings that came from outside. @returns what is wrong with them, and then nothing is changed; null when they were fine */
export function changeBehaviour(behaviour: Behaviour, wanted: Record<string, unknown>): string | null {
  const fresh: Record<string, unknown> = { ...usualBehaviour('10.3.24') };
  for (const [name, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(fresh, name)) return `There is no ${name}. There are: ${Object.keys(fresh).join(', ')}`;
    const isText = value === null || typeof value === 'string';
    const fits = fresh[name] === null ? isText : typeof fresh[name] === typeof value;
    if (!fits) return `${name} has another type.`;
  }
  Object.assign(behaviour, wanted);
  return null;
}
