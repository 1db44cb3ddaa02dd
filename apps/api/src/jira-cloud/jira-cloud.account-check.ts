/**
 * The check of a service account before it is stored.
 *
 * Only calls that the guide's scopes (`read:jira-work`, `write:jira-work`) allow: `myself` would need `read:jira-user`, so a
 * correctly made token would fail there. The first check that says no ends it, and its message belongs to one field of the
 * form.
 */
import { Injectable } from '@nestjs/common';
import type { ProblemCode } from '@openhands-jira/contracts';
import { type AccountCheck, JiraProblem, normaliseSiteName, shapeOf, type SiteName, textOf } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { type OutgoingAnswer, OutgoingHttp, OutgoingProblem } from '../http/outgoing.js';
import { CloudGateway, isScopeRefusal } from './jira-cloud.gateway.js';

/** A service account as somebody typed it. */
export interface TypedAccount {
  site: string;
  email: string;
  token: string;
}

/** The field of the form that a failure belongs to. */
export type AccountField = 'site' | 'serviceAccountEmail' | 'serviceAccountApiToken';

export type AccountVerdict =
  | { ok: true; checks: AccountCheck[]; cloudId: string; scheme: 'basic' | 'bearer'; accountId: string | null }
  | { ok: false; checks: AccountCheck[]; code: ProblemCode; field: AccountField; message: string };

