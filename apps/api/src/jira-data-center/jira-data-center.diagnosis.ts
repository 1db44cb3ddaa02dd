import { Injectable } from '@nestjs/common';
import { type ConnectionCheck, DATA_CENTER_VARIABLES } from '@openhands-jira/contracts';
import { type Shape, shapeOf, textOf } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { type OutgoingAnswer, OutgoingHttp, OutgoingProblem, type OutgoingRequest } from '../http/outgoing.js';
import { AddressGuard } from '../http/address-guard.js';
import { reach } from '../http/reachability.js';
import { timed } from '../http/timed.js';
import { TrustedCertificates } from '../http/trusted-certificates.service.js';
import { isWebPage } from '../http/web-page.js';
import { newSecret } from '../security/digest.js';
import { isOutOfSupport, readVersion, SIGNED_SINCE } from './jira-data-center.account.js';
import { callbackUrl } from './jira-data-center.administration.js';
import { DataCenterSettings, type InstalledDataCenter, missingSettings } from './jira-data-center.settings.js';

type Check = ConnectionCheck['check'];
const pass = (check: Check, detail: string, hint = ''): ConnectionCheck => ({ check, ok: true, detail, hint });
const fail = (check: Check, detail: string, hint: string): ConnectionCheck => ({ check, ok: false, detail, hint });

/** What a call brought: JSON, a refusal of the token in any of its forms, or something else that `detail` describes. */
type Heard = { kind: 'json' | 'rejected'; body: Shape; captcha: boolean } | { kind: 'other'; status: number | null; detail: string };

/**
 * Tries the saved settings of Jira Data Center one by one, in the order in which they depend on each other, and says for
 * each what to do. What Jira answers is never repeated, apart from its version and the name of the account.
 */
@Injectable()
export class DataCenterDiagnosis {
  constructor(
    private readonly settings: DataCenterSettings,
    private readonly http: OutgoingHttp,
    private readonly trusted: TrustedCertificates,
    private readonly config: AppConfig,
  ) {}

  async run(): Promise<ConnectionCheck[]> {
    const settings = await this.settings.current();
    const first = checkSettings(settings);
    if (settings.baseUrl === null) return [first];
    const reached = await reach(new URL(settings.baseUrl), { trusted: await this.trusted.current(), guard: new AddressGuard(this.config.env.OUTBOUND_ALLOWED_HOSTS) });
    if (!reached.at(-1)!.ok) return [first, ...reached];
    const { result: version, tookMs } = await timed(() => this.checkVersion(settings));
    const checks = [first, ...reached, { ...version.check, tookMs }];
    if (!version.isJira) return checks;
    if (settings.serviceAccountPat !== null) checks.push(await timedCheck(() => this.checkServiceAccount(settings)));
    if (settings.linkMethod === 'oauth' && settings.oauthClientId !== null && settings.oauthClientSecret !== null) checks.push(await timedCheck(() => this.checkClient(settings)));
    return checks;
  }

  /** A strict site tells its version only to those who are signed in. */
  private async checkVersion(settings: InstalledDataCenter): Promise<{ check: ConnectionCheck; isJira: boolean }> {
    const asked = await this.ask(settings, '/rest/api/2/serverInfo', null);
    const heard = asked.kind === 'rejected' && settings.serviceAccountPat !== null ? await this.ask(settings, '/rest/api/2/serverInfo', settings.serviceAccountPat) : asked;
    if (heard.kind === 'rejected') return { isJira: true, check: fail('version', 'Jira tells its version only to those who are signed in.', 'Check the personal access token of the service account, then test again.') };
    if (heard.kind === 'other') return { isJira: false, check: fail('version', heard.detail, heard.status === 404 ? CONTEXT_PATH : NOT_JIRA) };
    return judgeVersion(heard.body);
  }

  private async checkServiceAccount(settings: InstalledDataCenter): Promise<ConnectionCheck> {
    const heard = await this.ask(settings, '/rest/api/2/myself', settings.serviceAccountPat);
    if (heard.kind === 'other') return fail('service_account', heard.detail, 'Try again in a minute. If it stays, look into the log of Jira.');
    const name = heard.kind === 'json' ? textOf(heard.body, 'name') : null;
    if (heard.captcha) return fail('service_account', 'Jira asks the service account for a captcha, after too many failed attempts to sign in.', 'Sign in to Jira in a browser as the service account once and solve the captcha. Then test again.');
    if (name === null) {
      return fail('service_account', 'Jira does not accept the personal access token.', 'Sign in to Jira as the service account, create a new personal access token in its profile and save it here. A token that ran out is refused like a wrong one.');
    }
    const whose = `${textOf(heard.body, 'displayName') ?? name} (${name})`;
    const address = textOf(heard.body, 'emailAddress');
    if (address !== null && address.toLowerCase() !== settings.serviceAccountEmail?.toLowerCase()) {
      return fail('service_account', `The token belongs to ${whose}, who has another e-mail address than the one that is set here.`, 'Create the token while signed in as the service account, or correct the e-mail address.');
    }
    return pass('service_account', `The token belongs to ${whose}.`);
  }

