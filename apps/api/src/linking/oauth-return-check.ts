import { Injectable } from '@nestjs/common';
import type { HealthCheck, OAuthReturnCode } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/config.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { lastOAuthFailure, type OAuthFailure } from '../connections/oauth-failures.js';
import { Jiras } from '../jira/jiras.service.js';

/** What the test of a connection says about people's round trips to the consent page: the address they come back to, and the last one that failed. */
@Injectable()
export class OAuthReturnCheck {
  constructor(
    private readonly db: DataSource,
    private readonly jiras: Jiras,
    private readonly config: AppConfig,
  ) {}

  /** Nothing where people are not linked with OAuth. */
  async of(row: ConnectionEntity): Promise<HealthCheck[]> {
    if ((await this.callbackUrl(row)) === null) return [];
    return [toCheck(await lastOAuthFailure(this.db, row.id))];
  }

  /** Where people come back to, as it must be registered at the other side; null where people are not linked with OAuth. */
  async callbackUrl({ product }: ConnectionEntity): Promise<string | null> {
    const jira = this.jiras.product(product);
    return (await jira.setup()).linkMethod === 'oauth' ? this.config.publicUrl + jira.callbackPath : null;
  }
}

function toCheck(failure: OAuthFailure | null): HealthCheck {
  if (failure === null) return { check: 'oauth_return', result: 'pass', detail: 'No visit to the consent page is known that failed.', hint: '', at: null };
  const at = failure.at.toISOString();
  if (failure.code === 'access_denied') return { check: 'oauth_return', result: 'pass', detail: 'The last visit to the consent page that led to no link ended because the person did not agree.', hint: '', at };
  const named = failure.error === null ? '' : ` The other side named the error ${failure.error === 'other' ? 'with a word that is not of the standard' : `"${failure.error}"`}.`;
  const detail = `The last visit to the consent page that failed: ${WORDS[failure.code] ?? OTHERWISE}.${named}`;
  if (failure.isOver) return { check: 'oauth_return', result: 'pass', detail: `${detail} Somebody was linked since.`, hint: '', at };
  return { check: 'oauth_return', result: 'fail', detail, hint: HINTS[failure.error ?? ''] ?? CHECK_CALLBACK, at };
}

const OTHERWISE = 'it could not be brought to its end';

const WORDS: Partial<Record<OAuthReturnCode, string>> = {
  no_code: 'the person came back without a confirmation',
  code_refused: 'the confirmation was not accepted; it lives only for seconds',
  client_refused: 'the client ID or its secret was not accepted',
  scope_refused: 'the scope was not allowed',
  site_not_accessible: 'the person has no access to this site',
  base_url_changed: 'the base URL was changed meanwhile',
  site_taken: 'somebody else connected the site meanwhile',
  jira_account_taken: 'the Jira account is linked to somebody else here',
  workspace_inactive: 'the connection was not active any more',
  atlassian_unreachable: 'Atlassian could not be reached',
  jira_unreachable: 'Jira could not be reached',
  tls_untrusted: 'the certificate of Jira is not trusted here',
  unexpected_answer: 'the answer was not expected',
};

const CHECK_CALLBACK = 'Compare the callback address with the one that is registered there, letter by letter, and the client ID and its secret. Then try once more.';

const HINTS: Record<string, string> = {
  invalid_scope: 'Give the OAuth client the permissions that the guide names.',
  unauthorized_client: 'Allow the OAuth client to be used by everybody who shall be linked, and compare the client ID.',
  server_error: 'Try again in a minute. If it stays, look into the log of Jira.',
  temporarily_unavailable: 'Try again in a minute.',
};
