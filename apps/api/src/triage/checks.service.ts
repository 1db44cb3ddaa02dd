import { Injectable } from '@nestjs/common';
import { type CheckLine, type CommandMessage, REASON_TEXTS } from '@openhands-jira/domain';
import type { PersonalRequest } from './context.js';
import type { Decision } from './decision.js';
import { isDecision } from './context.js';
import type { FoundRepository } from './repository-access.service.js';

/** What was looked at. */
export interface Checked {
  mayStart: boolean;
  /** What is missing at the gate of the project; null when it has none. */
  missing: string[] | null;
  found: FoundRepository | Decision;
  /** The refusal by the limit of jobs. */
  limited: Decision | null;
}

/** The command `check`: everything that a start would look at, told in one comment, with nothing started. */
@Injectable()
export class Checks {
  message(request: PersonalRequest, { mayStart, missing, found, limited }: Checked, at: Date): CommandMessage {
    const repository = isDecision(found) ? null : found.repository;
    return {
      kind: 'command.check',
      at: at.toISOString(),
      repository: repository && { name: repository.fullName, url: repository.url, source: repository.source, branch: repository.branch },
      lines: [
        { subject: 'account', ok: mayStart, detail: `${request.actor.displayName} is connected to an account here.${mayStart ? '' : ` ${REASON_TEXTS.user_not_allowed.title}. ${REASON_TEXTS.user_not_allowed.hint}`}` },
        ...gateLines(missing),
        ...repositoryLines(found),
        { subject: 'limits', ok: limited === null, detail: limited?.detail ?? 'The limit of jobs for this issue is not reached.' },
      ],
    };
  }
}

function gateLines(missing: string[] | null): CheckLine[] {
  if (missing === null) return [];
  if (missing.length === 0) return [{ subject: 'gate', ok: true, detail: 'Everything that the project asks for is there.' }];
  return [{ subject: 'gate', ok: false, detail: `The project asks for what is missing: ${missing.join(', ')}. Add it first.` }];
}

function repositoryLines(found: FoundRepository | Decision): CheckLine[] {
  if (isDecision(found)) {
    const hint = found.outcome === 'refused' ? ` ${REASON_TEXTS[found.reason].hint}` : '';
    return [{ subject: 'repository', ok: false, detail: `${found.detail}${hint}` }];
  }
  if (!found.repository) return [{ subject: 'repository', ok: true, detail: 'A run without a repository is allowed.' }];
  return [
    { subject: 'access', ok: true, detail: 'Your git account may push there.' },
    { subject: 'branch', ok: true, detail: found.repository.branch ? `The branch ${found.repository.branch} exists.` : 'The default branch is used.' },
  ];
}