/** A check that said no. Stays within this file. */
class Refusal extends Error {
  constructor(readonly code: ProblemCode, readonly field: AccountField, readonly check: string, message: string, readonly hint: string) {
    super(message);
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const REMAKE_TOKEN = 'Create a new API token for the service account in admin.atlassian.com with the scopes read:me, read:jira-work and write:jira-work, and paste it here.';
const PERMISSIONS = ['BROWSE_PROJECTS', 'ADD_COMMENTS'] as const;

@Injectable()
export class CloudAccountCheck {
  constructor(
    private readonly http: OutgoingHttp,
    private readonly config: AppConfig,
  ) {}

  /** The site that a person means, if it is one that may be connected. */
  siteOf(input: string): SiteName {
    return normaliseSiteName(input, this.config.jiraCloud!.siteSuffixes);
  }

  /** Tries the account on the site. Never throws for what the site or the account does. */
  async check(account: TypedAccount): Promise<AccountVerdict> {
    const checks: AccountCheck[] = [];
    const lap = stopwatch();
    const pass = (check: string, detail: string): void => void checks.push({ check, ok: true, detail, hint: '', tookMs: lap() });
    try {
      const cloudId = await this.cloudIdOf(account.site);
      pass('site', `${account.site} is a Jira Cloud site.`);
      const learned: { scheme?: 'basic' | 'bearer'; accountId?: string } = {};
      const gateway = this.gatewayFor(account, cloudId, (more) => void Object.assign(learned, more));
      const permissions = await this.permissions(gateway);
      pass('token', 'The API token is accepted.');
      await this.isCloud(gateway);
      await this.mayWrite(gateway);
      pass('scopes', 'The token has the scopes read:jira-work and write:jira-work.');
      needPermissions(permissions);
      await this.seesProject(gateway);
      pass('permissions', 'The account sees at least one project and may comment.');
      return { ok: true, checks, cloudId, scheme: learned.scheme ?? 'basic', accountId: learned.accountId ?? null };
    } catch (error) {
      const refusal = refusalOf(error);
      checks.push({ check: refusal.check, ok: false, detail: refusal.message, hint: refusal.hint, tookMs: lap() });
      return { ok: false, checks, code: refusal.code, field: refusal.field, message: `${refusal.message} ${refusal.hint}` };
    }
  }

  /**
   * The site's id at Atlassian, which every call needs. The host was typed by a person: only public addresses, unless the
   * operator says where sites are (stand-ins).
   */
  private async cloudIdOf(site: string): Promise<string> {
    const address = this.config.jiraCloud!.siteUrl(site);
    const reach = new URL(address).hostname === site ? 'public' : 'configured';
    const answer = await this.http.request({ method: 'GET', url: `${address}/_edge/tenant_info`, headers: { accept: 'application/json' }, reach }).catch((error: unknown) => {
      if (error instanceof OutgoingProblem) throw new Refusal('jira_unreachable', 'site', 'site', `${site} cannot be reached.`, 'Check the workspace name, and try again in a minute.');
      throw error;
    });
    const cloudId = textOf(shapeOf(answer.json()), 'cloudId') ?? '';
    if (answer.status === 200 && UUID.test(cloudId)) return cloudId;
    throw siteRefusal(site, answer);
  }

  private gatewayFor(account: TypedAccount, cloudId: string, learn: (learned: { scheme?: 'basic' | 'bearer'; accountId?: string }) => void): CloudGateway {
    const { email, token } = account;
    return new CloudGateway(this.http, { apiUrl: this.config.jiraCloud!.apiUrl, cloudId, email, token, scheme: null }, learn);
  }

  /** The first call with the token: tells a wrong token from a missing scope, and the scheme that works. */
  private async permissions(gateway: CloudGateway): Promise<Set<string>> {
    const answer = await gateway.call({ method: 'GET', path: `/rest/api/3/mypermissions?permissions=${PERMISSIONS.join(',')}`, expect: [401] });
    if (isScopeRefusal(answer)) throw new Refusal('jira_missing_permission', 'serviceAccountApiToken', 'scopes', 'The API token lacks the scope read:jira-work.', REMAKE_TOKEN);
    if (answer.status === 401) {
      throw new Refusal('jira_rejected_credentials', 'serviceAccountApiToken', 'token', 'Jira does not accept this e-mail address with this API token.', `Check that the address is that of the service account and that the token has not expired. ${REMAKE_TOKEN}`);
    }
    const shape = shapeOf(shapeOf(answer.json())['permissions']);
    return new Set(PERMISSIONS.filter((name) => shapeOf(shape[name])['havePermission'] === true));
  }

  private async isCloud(gateway: CloudGateway): Promise<void> {
    const info = await gateway.json({ method: 'GET', path: '/rest/api/3/serverInfo' });
    if (textOf(info, 'deploymentType') === 'Cloud') return;
    throw new Refusal('jira_unexpected_answer', 'site', 'site', 'Behind this workspace name is no Jira Cloud.', 'Check the workspace name.');
  }

  /**
   * Whether the token may write, found out without writing: a property of a comment that cannot exist. The scope is judged
   * before the comment is looked for, so a good token gets "not found".
   */
  private async mayWrite(gateway: CloudGateway): Promise<void> {
    const answer = await gateway.call({ method: 'PUT', path: '/rest/api/3/comment/0/properties/openhands', body: {}, expect: [400, 401, 403, 404] });
    if (!isScopeRefusal(answer)) return;
    throw new Refusal('jira_missing_permission', 'serviceAccountApiToken', 'scopes', 'The API token lacks the scope write:jira-work.', REMAKE_TOKEN);
  }

  private async seesProject(gateway: CloudGateway): Promise<void> {
    const found = await gateway.json({ method: 'GET', path: '/rest/api/3/project/search?maxResults=1' });
    if (Array.isArray(found['values']) && found['values'].length > 0) return;
    throw noProject();
  }
}

/** Each call gives the milliseconds since the one before. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const [before, now] = [last, performance.now()];
    last = now;
    return Math.round(now - before);
  };
}

function needPermissions(granted: Set<string>): void {
  if (!granted.has('BROWSE_PROJECTS')) throw noProject();
  if (granted.has('ADD_COMMENTS')) return;
  throw new Refusal(
    'jira_missing_permission', 'serviceAccountEmail', 'permissions', 'The service account may not comment in any project.',
    'Give it a project role with the permission "Add comments", for example by choosing the role User for the Jira app.',
  );
}

function noProject(): Refusal {
  return new Refusal(
    'jira_missing_permission', 'serviceAccountEmail', 'permissions', 'The service account sees no project.',
    'Give it the role User for the Jira app, and access to the projects that it shall work in.',
  );
}

function siteRefusal(site: string, answer: OutgoingAnswer): Refusal {
  if (answer.status >= 300 && answer.status < 400) {
    return new Refusal('jira_unreachable', 'site', 'site', `${site} sends us to another address: the workspace was probably renamed.`, 'Enter its present name.');
  }
  if (answer.status === 404) return new Refusal('jira_unreachable', 'site', 'site', `There is no Jira Cloud workspace ${site}.`, 'Check the workspace name.');
  return new Refusal('jira_unreachable', 'site', 'site', `${site} did not answer as a Jira Cloud workspace does.`, 'Check the workspace name, and try again in a minute.');
}

/** Everything that can go wrong on the way, as a message for people. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof JiraProblem)) throw error;
  switch (error.code) {
    case 'service_account_rejected':
      return new Refusal('jira_rejected_credentials', 'serviceAccountApiToken', 'token', error.message, REMAKE_TOKEN);
    case 'service_account_forbidden':
      return new Refusal('jira_missing_permission', 'serviceAccountEmail', 'permissions', error.message, 'Check the access of the service account to Jira.');
    case 'jira_rate_limited':
      return new Refusal('jira_unreachable', 'site', 'site', error.message, 'Try again in a minute.');
    case 'jira_unexpected_answer':
      return new Refusal('jira_unexpected_answer', 'site', 'site', error.message, 'Try again in a minute; if it stays, tell your administrator.');
    default:
      return new Refusal('jira_unreachable', 'site', 'site', error.message, 'Check the workspace name and the access of the service account to it, and try again.');
  }
}

