import { Injectable } from '@nestjs/common';
import type { AccountCheck, SiteCheck } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { type AccountVerdict, CloudAccountCheck } from './jira-cloud.account-check.js';
import { CloudDiagnosis, UNTRIED } from './jira-cloud.diagnosis.js';

/** What is tried, in the order in which one depends on the other. */
const TRIED = ['site', 'token', 'scopes', 'permissions'] as const;

/**
 * The test of a connection that is saved: the same checks as before saving, with the sealed credentials, and a line also for
 * what could not be tried any more.
 */
@Injectable()
export class CloudSavedTest {
  constructor(
    private readonly accounts: CloudAccountCheck,
    private readonly connections: Connections,
    private readonly config: AppConfig,
    private readonly diagnosis: CloudDiagnosis,
  ) {}

  async run(connection: ConnectionEntity): Promise<SiteCheck[]> {
    // Without the OAuth app it is not known either where sites are.
    if (!this.config.jiraCloud) return [failed('settings', 'Jira Cloud is switched off on this installation.', 'Ask an administrator of this installation.')];
    const account = this.connections.serviceAccount(connection);
    if (!account) return [failed('token', 'No API token is saved.', 'Enter the e-mail address and the API token of the service account here.')];
    const way = await this.diagnosis.way();
    if (way.some(({ result }) => result !== 'pass')) return [...way, ...TRIED.map((check) => lineOf(check, undefined)), { check: 'oauth_client', ...UNTRIED }];
    const verdict = await this.accounts.check({ site: connection.site, email: account.email, token: account.token });
    const items = named(verdict);
    return [...way, ...items.map((one) => (one.check === 'token' && one.result === 'pass' ? { ...one, detail: whose(account.email, verdict) } : one)), await this.diagnosis.client()];
  }
}

function failed(check: SiteCheck['check'], detail: string, hint: string): SiteCheck {
  return { check, result: 'fail', detail, hint };
}

/** One line for each check. A call that fails later than the check it is counted to takes the place of that one's success. */
function named({ checks }: AccountVerdict): SiteCheck[] {
  const found = new Map(checks.map((one) => [one.check, one]));
  return TRIED.map((check) => lineOf(check, found.get(check)));
}

function lineOf(check: (typeof TRIED)[number], found: AccountCheck | undefined): SiteCheck {
  if (!found) return { check, ...UNTRIED };
  const { ok, detail, hint, tookMs } = found;
  return { check, result: ok ? 'pass' : 'fail', detail, hint, tookMs };
}

/** The name would need a scope that the guide does not ask for; the account id comes with the answers, as far as Atlassian sends it. */
function whose(email: string, verdict: AccountVerdict): string {
  const account = verdict.ok && verdict.accountId !== null ? ` Its account at Atlassian is ${verdict.accountId}.` : '';
  return `Jira accepts the API token that is saved for ${email}.${account}`;
}
