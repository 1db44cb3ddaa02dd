/**
 * The question which repository the work is about, its answers, and the port through which git hosts are asked.
 */
import type { KnownHosts } from './git-address.js';
import type { TextFormat } from './text/spoken-text.js';
import type { DecisionStep } from './trigger.js';

/** The texts of an issue, in the order in which they are asked. */
export interface IssueTexts {
  /** Form of the comments and the description; the summary is plain text. */
  format: TextFormat;
  /** The comment that triggered; absent for a label. */
  comment?: unknown;
  /** Newest first. Only those of people count. */
  earlierComments?: readonly { author: 'person' | 'service_account' | 'app' | 'customer'; body: unknown }[];
  description?: unknown;
  summary?: unknown;
}

/** What a git host says about one repository and one person. An outage is no answer: the port throws. */
export type RepositoryAnswer =
  | {
      kind: 'writable';
      /** The host's own spelling. */
      fullName: string;
      /** Whether the named branch exists; `default` when none was asked for. */
      branch: 'default' | 'exists' | 'missing';
    }
  | { kind: 'not_writable' }
  | { kind: 'signin_expired' };

/** Asks git hosts with the accounts of the person. */
export interface RepositoryAccess {
  /** May this person push there? Rejects when the host gives no usable answer; that is never read as "no". */
  confirm(host: string, path: string, branch: string | null): Promise<RepositoryAnswer>;
}

export interface RepositoryQuestion {
  texts: IssueTexts;
  /** The git hosts that this installation knows. */
  hosts: KnownHosts;
  /** Those of them at which the person has an account. */
  accounts: readonly string[];
  access: RepositoryAccess;
  /** `host/owner/name`, perhaps with `@branch`, where the project has a default. */
  projectDefault?: string | null;
  runWithoutRepository?: boolean;
}

/** Where the repository was found: a `Repository:` line, an address, a name, the project's setting. */
export type RepositorySource = 'line' | 'url' | 'name' | 'project_default';

/** What cannot be used: the reference to the repository, the branch as it is written, or a branch that does not exist. */
export type RepositoryFault = 'reference' | 'branch_name' | 'branch_missing';

export type RepositoryResult =
  | { status: 'found'; repository: { host: string; path: string }; branch: string | null; source: RepositorySource }
  | { status: 'missing' }
  /** `text` is what was written, at most 80 characters; `repository` where a branch that does not exist was looked for. */
  | { status: 'invalid'; text: string; fault: RepositoryFault; repository?: string }
  | { status: 'no_access'; candidates: string[] }
  | { status: 'ambiguous'; candidates: string[] }
  | { status: 'unknown_host'; host: string }
  /** `host` is null when no particular one was named. */
  | { status: 'not_connected'; host: string | null }
  /** The host no longer accepts the person's sign-in. */
  | { status: 'signin_expired'; host: string }
  /** A run without repository is allowed, and none was named. */
  | { status: 'without' };

export type RepositoryFinding = RepositoryResult & {
  /** Every candidate, where it stood, what became of it. */
  trace: DecisionStep[];
};
