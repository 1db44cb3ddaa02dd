import { Injectable } from '@nestjs/common';
import type { AccountCheck, SiteCheck } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { AddressGuard } from '../http/address-guard.js';
import { reach } from '../http/reachability.js';
import { TrustedCertificates } from '../http/trusted-certificates.service.js';
import { type AccountVerdict, CloudAccountCheck } from './jira-cloud.account-check.js';

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
    private readonly trusted: TrustedCertificates,
  ) {}

  async run(connection: ConnectionEntity): Promise<SiteCheck[]> {
    // Without the OAuth app it is not known either where sites are.
    if (!this.config.jiraCloud) return [failed('settings', 'Jira Cloud is switched off on this installation.', 'Ask an administrator of this installation.')];
    const account = this.connections.serviceAccount(connection);
    if (!account) return [failed('token', 'No API token is saved.', 'Enter the e-mail address and the API token of the service account here.')];
    const way = await this.way();
    if (way.some(({ result }) => result !== 'pass')) return [...way, ...TRIED.map((check) => lineOf(check, undefined))];
    const verdict = await this.accounts.check({ site: connection.site, email: account.email, token: account.token });
    const items = named(verdict);
    return [...way, ...items.map((one) => (one.check === 'token' && one.result === 'pass' ? { ...one, detail: whose(account.email, verdict) } : one))];
  }

  /** The way to Atlassian's gateway, where all calls go. Its address is the operator's, so it may lie anywhere. */
  private async way(): Promise<SiteCheck[]> {
    const url = new URL(this.config.env.ATLASSIAN_API_URL);
    const checks = await reach(url, { trusted: await this.trusted.current(), guard: new AddressGuard([url.hostname]) });
    const tried = checks.map(({ ok, ...line }): SiteCheck => ({ ...line, result: ok ? 'pass' : 'fail', hint: ok ? '' : WAY[line.check as keyof typeof WAY] }));
    const left = (Object.keys(WAY) as (keyof typeof WAY)[]).filter((check) => !tried.some((one) => one.check === check));
    return [...tried, ...left.map((check): SiteCheck => ({ check, ...UNTRIED }))];
  }
}

/** What to do when the way to Atlassian breaks at a check. */
const WAY = {
  dns: 'The name servers of this service must know the hosts of Atlassian. Ask the operator.',
  tcp: 'A firewall must let this service connect to the hosts of Atlassian. Ask the operator.',
  tls: 'A proxy of your network may decrypt what goes to Atlassian. Then an administrator adds the certificate of its authority under Additional Trusted CA Certificates.',
};

const UNTRIED = { result: 'unknown', detail: 'Not tried, because another check failed.', hint: '' } as const;

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