  /** A code that nobody was given: a server that knows the client complains about the code, else about the client. */
  private async checkClient(settings: InstalledDataCenter): Promise<ConnectionCheck> {
    const form = new URLSearchParams({
      grant_type: 'authorization_code', client_id: settings.oauthClientId!, client_secret: settings.oauthClientSecret!,
      code: newSecret(), code_verifier: newSecret(), redirect_uri: callbackUrl(this.config),
    });
    const heard = await this.hear({
      method: 'POST', url: `${settings.baseUrl}/rest/oauth2/latest/token`, body: form.toString(), reach: 'organisation',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    });
    const error = heard.kind === 'other' ? null : textOf(heard.body, 'error');
    if (error === 'invalid_grant') return pass('oauth_client', 'Jira knows the client ID and its secret.', `The callback URL of the application link must be exactly ${callbackUrl(this.config)}.`);
    if (error === 'invalid_client' || error === 'unauthorized_client' || heard.kind === 'rejected') {
      return fail('oauth_client', 'Jira does not know this client ID with this secret.', 'Copy both again from Administration > Applications > Application links, from the credentials of the incoming link.');
    }
    if (heard.kind === 'other' && heard.status !== 404) return fail('oauth_client', heard.detail, 'Try again in a minute. If it stays, look into the log of Jira.');
    return fail('oauth_client', 'Jira does not answer as an OAuth 2.0 provider.', 'OAuth 2.0 incoming application links need Jira 8.22 or later and a base URL with https in Jira. Choose e-mail match if Jira cannot provide it.');
  }

  private ask({ baseUrl }: InstalledDataCenter, path: string, token: string | null): Promise<Heard> {
    return this.hear({ method: 'GET', url: `${baseUrl}${path}`, reach: 'organisation', headers: { accept: 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) } });
  }

  private async hear(call: OutgoingRequest): Promise<Heard> {
    try {
      return heardIn(await this.http.request({ ...call, timeoutMs: 10_000 }));
    } catch (error) {
      if (error instanceof OutgoingProblem) return { kind: 'other', status: null, detail: `The call to Jira failed. ${error.message}.` };
      throw error;
    }
  }
}

async function timedCheck(check: () => Promise<ConnectionCheck>): Promise<ConnectionCheck> {
  const { result, tookMs } = await timed(check);
  return { ...result, tookMs };
}

const CONTEXT_PATH = 'If Jira has a context path, the base URL must include it, for example https://jira.example.com/jira.';
const NOT_JIRA = 'Enter the base URL that Jira shows under Administration > System > General configuration, with its context path.';

function checkSettings(settings: InstalledDataCenter): ConnectionCheck {
  const missing = missingSettings(settings);
  if (missing.length > 0) return fail('settings', `Not set yet: ${missing.join(', ')}.`, `Enter them here, or set ${missing.map((field) => DATA_CENTER_VARIABLES[field]).join(', ')}.`);
  if (!settings.enabled) return fail('settings', 'Jira Data Center is not enabled, so nobody sees it.', 'Enable it here when the other checks pass.');
  return pass('settings', 'All that is needed is set.');
}

function judgeVersion(info: Shape): { check: ConnectionCheck; isJira: boolean } {
  if (textOf(info, 'deploymentType') === 'Cloud') return { isJira: false, check: fail('version', 'This is a Jira Cloud site.', 'Connect it under Jira Cloud. These settings are for Jira Data Center.') };
  const version = readVersion(info);
  if (!version) return { isJira: false, check: fail('version', 'Something answers at the base URL, but it is not Jira.', NOT_JIRA) };
  const found = `This is Jira ${version.text}`;
  if (version.major < SIGNED_SINCE) return { isJira: true, check: fail('version', `${found}, which cannot sign its webhook calls.`, 'Update Jira to 10.3 or later. Without signatures nobody can tell whether a call really comes from Jira, so they are refused.') };
  return { isJira: true, check: isOutOfSupport(version) ? pass('version', `${found}. Atlassian supports it no longer.`, OLD_TEN) : pass('version', `${found}.`) };
}

const OLD_TEN = 'Update Jira to 10.3 or later. From version 10 on Jira signs its webhook calls; if calls of this version come without a signature, they are refused, and the card of the integration says so.';

/** A login page, as a redirect or with status 200, is a refused token: Jira has no other way to say so on some servers. */
function heardIn(answer: OutgoingAnswer): Heard {
  const { status, headers } = answer;
  const isRedirect = status >= 300 && status < 400;
  const isLogin = isRedirect ? /login/i.test(headers['location'] ?? '') : status === 200 && isWebPage(answer);
  if (isRedirect && !isLogin) return { kind: 'other', status, detail: 'Jira sends us to another address.' };
  if (status === 404) return { kind: 'other', status, detail: 'There is no Jira at this address.' };
  if (status === 429 || status >= 500) return { kind: 'other', status, detail: `Jira answered with ${status}.` };
  const captcha = /AUTHENTICATION_DENIED/.test(headers['x-seraph-loginreason'] ?? '');
  return { kind: isLogin || status === 401 || status === 403 ? 'rejected' : 'json', body: isLogin ? {} : shapeOf(answer.json()), captcha };
}
