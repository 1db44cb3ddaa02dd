import { Injectable } from '@nestjs/common';
import type { SiteCheck } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { AddressGuard } from '../http/address-guard.js';
import { reach } from '../http/reachability.js';
import { timed } from '../http/timed.js';
import { TrustedCertificates } from '../http/trusted-certificates.service.js';
import { CloudOAuth } from './jira-cloud.oauth.js';

/** The part of a test that is the same for every site: the way to Atlassian, and the OAuth app of this installation. */
@Injectable()
export class CloudDiagnosis {
  constructor(
    private readonly config: AppConfig,
    private readonly oauth: CloudOAuth,
    private readonly trusted: TrustedCertificates,
  ) {}

  /** The OAuth app belongs to the installation. Without it nobody can link an account, and everything else works. */
  async client(): Promise<SiteCheck> {
    const { result, tookMs } = await timed(() => this.oauth.tryClient());
    return { check: 'oauth_client', tookMs, ...CLIENT[result] };
  }

  /** The way to Atlassian's gateway, where all calls go. Its address is the operator's, so it may lie anywhere. */
  async way(): Promise<SiteCheck[]> {
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

const CLIENT = {
  known: { result: 'pass', detail: 'Atlassian knows the OAuth app of this installation, and its secret.', hint: '' },
  refused: {
    result: 'fail', detail: 'Atlassian does not know the client ID of this installation with its secret, so nobody can link an account.',
    hint: 'The operator copies both again from developer.atlassian.com, Settings of the OAuth 2.0 app, to JIRA_CLOUD_CLIENT_ID and JIRA_CLOUD_CLIENT_SECRET.',
  },
  unclear: { result: 'unknown', detail: 'Atlassian did not say whether it knows the OAuth app of this installation.', hint: 'Try again in a minute.' },
} as const;

/** Of a check that another one left no room for. */
export const UNTRIED = { result: 'unknown', detail: 'Not tried, because another check failed.', hint: '' } as const;
