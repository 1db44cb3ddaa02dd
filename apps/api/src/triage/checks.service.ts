import { Injectable } from '@nestjs/common';
import { type CheckLine, type CommandMessage, REASON_TEXTS } from '@openhands-jira/domain';
import type { PersonalRequest } from './context.js';
import type { Decision } from './decision.js';
import { isDecision } from './context.js';
import type { FoundRepository } from './repository-access.service.js';

/** The command `check`: everything that a start would look at, told in one comment, with nothing started. */
@Injectable()
export class Checks {
  message(request: PersonalRequest, found: FoundRepository | Decision, limited: Decision | null, at: Date): CommandMessage {
    const repository = isDecision(found) ? null : found.repository;
    return {
      kind: 'command.check',
      at: at.toISOString(),
      repository: repository && { name: repository.fullName, url: repository.url, source: repository.source, branch: repository.branch },
      lines: [
        { subject: 'account', ok: true, detail: `${request.actor.displayName} is connected to an account here.` },
        ...repositoryLines(found),
        { subject: 'limits', ok: limited === null, detail: limited?.detail ?? 'The limit of jobs for this issue is not reached.' },
      ],
    };
  }
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
